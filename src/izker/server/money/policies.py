from izker.server.policy import ANYONE, SYSTEM, allow

DESK = ("duty", "investigator")

ACTS = {
    "trail.compute": allow(*DESK, ANYONE, SYSTEM),  # follows from filing a report; reading it needs case.read
    "hold.decline": allow(*DESK),
    "hold.request": allow(*DESK),
    "hold.answer": allow(SYSTEM),
}

ROUTES = {
    "hold_request": "hold.request",
    "hold_decline": "hold.decline",
    "case_retrace": "hold.request",
}
