"""The case page's trail: the library's ribbons, told what the banks answered."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from izker.money import tenge
from izker.server.fields import fingerprint
from izker.server.money.accounts import shown
from izker.server.money.models import Hold, HoldState
from izker.server.relay.banks import bank_id
from izker.server.relay.names import bank_label
from izker.trail.drawing import labels, svg
from izker.trail.picture import Fate, ribbons
from izker.trail.rules import EXITS


def draw(lots: pl.DataFrame, holds: Sequence[Hold]) -> SafeString:
    """SVG of one case's lots. Money that lies in an account is drawn as moving until its bank holds it."""
    language = (get_language() or "kk")[:2]
    by_mark = {h.account_fingerprint: h for h in holds if h.state != HoldState.DECLINED}
    names: dict[str, str] = {}
    fates: dict[int, tuple[Fate, str, bool]] = {}
    left = {mark: hold.held for mark, hold in by_mark.items()}
    for lot, account, status, rest in lots.sort("lot").select("lot", "account", "status", "rest").iter_rows():
        names[account] = _name(account, language)
        if status in EXITS:
            continue
        mark = fingerprint("account", account)
        hold = by_mark.get(mark)
        if hold is not None and hold.held and left[mark] >= rest > 0:
            left[mark] -= rest
            fates[lot] = ("held", _("held"), False)
        elif hold is not None:
            fates[lot] = ("move", hold.get_state_display(), hold.state == HoldState.SUGGESTED)
        else:
            fates[lot] = ("move", _("still there"), False)
    stolen = int(lots.filter(pl.col("parent_lot").is_null())["amount"].sum())
    summary = _("Trail of the money: %(stolen)s stolen") % {"stolen": tenge(stolen)}
    return mark_safe(svg(ribbons(lots, names, fates), labels(language, summary=summary)))


def _name(account: str, language: str) -> str:
    bank = bank_id(account)
    return f"{bank_label(bank, language)}, {account[-4:]}" if bank else shown(account)
