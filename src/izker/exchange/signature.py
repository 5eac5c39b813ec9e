"""Both directions of the relay are signed: HMAC-SHA-256 over time and body (RFC 2104), so a message cannot be forged or replayed later."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Izker-Signature"
TIME_HEADER = "X-Izker-Time"
TOLERANCE_S = 300


def sign(secret: str, at: str, body: bytes) -> str:
    return hmac.new(secret.encode(), at.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def valid(secret: str, at: str, body: bytes, signature: str, *, now_s: float) -> bool:
    try:
        age = abs(now_s - float(at))
    except ValueError:
        return False
    return age <= TOLERANCE_S and hmac.compare_digest(sign(secret, at, body), signature)
