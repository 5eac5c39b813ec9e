"""Series that grow by one report at a time, with reasons, a queue for the doubtful, and undo.

A report is joined, for each of its values, to the report nearest in time that holds the same value: at most 20 links a
report. What a person decides (split, merge, accept, reject) is a mark on links or a link of its own; taking it back
restores the exact former state, also after other reports and decisions have come in between.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from izker.identifiers import stored
from izker.identifiers.checks import luhn, mod97
from izker.links import keys, texts
from izker.links.batch import AGAIN, ALIKE, in_order, link
from izker.links.hubs import PUBLIC, SPREAD, STRANGERS
from izker.links.model import KINDS, MOST_LINKS, Link, Rules, weight
from izker.links.parts import CUT, DOUBTFUL, GONE, HUB, REJECTED, Parts
from izker.links.postings import Postings, hashed
from izker.times import US_PER_DAY
from izker.words import N_, Refusal

APART = N_("a person has split these series: one shared value does not join them again")
BRIDGE = N_("one value after {days} silent days would join two large series")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class Change:
    """A person's decision. `verb`: split, merge, accept or reject; `links`: the numbers of the links it touched."""

    number: int
    verb: str
    links: tuple[int, ...]
    apart: tuple[frozenset[int], frozenset[int]] | None = None
    undone: bool = False


@dataclass(slots=True)
class Why:
    """Why a link is there: the value (as it may be stored), its hashed key, µs between the reports, how many share it."""

    kind: str
    value: str
    key: int
    gap: int
    sharing: int
    doubtful: str = ""
    params: dict[str, object] = field(default_factory=dict)


