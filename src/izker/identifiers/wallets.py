"""Wallet addresses with their checksums: Bitcoin (base58check; bech32 of BIP 173, bech32m of BIP 350), Ethereum
(EIP-55), TRON, TON."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from hashlib import sha256

from izker.identifiers.model import Identifier
from izker.words import N_

CHECKSUM = N_("the checksum of the wallet address does not fit: copy the address again")

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_AT = {c: i for i, c in enumerate(_BASE58)}
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_SHAPE = re.compile(
    r"(?<![A-Za-z0-9_/=-])(?:"
    r"(?P<eth>0[xX][0-9a-fA-F]{40})"
    r"|(?P<bech>(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{11,87})"
    r"|(?P<tron>T[1-9A-HJ-NP-Za-km-z]{33})"
    r"|(?P<ton>[EUk0]Q[A-Za-z0-9_-]{46})"
    r"|(?P<raw>(?:0|-1):[0-9a-fA-F]{64})"
    r"|(?P<btc>[13][1-9A-HJ-NP-Za-km-z]{25,34})"
    r")(?![A-Za-z0-9_])"
)
_LETTER = re.compile(r"[A-Za-z]")
_MASK64 = (1 << 64) - 1


def find(text: str) -> Iterator[Identifier]:
    """Wallet addresses in `text`. A word of base58 letters that only resembles a Bitcoin address and fails its
    checksum is not told."""
    for found in _SHAPE.finditer(text):
        raw = found.group()
        kind = found.lastgroup or ""
        if kind == "btc" and (not _LETTER.search(raw) or not base58check(raw, (0, 5))):
            continue
        if kind == "ton" and not (any(c.isdigit() for c in raw) and any(c.islower() for c in raw)):
            continue
        yield read(raw, kind, found.start(), found.end())


def read(raw: str, kind: str, start: int, end: int) -> Identifier:
    """The identifier of one address whose shape is `kind` (eth, bech, tron, ton, raw, btc)."""
    value = raw
    if kind == "eth":
        valid, value = eip55(raw), "0x" + raw[2:].lower()
    elif kind == "bech":
        valid, value = bech32(raw), raw.lower()
    elif kind == "tron":
        valid = base58check(raw, (0x41,))
    elif kind == "ton":
        account = _ton(raw)
        valid = account is not None
        value = account or raw
    elif kind == "raw":
        workchain, _colon, account_hex = raw.partition(":")
        valid, value = True, _bounceable(int(workchain).to_bytes(1, "big", signed=True) + bytes.fromhex(account_hex))
    else:
        valid = base58check(raw, (0, 5))
    return Identifier("wallet", value, start, end, valid, "" if valid else CHECKSUM, raw)


def shape(text: str) -> str | None:
    """Which shape the whole of `text` has, or None."""
    found = _SHAPE.fullmatch(text)
    return found.lastgroup if found else None


def base58check(text: str, versions: tuple[int, ...]) -> bool:
    """True if `text` is base58check of 21 bytes whose first is one of `versions`."""
    number = 0
    for char in text:
        at = _BASE58_AT.get(char)
        if at is None:
            return False
        number = number * 58 + at
    if number >> 200:
        return False
    raw = number.to_bytes(25, "big")
    leading = len(text) - len(text.lstrip("1"))
    if leading != len(raw) - len(raw.lstrip(b"\0")):
        return False
    return raw[0] in versions and sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                check ^= generator
    return check


def bech32(address: str) -> bool:
    """True for a Bitcoin segwit address: bech32 for version 0, bech32m for 1-16, program of a legal length."""
    if address.lower() != address and address.upper() != address:
        return False
    address = address.lower()
    at = address.rfind("1")
    if not 8 <= len(address) <= 90 or address[:at] != "bc" or any(c not in _BECH32 for c in address[at + 1 :]):
        return False
    values = [_BECH32.index(c) for c in address[at + 1 :]]
    prefix = [ord(c) >> 5 for c in "bc"] + [0] + [ord(c) & 31 for c in "bc"]
    if len(values) < 8 or _polymod(prefix + values) != (1 if values[0] == 0 else 0x2BC830A3):
        return False
    bits = 5 * (len(values) - 7)
    tail = values[-7] & ((1 << bits % 8) - 1)
    size = bits // 8
    return values[0] <= 16 and 2 <= size <= 40 and bits % 8 < 5 and tail == 0 and (values[0] != 0 or size in (20, 32))


def eip55(address: str) -> bool:
    """True if a mixed-case address carries its EIP-55 capitals; an address of one case has no checksum and passes."""
    body = address[2:]
    if body in (body.lower(), body.upper()):
        return True
    digest = keccak256(body.lower().encode()).hex()
    return all((c.upper() if int(d, 16) >= 8 else c.lower()) == c for c, d in zip(body, digest, strict=False))


_ROTATIONS = ((0, 36, 3, 41, 18), (1, 44, 10, 45, 2), (62, 6, 43, 15, 61), (28, 55, 25, 21, 56), (27, 20, 39, 8, 14))


def _round_constants() -> list[int]:
    constants, state = [], 1
    for _round in range(24):
        constant = 0
        for j in range(7):
            state = (state << 1 ^ (state >> 7) * 0x171) % 256
            if state & 2:
                constant ^= 1 << ((1 << j) - 1)
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def keccak256(message: bytes) -> bytes:
    """Keccak-256 with the original padding (as Ethereum uses it, not FIPS 202) of a message shorter than 136 bytes."""
    block = bytearray(136)
    block[: len(message)] = message
    block[len(message)] ^= 0x01
    block[135] ^= 0x80
    lanes = [[0] * 5 for _x in range(5)]
    for i in range(17):
        lanes[i % 5][i // 5] = int.from_bytes(block[8 * i : 8 * i + 8], "little")
    for constant in _CONSTANTS:
        parity = [lane[0] ^ lane[1] ^ lane[2] ^ lane[3] ^ lane[4] for lane in lanes]
        mixed = [parity[x - 1] ^ ((parity[(x + 1) % 5] << 1 | parity[(x + 1) % 5] >> 63) & _MASK64) for x in range(5)]
        turned = [[0] * 5 for _x in range(5)]
        for x in range(5):
            for y in range(5):
                lane, by = lanes[x][y] ^ mixed[x], _ROTATIONS[x][y]
                turned[y][(2 * x + 3 * y) % 5] = (lane << by | lane >> (64 - by)) & _MASK64
        lanes = [[turned[x][y] ^ (~turned[(x + 1) % 5][y] & turned[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        lanes[0][0] ^= constant
    return b"".join((lanes[i % 5][i // 5] & _MASK64).to_bytes(8, "little") for i in range(4))


def _ton(address: str) -> str | None:
    """The bounceable main-net form (EQ...) of a friendly TON address with a right CRC16 (TEP-2), None otherwise.

    EQ and UQ addresses of one account differ only in a flag; both become the same value.
    """
    raw = base64.urlsafe_b64decode(address)
    if raw[0] & 0x7F not in (0x11, 0x51) or binascii.crc_hqx(raw[:34], 0) != int.from_bytes(raw[34:], "big"):
        return None
    return _bounceable(raw[1:34])


def _bounceable(account: bytes) -> str:
    body = b"\x11" + account
    return base64.urlsafe_b64encode(body + binascii.crc_hqx(body, 0).to_bytes(2, "big")).decode()
