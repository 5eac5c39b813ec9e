"""Identifiers of the fraudsters: each organisation's campaign has its own phones, sites, handles and wallets, so
that series exist.
"""

from __future__ import annotations

import hashlib

import numpy as np

from izker.world.identity import cards, phones
from izker.world.register.cases import SCHEMES
from izker.world.streams import IntArray

_SITE_WORDS = {
    "investment": ("invest", "capital", "trade", "profit", "birzha", "qor"),
    "pyramid": ("club", "dostar", "baylyq"),
    "marketplace_phishing": ("dostavka", "oplata", "jetkizu"),
    "phishing_page": ("aiyppul", "shtraf", "kabinet", "tolem"),
    "account_takeover": ("dauys", "golos", "konkurs"),
    "recovery": ("qaitaru", "vozvrat", "zan"),
    "prize_aid": ("syilyq", "zhardem"),
    "job_task": ("tapsyrma", "task"),
    "advance_payment": ("duken", "sauda", "tour"),
}
_TAILS = ("example", "test", "invalid")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _digest(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256("|".join(map(str, parts)).encode()).digest()[:12], "big")


def base58check(payload: bytes) -> str:
    """Base58Check of a payload (version byte first), as Bitcoin and TRON addresses are written."""
    whole = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, out = int.from_bytes(whole, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        out = _BASE58[rest] + out
    return "1" * (len(whole) - len(whole.lstrip(b"\0"))) + out


def wallet(*key: object) -> str:
    """A TRON address with a right checksum, made from a hash: nobody holds its key."""
    return base58check(b"\x41" + hashlib.sha256("|".join(map(str, key)).encode()).digest()[:20])


def campaign_clues(
    seed: int, organisation: int, campaign: int, scheme: int, victim: int, channel: str
) -> list[tuple[str, str]]:
    """(kind, value) a victim of this campaign would know besides the account: which of the campaign's numbers called
    differs by victim.

    Domains end in .example, .test or .invalid (RFC 2606): they can never exist.
    """
    code = SCHEMES[scheme]
    draw = _digest(seed, organisation, campaign, scheme, victim)
    out: list[tuple[str, str]] = []
    if channel in {"call", "messenger", "sms", "marketplace", "in_person", "unknown"}:
        line = _digest(seed, "line", organisation, campaign, draw % 4) % 90_000
        out.append(("phone", str(phones(_one(9_100_000 + line))[0])))
    if channel in {"website", "email", "social"} or (code in _SITE_WORDS and draw % 3 == 0):
        words = _SITE_WORDS.get(code, ("portal", "info"))
        number = _digest(seed, "site", organisation, campaign, scheme)
        word = words[number % len(words)]
        out.append(
            ("url", f"https://{word}-{number // 7 % 900 + 100}.{_TAILS[number % 3]}/{'pay' if number % 2 else 'kz'}")
        )
    if channel in {"messenger", "social"} and draw % 2:
        number = _digest(seed, "handle", organisation, campaign, draw % 3)
        out.append(
            ("handle", f"@{('asyl', 'manager', 'kurator', 'help', 'prime')[number % 5]}_{number // 11 % 9000 + 1000}")
        )
    if code in {"investment", "romance", "recovery"} and draw % 4 == 0:
        out.append(("wallet", wallet(seed, organisation, campaign)))
    if channel == "email":
        out.append(
            (
                "email",
                f"info{draw % 900 + 100}@post-{_digest(seed, 'mail', organisation, campaign) % 900 + 100}.example",
            )
        )
    if draw % 5 == 0:
        out.append(("card", cards(_one(_digest(seed, "card", organisation, campaign, draw % 2) % 10**9))[0]))
    return out


def _one(value: int) -> IntArray:
    return np.array([value], dtype=np.int64)
