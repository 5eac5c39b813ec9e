"""A text as a reader sees it, with the way back to the text as it was given.

Zero-width characters vanish, every digit and Latin letter of the compatibility blocks becomes its plain form, every
kind of space and dash becomes one, and HTML loses its tags (link targets stay). Offsets of the folded text lead back to
the source.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# Nothing to fold: ASCII without markup, Cyrillic, and the punctuation of ordinary Kazakh, Russian and English text.
_STRANGE = re.compile("[^\x00-%';-\x7f\u0400-\u04ff\u2018-\u201f\u2026\u20ac\u20b8\u20bd\u00ab\u00bb\u2116(-:<&]|<[a-zA-Z/!]|&#?[0-9a-zA-Z]{1,31};")
# A tag's name ends with a space, a slash or the bracket: <https://...> and <name@mail.kz> are addresses in brackets.
_TAG = re.compile(r"<(?:/?[a-zA-Z][a-zA-Z0-9-]{0,30}(?=[\s/>])|!)[^<>]{0,4000}>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_TARGET = re.compile(r"""\b(?:href|src|action)\s{0,3}=\s{0,3}["']?([^"'\s<>]{1,2000})""", re.I)
_BREAKING = re.compile(r"</?(?:br|p|div|td|th|tr|li|ul|ol|table|h[1-6]|option|pre|hr|section|article)\b", re.I)
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
_DOTS = dict.fromkeys("\u3002\uff61\u2024\ufe52", ".")
_VANISH = frozenset("\u00ad\u034f\u061c\u180e\u20e3\ufeff")


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """The plain form of one character: '' where it is invisible, itself where there is nothing to do."""
    if char in _DASHES or char in _DOTS:
        return _DASHES.get(char) or _DOTS[char]
    if char in _VANISH:
        return ""
    category = unicodedata.category(char)
    if category == "Cf" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
        return ""
    if category == "Zs":
        return " "
    if category in ("Zl", "Zp"):
        return "\n"
    if category in ("Nd", "No"):
        digit = unicodedata.digit(char, None)
        return char if digit is None else str(digit)
    if ord(char) < 0x500:
        return char
    plain = unicodedata.normalize("NFKC", char)
    if category == "So" and len(plain) > 1 and plain.isalpha():
        return char  # a sign, not letters: '№KZ43...' is a sign and an account, not the word 'NoKZ43...'
    return plain if plain.isascii() and plain.isprintable() else char


class Folded:
    """The folded `text` and, for spans of it, the span of the source. `starts` is None where folding changed
    nothing."""

    __slots__ = ("ends", "source", "starts", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        self.starts: list[int] | None = None
        self.ends: list[int] = []
        self.text = source
        suspect = not source.isascii() or "<" in source or "&" in source
        if suspect and _STRANGE.search(source) is not None:
            self._fold(source)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of the folded span [start, end), which must not be empty."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def _fold(self, source: str) -> None:
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []

        def put(piece: str, start: int, end: int) -> None:
            for char in piece:
                out.append(char)
                starts.append(start)
                ends.append(end)

        def plain(start: int, end: int) -> None:
            for at in range(start, end):
                char = source[at]
                piece = char if char < "\x7f" or "\u0400" <= char <= "\u04ff" else _plain(char)
                if piece:
                    put(piece, at, at + 1)

        def entities(start: int, end: int) -> None:
            at = start
            for found in _ENTITY.finditer(source, start, end):
                plain(at, found.start())
                for char in html.unescape(found.group()):
                    put(_plain(char), found.start(), found.end())
                at = found.end()
            plain(at, end)

        at = 0
        for tag in _TAG.finditer(source):
            entities(at, tag.start())
            targets = list(_TARGET.finditer(source, tag.start(), tag.end()))
            for target in targets:
                put(" ", target.start(1), target.start(1))
                entities(target.start(1), target.end(1))
                put(" ", target.end(1), target.end(1))
            if not targets and _BREAKING.match(tag.group()):
                put("\n", tag.start(), tag.end())
            at = tag.end()
        entities(at, len(source))
        self.text, self.starts, self.ends = "".join(out), starts, ends
