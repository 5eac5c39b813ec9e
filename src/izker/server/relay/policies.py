from izker.server.policy import SYSTEM, allow

ACTS = {
    "message.deliver": allow(SYSTEM),
    "bank.queue": allow("bank", "duty", "admin"),
}

ROUTES = {"bank_queue": "bank.queue"}
