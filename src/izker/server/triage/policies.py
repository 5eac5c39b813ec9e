from izker.server.policy import allow

ACTS = {
    "triage.read": allow("duty", "investigator", "analyst", "prosecutor", "admin"),
    "triage.change": allow("analyst", "admin"),
    "victim.call": allow("duty", "investigator"),
}

ROUTES = {
    "triage": "triage.read",
    "triage_check": "triage.change",
    "triage_change": "triage.change",
    "victim_call": "victim.call",
}
