from izker.server.policy import ANYONE, SIGNED_IN, allow

ACTS = {
    "account.sign_in": allow(ANYONE),
    "account.own": allow(SIGNED_IN),
}

ROUTES = {
    "account_login": "account.sign_in",
    "account_logout": "account.own",
    "account_reauthenticate": "account.own",
    "account_change_password": "account.own",
    "mfa_index": "account.own",
    "mfa_authenticate": "account.sign_in",
    "mfa_reauthenticate": "account.own",
    "mfa_activate_totp": "account.own",
    "mfa_deactivate_totp": "account.own",
    "mfa_view_recovery_codes": "account.own",
    "mfa_generate_recovery_codes": "account.own",
    "mfa_download_recovery_codes": "account.own",
    "set_language": "account.sign_in",
}