class Linker:
    """`secret` keys the hashes of values (32 bytes or fewer); without one a fresh one is drawn."""

    def __init__(self, rules: Rules | None = None, secret: bytes | None = None) -> None:
        self.rules = rules or Rules()
        self.secret = secret if secret is not None else secrets.token_bytes(32)
        self.ids: list[str] = []
        self.index: dict[str, int] = {}
        self.times: list[int] = []
        self.parts = Parts()
        self.why: list[Why] = []
        self.values = Postings()
        self.hubs: dict[int, str] = {}
        self.changes: list[Change] = []
        self.bands = Postings()
        self.signatures: NDArray[np.uint32] = np.zeros((0, texts.HASHES), np.uint32)
        self.signature_row: NDArray[np.int64] = np.zeros(0, np.int64)
        self.recent_signatures: dict[int, NDArray[np.uint32]] = {}
        self._public = {hashed(self.secret, kind, value) for kind, value in keys.public()}
        self.checked_size: dict[int, int] = {}

    @classmethod
    def from_table(cls, reports: pl.DataFrame, rules: Rules | None = None, secret: bytes | None = None) -> Linker:
        """A linker that starts with the series `link` finds in `reports` (columns as there)."""
        self = cls(rules, secret)
        frame = in_order(reports)
        self.ids = frame["report_id"].to_list()
        self.index = {report: i for i, report in enumerate(self.ids)}
        self.times = frame["_us"].to_list()
        self.parts.part = list(range(len(self.ids)))
        long = keys.of_table(frame)
        kinds = [KINDS[k] for k in long["kind"].to_list()]
        hashes = np.fromiter(
            (hashed(self.secret, k, v) for k, v in zip(kinds, long["value"].to_list(), strict=True)),
            np.uint64,
            long.height,
        )
        self.values = Postings(hashes, long["report"].to_numpy().astype(np.int32))
        found = link(reports, self.rules)
        self.hubs = {hashed(self.secret, kind, value): why for kind, value, why in found.hubs.select("kind", "value", "why").iter_rows()}
        for table, mark in ((found.reasons, 0), (found.doubtful, DOUBTFUL)):
            columns = table.select("report_a", "report_b", "kind", "value", "gap_days", "sharing", "key_row").iter_rows()
            for a, b, kind, value, gap, sharing, row in columns:
                gap_us = round(gap * US_PER_DAY)
                why = Why(kind, value, int(hashes[row]) if row >= 0 else 0, gap_us, sharing)
                if mark:
                    why.doubtful, why.params = self._doubt(kind, gap_us)
                self._put(self.index[a], self.index[b], why, mark)
        if "text" in frame.columns:
            signatures, enough = texts.signatures(frame["text"].cast(pl.String).to_list(), self.rules.text_words)
            rows = np.flatnonzero(enough)
            self.signatures, self.signature_row = signatures[rows], rows
            bands = texts.band_keys(self.signatures)
            self.bands = Postings(bands.ravel(), np.repeat(rows, texts.BANDS).astype(np.int32))
        return self

    def __len__(self) -> int:
        return len(self.ids)

    # --- growing -------------------------------------------------------------------------------------------------

    def add(self, report: Mapping[str, object]) -> list[Link]:
        """Take one report in (report_id, reported_at in µs or as an aware datetime, and the columns of `link`; a value
        may be a list). Returns its links, doubtful ones among them, rarest first; refuses an id that is there
        already."""
        name = str(report["report_id"])
        if name in self.index:
            raise Refusal(N_("report {report} stands twice: keep one row a report"), report=name)
        moment = report["reported_at"]
        us = moment if isinstance(moment, int) else int(in_order(pl.DataFrame({"report_id": [name], "reported_at": [moment]}))["_us"][0])
        me = self.parts.add_report()
        self.ids.append(name)
        self.index[name] = me
        self.times.append(us)
        found: list[tuple[int, Why]] = []
        for kind, value in keys.of_report(report):
            found.extend(self._sharing(me, kind, value))
        found.extend(self._alike(me, report.get("text")))
        best: dict[tuple[int, str], tuple[int, Why]] = {}
        for other, why in sorted(found, key=lambda one: (one[1].sharing, one[1].gap)):
            best.setdefault((other, why.kind), (other, why))
        chosen = [one for (other, kind), one in best.items() if kind != "domain" or (other, "url") not in best][:MOST_LINKS]
        return [self.link(self._judge(me, other, why)) for other, why in chosen]

    def _sharing(self, me: int, kind: str, value: str) -> list[tuple[int, Why]]:
        key = hashed(self.secret, kind, value)
        place = self.values.add(key, me, self.times)
        held = self.values.get(key)
        if key in self._public:
            self.hubs[key] = PUBLIC
        if key in self.hubs or self._became_hub(key, held):
            return []
        near = [held[p] for p in (place - 1, place + 1) if 0 <= p < len(held)]
        if not near:
            return self._mistyped(me, kind, value)
        other = min(near, key=lambda r: abs(self.times[r] - self.times[me]))
        gap = abs(self.times[other] - self.times[me])
        if gap > self.rules.doubtful_days * US_PER_DAY:
            return []
        why = Why(kind, stored(kind, value), key, gap, len(held))
        if gap > self.rules.episode_days * US_PER_DAY:
            why.doubtful, why.params = self._doubt(kind, gap)
        return [(other, why)]

    def _mistyped(self, me: int, kind: str, value: str) -> list[tuple[int, Why]]:
        """The only neighbour by one character: of a telephone one often in use these days; of a failing card or IBAN
        a valid one."""
        if kind == "phone" and len(value) == 12:
            first, letters, least, days = 3, _ALPHABET[:10], self.rules.typo_neighbour, self.rules.typo_days
        elif (kind == "card" and not luhn(value)) or (kind == "iban" and not mod97(value)):
            first, letters = 0, _ALPHABET[:10] if kind == "card" else _ALPHABET
            least, days = 1, self.rules.episode_days
        else:
            return []
        hits = []
        for i in range(first, len(value)):
            for letter in letters:
                other = value[:i] + letter + value[i + 1 :]
                if letter == value[i] or (kind == "card" and not luhn(other)) or (kind == "iban" and not mod97(other)):
                    continue
                key = hashed(self.secret, kind, other)
                held = () if key in self.hubs else self.values.get(key)
                if len(held) >= least:
                    nearest = min(held, key=lambda r: abs(self.times[r] - self.times[me]))
                    if abs(self.times[nearest] - self.times[me]) <= days * US_PER_DAY:
                        hits.append(
                            (
                                nearest,
                                Why(kind, stored(kind, other), key, abs(self.times[nearest] - self.times[me]), len(held)),
                            )
                        )
        return hits if len(hits) == 1 else []

    def _alike(self, me: int, text: object) -> list[tuple[int, Why]]:
        if not isinstance(text, str):
            return []
        signature, enough = texts.signatures([text], self.rules.text_words)
        if not enough[0]:
            return []
        self.recent_signatures[me] = signature[0]
        best, score, sharing = -1, 0.0, 1
        for band in texts.band_keys(signature)[0].tolist():
            self.bands.add(band, me, self.times)
            held = self.bands.get(band)
            sharing = max(sharing, len(held))
            for other in held[-6:]:
                if other != me and abs(self.times[other] - self.times[me]) <= self.rules.text_days * US_PER_DAY:
                    similar = float(texts.alike(signature[0], self._signature(other)))
                    if similar > score:
                        best, score = other, similar
        if best < 0 or score < self.rules.text_doubtful:
            return []
        doubt = "" if score >= self.rules.text_alike else ALIKE
        return [(best, Why("text", "", 0, abs(self.times[best] - self.times[me]), sharing, doubt))]

    def _signature(self, report: int) -> NDArray[np.uint32]:
        found = self.recent_signatures.get(report)
        return self.signatures[int(np.searchsorted(self.signature_row, report))] if found is None else found

    def _doubt(self, kind: str, gap: int) -> tuple[str, dict[str, object]]:
        if kind == "text":
            return ALIKE, {}
        days: dict[str, object] = {"days": gap // US_PER_DAY}
        return (AGAIN, days) if gap > self.rules.episode_days * US_PER_DAY else (BRIDGE, days)

    def _judge(self, me: int, other: int, why: Why) -> int:
        rules, parts = self.rules, self.parts
        if not why.doubtful and parts.part[me] != parts.part[other]:
            both_large = min(parts.size(me), parts.size(other)) >= rules.bridge_reports
            if both_large and why.gap > rules.bridge_days * US_PER_DAY:
                why.doubtful, why.params = BRIDGE, {"days": why.gap // US_PER_DAY}
            elif self._kept_apart(me, other):
                why.doubtful = APART
        return self._put(me, other, why, DOUBTFUL if why.doubtful else 0)

    def _put(self, a: int, b: int, why: Why, mark: int) -> int:
        self.why.append(why)
        return self.parts.add_link(a, b, mark)

    def _kept_apart(self, a: int, b: int) -> bool:
        left, right = self.parts.part[a], self.parts.part[b]
        for change in self.changes:
            if change.apart is not None and not change.undone:
                sides = [{self.parts.part[r] for r in side} for side in change.apart]
                if (left in sides[0] and right in sides[1]) or (left in sides[1] and right in sides[0]):
                    return True
        return False

    def _became_hub(self, key: int, held: Collection[int]) -> bool:
        """The batch rules on one value: spread over time, or many strangers. Its links are then dropped."""
        size, reports = len(held), list(held)
        why = ""
        if size > self.rules.hub_spread_reports:
            spread = self.times[reports[3 * (size - 1) // 4]] - self.times[reports[(size - 1) // 4]]
            why = SPREAD if spread > self.rules.hub_spread_days * US_PER_DAY else ""
        if not why and size > self.rules.hub_reports and size >= 1.25 * self.checked_size.get(key, 0):
            self.checked_size[key] = size
            why = STRANGERS if self._strangers(key, reports) else ""
        if why:
            self.hubs[key] = why
            own = {n for r in reports for n in self.parts.at.get(r, ()) if self.why[n].key == key}
            self.parts.mark(sorted(own), HUB)
        return bool(why)

    def _strangers(self, key: int, reports: list[int]) -> bool:
        """True if, without this value, no part holds 2 % of its reports."""
        wanted, seen, largest = set(reports), set[int](), 0
        for start in reports:
            if start in seen:
                continue
            seen.add(start)
            queue, count = [start], 0
            while queue:
                report = queue.pop()
                count += report in wanted
                for number, other in self.parts.holding(report):
                    if self.why[number].key != key and other not in seen:
                        seen.add(other)
                        queue.append(other)
            largest = max(largest, count)
        return (largest if largest > 1 else 0) < self.rules.hub_share * len(reports)

    # --- reading -------------------------------------------------------------------------------------------------

    def series_of(self, report_id: str) -> str:
        """'S-' and the id of the earliest report in the same series (the report itself where it stands alone)."""
        first = min(self.parts.of(self._at(report_id)), key=lambda r: (self.times[r], r))
        return f"S-{self.ids[first]}"

    def members(self, series_id: str) -> list[str]:
        """Reports of a series by time; refuses an id that is no series now."""
        at = self.index.get(series_id.removeprefix("S-"))
        if at is None or self.series_of(self.ids[at]) != series_id:
            raise Refusal(N_("there is no series {series} now: it may have been split or merged"), series=series_id)
        return [self.ids[r] for r in sorted(self.parts.of(at), key=lambda r: (self.times[r], r))]

    def link(self, number: int) -> Link:
        """The link of this number, earlier report first."""
        a, b = sorted(self.parts.ends[number], key=lambda r: (self.times[r], r))
        why = self.why[number]
        bits = weight(len(self.ids), why.sharing)
        kind = "url" if why.kind == "domain" else why.kind
        return Link(self.ids[a], self.ids[b], kind, why.value, why.gap / US_PER_DAY, bits, why.doubtful.format(**why.params))

    def links_of(self, report_id: str) -> list[tuple[int, Link]]:
        """(number, link) of every link that holds at a report."""
        return [(number, self.link(number)) for number, _other in self.parts.holding(self._at(report_id))]

    def doubtful(self) -> list[tuple[int, Link]]:
        """(number, link) of every link that waits for a person, heaviest first; those inside one series wait for
        nobody."""
        waiting = [
            n
            for n, mark in enumerate(self.parts.marks)
            if mark == DOUBTFUL and self.parts.part[self.parts.ends[n][0]] != self.parts.part[self.parts.ends[n][1]]
        ]
        return sorted(((n, self.link(n)) for n in waiting), key=lambda one: -one[1].weight)

    def state(self) -> dict[str, object]:
        """Everything a decision can change, in a form to compare: the partition, the marks of links, who is kept
        apart."""
        series = {tuple(sorted(self.parts.of(r))) for r in range(len(self.ids))}
        apart = [c.apart for c in self.changes if c.apart is not None and not c.undone]
        marks = {n: m for n, m in enumerate(self.parts.marks) if not m & GONE}
        return {"series": series, "links": marks, "apart": apart}

    def _at(self, report_id: str) -> int:
        found = self.index.get(report_id)
        if found is None:
            raise Refusal(N_("there is no report {report}"), report=report_id)
        return found

    # --- decisions -----------------------------------------------------------------------------------------------

    def split(self, series_id: str, away: Iterable[str]) -> int:
        """Take the reports `away` out of a series, for good: a later shared value asks a person. Returns the change's
        number."""
        whole = {self._at(r) for r in self.members(series_id)}
        out = {self._at(r) for r in away}
        if not out or not out < whole:
            raise Refusal(
                N_("name some of the series' reports, not all: {count} of {whole} were named"),
                count=len(out & whole),
                whole=len(whole),
            )
        cut = sorted({n for r in out for n, other in self.parts.holding(r) if other not in out})
        change = self._changed("split", tuple(cut), (frozenset(out), frozenset(whole - out)))
        self.parts.mark(cut, CUT)
        return change

    def merge(self, series_a: str, series_b: str) -> int:
        """Join two series because a person says so. Returns the change's number."""
        a, b = self._at(self.members(series_a)[0]), self._at(self.members(series_b)[0])
        if a == b:
            raise Refusal(N_("this is one series already"))
        number = self._put(a, b, Why("manual", "", 0, abs(self.times[a] - self.times[b]), 1), 0)
        return self._changed("merge", (number,))

    def accept(self, number: int) -> int:
        """Let a doubtful link hold."""
        self._waiting(number)
        self.parts.unmark((number,), DOUBTFUL)
        return self._changed("accept", (number,))

    def reject(self, number: int) -> int:
        """Let a doubtful link never hold."""
        self._waiting(number)
        self.parts.mark((number,), REJECTED)
        return self._changed("reject", (number,))

    def undo(self, change: int) -> None:
        """Take a decision back; refuses one that is unknown or taken back already."""
        if not 0 <= change < len(self.changes) or self.changes[change].undone:
            raise Refusal(N_("there is no decision {number} to take back"), number=change)
        done = self.changes[change]
        done.undone = True
        if done.verb == "split":
            self.parts.unmark(done.links, CUT)
        elif done.verb == "merge":
            self.parts.mark(done.links, GONE)
        elif done.verb == "accept":
            self.parts.mark(done.links, DOUBTFUL)
        else:
            self.parts.unmark(done.links, REJECTED)

    def _waiting(self, number: int) -> None:
        if not 0 <= number < len(self.parts.marks) or self.parts.marks[number] != DOUBTFUL:
            raise Refusal(N_("link {number} does not wait for a decision"), number=number)

    def _changed(self, verb: str, links: tuple[int, ...], apart: tuple[frozenset[int], frozenset[int]] | None = None) -> int:
        self.changes.append(Change(len(self.changes), verb, links, apart))
        return len(self.changes) - 1
