from izker.server.policy import ANYONE, SIGNED_IN, allow

ACTS = {
    "account.sign_in": allow(ANYONE),
    "account.own": allow(SIGNED_IN),
    "account.closed": allow(),  # allauth's pages that staff do not have: sign-up, e-mail, passwords by mail
}

OWN = (
    "account_logout", "account_reauthenticate", "account_change_password", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
)  # fmt: skip
CLOSED = (
    "account_inactive", "account_signup", "account_email", "account_email_verification_sent", "account_set_password", "account_reset_password",
    "account_confirm_login_code", "account_confirm_email", "account_reset_password_from_key_done", "account_reset_password_from_key",
    "account_reset_password_done",
)  # fmt: skip

ROUTES = {
    "account_login": "account.sign_in",
    "mfa_authenticate": "account.sign_in",
    "set_language": "account.sign_in",
    **dict.fromkeys(OWN, "account.own"),
    **dict.fromkeys(CLOSED, "account.closed"),
}
