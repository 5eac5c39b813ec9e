"""Personal data at rest: AES-256-GCM under a key that is not in the database, and keyed fingerprints to look equal values up.

Ciphertext layout: version byte 1, 12-byte nonce, ciphertext with tag; the column's name is authenticated with it, so that a value
cannot be moved to another column unnoticed. Source: NIST SP 800-38D (random 96-bit nonces stay below 2^32 values a key).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from izker.config import config
from izker.words import N_, Refusal

VERSION = b"\x01"


@lru_cache
def _cipher() -> AESGCM:
    return AESGCM(config().key("data"))


def seal(text: str, context: str) -> bytes:
    return seal_bytes(text.encode(), context)


def seal_bytes(data: bytes, context: str) -> bytes:
    nonce = os.urandom(12)
    return VERSION + nonce + _cipher().encrypt(nonce, data, context.encode())


def unseal(data: bytes, context: str) -> str:
    return unseal_bytes(bytes(data), context).decode()


def unseal_bytes(data: bytes, context: str) -> bytes:
    try:
        return _cipher().decrypt(data[1:13], data[13:], context.encode())
    except InvalidTag as error:
        raise Refusal(N_("a protected value cannot be read with this key: check IZKER_HOME/keys or IZKER_KEY_DATA")) from error


def fingerprint(kind: str, value: str) -> str:
    """Keyed hash of a normalised value (HMAC-SHA-256, 128 bits): equal values meet, nobody without the key can try numbers."""
    return hmac.new(config().key("fingerprint"), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


class SealedText(models.BinaryField[Any, Any]):
    """A text column that is ciphertext on disk and text in Python. Cannot be searched; keep a fingerprint beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self) -> list[Any]:
        """BinaryField wants a bytes default; on the Python side this one is text."""
        return []

    @property
    def context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> str:
        return unseal(value, self.context) if value else ""

    def to_python(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = seal(value, self.context) if isinstance(value, str) and value else (value or b"")
        return super().get_db_prep_value(sealed, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))
