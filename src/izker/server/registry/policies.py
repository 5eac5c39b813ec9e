from izker.server.policy import ANYONE, SYSTEM, allow

READERS = ("duty", "investigator", "analyst", "prosecutor")
OFFICERS = ("duty", "investigator", "analyst")

ACTS = {
    "registry.see": allow(*READERS, ANYONE, SYSTEM),  # follows from filing a report or a bank's answer; never a route
    "registry.read": allow(*READERS),
    "registry.confirm": allow(*OFFICERS),
    "registry.withdraw": allow("investigator", "prosecutor"),
    "registry.appeal": allow(*READERS),  # an officer writes it down on behalf of the person
    "registry.decide": allow("prosecutor"),
    "registry.undo": allow(*READERS),  # whoever may take the step itself; the action looks
}

ROUTES = {
    "registry": "registry.read",
    "registry_entry": "registry.read",
    "registry_add": "registry.confirm",
    "registry_extend": "registry.confirm",
    "registry_withdraw": "registry.withdraw",
    "registry_appeal": "registry.appeal",
    "registry_decide": "registry.decide",
    "registry_undo": "registry.undo",
    "registry_reveal": "identifier.reveal",
}
