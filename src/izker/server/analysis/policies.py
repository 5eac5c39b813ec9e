from izker.server.policy import ANYONE, SYSTEM, allow

READERS = ("duty", "investigator", "analyst", "prosecutor")

ACTS = {
    "figures.read": allow(*READERS, "press", "admin"),
    "bench.read": allow(*READERS, "press", "admin"),
    "outlook.read": allow(*READERS, "press", "admin"),
    "series.read": allow(*READERS),
    "series.change": allow("duty", "investigator", "analyst"),
    "scheme.correct": allow("duty", "investigator", "analyst"),
    "cluster.read": allow(*READERS),  # new words come from victims' texts
    "cluster.decide": allow("duty", "investigator", "analyst"),
    "cluster.find": allow(SYSTEM),
    "report.link": allow(*READERS, ANYONE, SYSTEM),  # follows from filing a report; reading it needs series.read
}

ROUTES = {
    "figures": "figures.read",
    "figures_document": "figures.read",
    "bench": "bench.read",
    "outlook": "outlook.read",
    "bulletin": "outlook.read",
    "calibration": "outlook.read",
    "clusters": "cluster.read",
    "cluster": "cluster.read",
    "cluster_decide": "cluster.decide",
    "series_list": "series.read",
    "series": "series.read",
    "series_change": "series.change",
    "review": "scheme.correct",
    "scheme_correct": "scheme.correct",
    "api:figures": "figures.read",
}
