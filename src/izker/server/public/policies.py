from izker.server.policy import ANYONE, allow

ACTS = {"front.read": allow(ANYONE)}

ROUTES = {"front": "front.read", "health": "front.read"}
