"""Identifiers in texts: telephones, cards, IBANs, IIN/BIN, links, handles, e-mails, wallets, amounts, dates.

>>> [(i.kind, i.value, i.valid) for i in extract("8 701 123-45-67 деген нөмірден қоңырау шалды")]
[('phone', '+77011234567', True)]
"""

from izker.identifiers.amounts import minor
from izker.identifiers.find import extract
from izker.identifiers.hosts import registered
from izker.identifiers.masks import mask, stored
from izker.identifiers.model import KINDS, Identifier
from izker.identifiers.normal import normalise

__all__ = ["KINDS", "Identifier", "extract", "mask", "minor", "normalise", "registered", "stored"]
