from izker.server.policy import ANYONE, SYSTEM, allow

ACTS = {
    "report.file": allow(ANYONE, SYSTEM),
    "report.status": allow(ANYONE),
    "register.import": allow(SYSTEM, "admin"),
}

ROUTES = {
    "report": "report.file",
    "report_done": "report.status",
    "api:file_report": "report.file",
    "api:openapi-json": "report.status",
    "api:openapi-view": "report.status",
    "api:api-root": "report.status",
}
