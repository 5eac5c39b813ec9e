"""New schemes in text: reports the classifier is unsure of that share words nobody used before, within days.

A word is new if far more reports of the last two weeks hold it than the past would give (Poisson tail, all words
tested at once). Reports that share two new words are joined, whether the classifier placed them or not, and so are
nearly identical ones it is unsure of; a group of five of which it is unsure of one at least is shown to a person
with its words. The person confirms, dismisses or merges; the decision is input to the next run: words of a dismissed
group are known from then on and texts nearly identical to its own are no news; a group with the reports or the words
of a confirmed one is that scheme grown; groups that were merged are one.

Words are compared as `text_terms` says. A pure function of its input: no clock, no state.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from scipy.stats import poisson

from izker.outlook.text_reports import Decision, TextReport
from izker.outlook.text_terms import language_of, months, stems, terms, tongue
from izker.words import _

WINDOW = timedelta(days=14)  # reports no further apart than this make a group
PAST_LEAST = 50  # earlier reports without which no word can be called new
LEAST = 5  # reports in a group before a person is asked
SIMILAR = 0.6  # Jaccard similarity at which two texts are nearly identical
CHANCE = 0.2  # chance, over all words tested, that the past alone gives one word as often; a group needs two
RARE = 0.002  # share of past reports above which a word is not new
TIMES = 5.0  # a new word is at least so many times as frequent as before
STRONG = 1e-5  # chance below which new words are shown even where the classifier was sure of every report
SHOWN = 8  # words shown with a group


@dataclass(frozen=True, slots=True)
class Word:
    """A word or pair of words as written, per 1 000 reports now and before; language kk, ru, en or link."""

    text: str
    per_1000: float
    per_1000_before: float
    language: str


@dataclass(frozen=True, slots=True)
class TextCluster:
    """`flagged`: a person is asked; `decision`: what a person said of it before, or empty; `chance` as in CHANCE.

    `words` are those shown, `terms` every new term of the group: what a decision on it must name.
    """

    cluster_id: str
    report_ids: tuple[str, ...]
    first: datetime
    last: datetime
    words: tuple[Word, ...]
    terms: tuple[str, ...]
    chance: float
    flagged: bool
    near_identical: int
    decision: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "cluster": self.cluster_id,
            "reports": list(self.report_ids),
            "first": self.first,
            "last": self.last,
            "flagged": self.flagged,
            "near_identical": self.near_identical,
            "chance": self.chance if math.isfinite(self.chance) else None,
            "decision": self.decision,
            "terms": list(self.terms),
            "words": [
                {"text": w.text, "language": w.language, "per_1000": w.per_1000, "per_1000_before": w.per_1000_before}
                for w in self.words
            ],
        }

    def line(self) -> str:
        words = ", ".join(w.text for w in self.words[:4])
        days = (self.last - self.first).days + 1
        text = _("{count} reports in {days} days share new words: {words}")
        return f"{self.cluster_id}  " + text.format(count=len(self.report_ids), days=days, words=words)


def find(
    reports: Iterable[TextReport], *, now: datetime | None = None, decisions: Sequence[Decision] = ()
) -> list[TextCluster]:
    """Groups among the reports of the two weeks before `now` (default: the last report), largest first.

    Everything older is the past against which words are new. Reports with the same id count once. Without a past of at
    least 50 reports no word can be called new and only nearly identical texts are grouped.
    """
    unique = {r.report_id: r for r in sorted(reports, key=lambda r: (r.reported_at, r.report_id))}
    if not unique:
        return []
    end = now or max(r.reported_at for r in unique.values())
    end = end.replace(tzinfo=None)
    start = end - WINDOW
    settled = {i for d in decisions if d.kind == "dismissed" for i in d.reports}
    recent = [r for r in unique.values() if start < r.reported_at <= end]
    past = [r for r in unique.values() if r.reported_at <= start]
    written = {r.report_id: terms(r.text) for r in recent}
    echoes = _echoes(recent, [r for r in unique.values() if r.report_id in settled], written)
    open_ = [r for r in recent if r.report_id not in settled and r.report_id not in echoes]
    if len(open_) < LEAST:
        return []
    known = {w for d in decisions if d.kind == "dismissed" for w in d.words}
    new = _new_words(recent, past, written, known)
    # a classifier is often sure and wrong about what it has never seen: new words count whoever placed the report
    chosen = [r for r in open_ if r.unsure or sum(t in new for t in written[r.report_id]) >= 2]
    groups = _groups(chosen, written, new, [d.reports for d in decisions if d.kind == "merged"])
    return sorted(
        (_cluster(g, written, new, decisions) for g in groups), key=lambda c: (-len(c.report_ids), c.cluster_id)
    )


def _echoes(recent: list[TextReport], settled: list[TextReport], written: dict[str, dict[str, str]]) -> set[str]:
    """Recent reports nearly identical to one that a person dismissed, whenever that was filed."""
    unsure = [r for r in recent if r.unsure]
    sets = [frozenset(terms(r.text)) for r in settled] + [frozenset(written[r.report_id]) for r in unsure]
    first = len(settled)
    return {unsure[b - first].report_id for a, b in _near_identical(sets) if a < first <= b} if settled else set()


def _new_words(
    recent: list[TextReport], past: list[TextReport], written: dict[str, dict[str, str]], known: Collection[str]
) -> dict[str, tuple[float, float, float]]:
    """Term -> (chance, share of recent reports, share of past ones), for terms that are new. Names of months never
    are.
    """
    if len(past) < PAST_LEAST:
        return {}
    everywhere = Counter(term for r in recent for term in written[r.report_id])
    skipped = months()
    tried = {t for t, n in everywhere.items() if n >= 3 and t not in known and not skipped & set(t.split())}
    before: Counter[str] = Counter()
    for report in past:
        before.update(tried & terms(report.text).keys())
    # only words that the past hardly knew are tested, so that the price of testing many is paid for few
    tried = {t for t in tried if before[t] <= max(1.0, RARE * len(past))}
    out = {}
    for term in tried:
        share = (before[term] + 0.5) / (len(past) + 1.0)
        expected = share * len(recent)
        chance = float(poisson.sf(everywhere[term] - 1, expected)) * max(len(tried), 1)
        if chance < CHANCE and everywhere[term] >= TIMES * expected:
            out[term] = (chance, everywhere[term] / len(recent), before[term] / len(past))
    return out


def _groups(
    unsure: list[TextReport],
    written: dict[str, dict[str, str]],
    new: dict[str, tuple[float, float, float]],
    merged: Sequence[frozenset[str]],
) -> list[tuple[list[TextReport], int]]:
    """Connected groups of unsure reports: two share two new terms, are nearly identical or were merged by a person;
    with the count of identical pairs.
    """
    parent = list(range(len(unsure)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    holders: dict[str, list[int]] = defaultdict(list)
    for i, report in enumerate(unsure):
        for term in written[report.report_id]:
            if term in new:
                holders[term].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for sharing in holders.values():
        shared.update(combinations(sharing, 2))
    for (a, b), count in shared.items():
        if count >= 2:
            parent[root(a)] = root(b)
    identical: Counter[int] = Counter()
    # near-identical texts of a known scheme are nothing new: only unsure ones are compared
    for a, b in _near_identical([frozenset(written[r.report_id] if r.unsure else ()) for r in unsure]):
        parent[root(a)] = root(b)
        identical[a] += 1
    for a, b in _across_languages(unsure, [root(i) for i in range(len(unsure))], written, new):
        parent[root(a)] = root(b)
    for together in merged:
        inside = [i for i, r in enumerate(unsure) if r.report_id in together]
        for a, b in pairwise(inside):
            parent[root(a)] = root(b)
    found: dict[int, list[int]] = defaultdict(list)
    for i in range(len(unsure)):
        found[root(i)].append(i)
    return [([unsure[i] for i in g], sum(identical[i] for i in g)) for g in found.values() if len(g) >= LEAST]


def _across_languages(
    unsure: list[TextReport],
    roots: list[int],
    written: dict[str, dict[str, str]],
    new: dict[str, tuple[float, float, float]],
) -> list[tuple[int, int]]:
    """Pairs of groups in different languages, each two reports or more with new words, that overlap in time.

    No word tells that a Kazakh and a Russian group are one scheme; that both are new in the same days does, until a
    person parts them.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for i, at in enumerate(roots):
        if sum(t in new for t in written[unsure[i].report_id]) >= 2:
            groups[at].append(i)
    found = []
    told = {}
    for at, inside in groups.items():
        if len(inside) >= 2:
            tongues = Counter(tongue(unsure[i].text) for i in inside)
            times = sorted(unsure[i].reported_at for i in inside)
            told[at] = (tongues.most_common(1)[0][0], times[0], times[-1])
    for (a, (tongue_a, first_a, last_a)), (b, (tongue_b, first_b, last_b)) in combinations(sorted(told.items()), 2):
        if tongue_a != tongue_b and first_a <= last_b and first_b <= last_a:
            found.append((a, b))
    return found


