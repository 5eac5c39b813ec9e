"""All identifiers of a text in one call, each with its place in the text as given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from izker.identifiers import amounts, dates, ibans, numbers, wallets, webs
from izker.identifiers.fold import Folded
from izker.identifiers.model import Identifier
from izker.identifiers.plan import foreign
from izker.identifiers.spans import Taken

# Order matters: what comes first keeps its letters. Links before wallets, because an explorer's link holds an address.
FINDERS: tuple[Callable[[str], Iterable[Identifier]], ...] = (
    webs.find_emails,
    webs.find_named,
    webs.find_links,
    wallets.find,
    ibans.find,
    dates.find,
    numbers.find,
    webs.find_handles,
    amounts.find,
)


def extract(text: str) -> list[Identifier]:
    """Identifiers of `text` in order of place.

    Offsets count characters of `text` as given, also where zero-width characters, look-alike digits or HTML were read
    through. Spans of different identifiers do not overlap, with one exception: a wa.me link is a handle and its number
    a telephone. Time grows linearly with the text's length.
    """
    folded = Folded(text)
    found = sorted(_found(folded.text), key=lambda one: (one.start, -one.end))
    if folded.starts is None:
        return found
    placed = []
    for one in found:
        start, end = folded.span(one.start, one.end)
        placed.append(Identifier(one.kind, one.value, start, end, one.valid, one.reason, text[start:end]))
    return placed


def _found(text: str) -> Iterator[Identifier]:
    taken = Taken(len(text))
    for finder in FINDERS:
        for one in finder(text):
            if not taken.free(one.start, one.end):
                continue
            taken.take(one.start, one.end)
            yield one
            if one.kind == "handle" and one.value.startswith("wa.me/"):
                digits = one.value[6:]
                value = foreign(digits)
                at = one.raw.find(digits)
                if value is not None and at >= 0:
                    yield Identifier("phone", value, one.start + at, one.start + at + len(digits), True, "", digits)
