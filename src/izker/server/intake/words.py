"""Names of form fields and channels, for pages and errors."""

from django.utils.translation import gettext_lazy as _

CHANNEL_WORDS = {
    "call": _("Phone call"),
    "sms": _("SMS"),
    "messenger": _("WhatsApp, Telegram or another messenger"),
    "social": _("Social network"),
    "marketplace": _("Advertisement or marketplace"),
    "website": _("Website"),
    "email": _("E-mail"),
    "in_person": _("In person"),
    "unknown": _("Something else"),
}

FIELD_WORDS = {
    "when": _("When the money left"),
    "text": _("What happened"),
    "channel": _("How they reached you"),
    "amount": _("Sum"),
    "occurred_at": _("Day and hour"),
    "date": _("Day and hour"),
    "account_to": _("Account that got the money"),
    "account_from": _("Your account"),
    "phone": _("Your phone"),
    "region": _("Region"),
    "iin": _("IIN"),
}
