from izker.server.policy import allow

ACTS = {"audit.read": allow("prosecutor", "admin")}

ROUTES = {"audit": "audit.read"}