def _near_identical(sets: list[frozenset[str]]) -> list[tuple[int, int]]:
    """Pairs with Jaccard similarity of at least SIMILAR, found through their rarest terms (prefix filter)."""
    frequency = Counter(t for s in sets for t in s)
    holders: dict[str, list[int]] = defaultdict(list)
    pairs: set[tuple[int, int]] = set()
    for i, terms_of in enumerate(sets):
        if len(terms_of) < 4:
            continue
        rare = sorted(terms_of, key=lambda t: (frequency[t], t))[
            : len(terms_of) - math.ceil(SIMILAR * len(terms_of)) + 1
        ]
        for term in rare:
            pairs.update((j, i) for j in holders[term])
            holders[term].append(i)
    return [(a, b) for a, b in sorted(pairs) if len(sets[a] & sets[b]) >= SIMILAR * len(sets[a] | sets[b])]


def _cluster(
    group: tuple[list[TextReport], int],
    written: dict[str, dict[str, str]],
    new: dict[str, tuple[float, float, float]],
    decisions: Sequence[Decision],
) -> TextCluster:
    reports, identical = group
    inside = Counter(t for r in reports for t in written[r.report_id] if t in new)
    texts = {t: next((written[r.report_id][t], r.text) for r in reports if t in written[r.report_id]) for t in inside}
    # pairs say more than their parts: a single word inside a pair as frequent is not repeated
    pairs = {p for t, n in inside.items() if " " in t for p in t.split() if n >= 0.8 * inside[p]}
    chosen = sorted((t for t in inside if t not in pairs), key=lambda t: (-inside[t], new[t][0], t))[:SHOWN]
    words = tuple(
        Word(texts[t][0], round(1000 * new[t][1], 1), round(1000 * new[t][2], 1), language_of(*texts[t])) for t in chosen
    )
    ids = {r.report_id for r in reports}
    said = "confirmed" if any(_same(d, ids, words) for d in decisions if d.kind == "confirmed") else ""
    into = next((d.into for d in decisions if d.kind == "merged" and len(d.reports & ids) >= 2), "")
    first = min(reports, key=lambda r: (r.reported_at, r.report_id))
    chance = min((new[t][0] for t in inside), default=float("nan"))
    return TextCluster(
        into or "N" + hashlib.sha256(first.report_id.encode()).hexdigest()[:8],
        tuple(sorted(ids)),
        first.reported_at,
        max(r.reported_at for r in reports),
        words,
        tuple(sorted(inside)),
        chance,
        said == "" and (chance < STRONG or (any(r.unsure for r in reports) and (bool(words) or identical >= LEAST - 1))),
        identical,
        said,
    )


def _same(confirmed: Decision, ids: set[str], words: Sequence[Word]) -> bool:
    """Whether a group is a confirmed one grown: it shares most of the reports of the smaller, or half of its words."""
    if len(confirmed.reports & ids) * 2 > min(len(ids), len(confirmed.reports)):
        return True
    known = sum(bool(stems([w.text]) & confirmed.words) for w in words)
    return bool(words) and known * 2 >= len(words)
