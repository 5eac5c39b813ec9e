from izker.server.policy import ANYONE, SYSTEM, allow

DESK = ("duty", "investigator")
READERS = ("duty", "investigator", "prosecutor", "analyst")

ACTS = {
    "case.list": allow(*READERS),
    "case.read": allow(*READERS),
    "case.open": allow(*DESK, ANYONE, SYSTEM),  # a filed report opens its case, whoever filed it
    "case.register": allow(*DESK),
    "identifier.reveal": allow("duty", "investigator", "prosecutor"),
}

ROUTES = {
    "today": "case.list",
    "cases": "case.list",
    "case": "case.read",
    "case_trail": "case.read",
    "case_reveal": "identifier.reveal",
    "case_register": "case.register",
    "api:list_cases": "case.list",
    "api:read_case": "case.read",
}
