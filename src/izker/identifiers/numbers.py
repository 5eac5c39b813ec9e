"""Telephones, payment cards, IIN and BIN among the digits of a text.

The text is cut once into groups of digits; neighbours that only a separator parts may belong together. At each group
the longest reading that holds wins: card, then telephone, then IIN or BIN. Work per group is bounded, so the whole is
linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise

from izker.identifiers import checks
from izker.identifiers.model import Identifier
from izker.identifiers.plan import cards, facts, foreign, national
from izker.words import N_

LUHN = N_("the check digit of the card number does not fit: read the number again")
HIDDEN = N_("digits of the card number are hidden, so its check digit cannot be tested")
IIN = N_("the control digit does not fit: an IIN or BIN has 12 digits, read it again")
PHONE = N_("no number plan has this telephone number: check the digits")

_DIGITS = re.compile(r"\d+")
# Letters typed for digits stand among digits ('87O1', '12З'), never at the edge of a word ('tel8701...', '500О чём').
_LETTER_DIGITS = re.compile(r"(?<=\d)[OОoоlIІЗ]{1,8}(?![^\W\d_])|(?<![^\W_])[OОoоlIІЗ]{1,8}(?=\d)")
_AS_DIGITS = str.maketrans("OОoоlIІЗ", "00001113")
_MASKED_CARD = re.compile(
    r"(?<![\w*•])\d{4}[ -]?(?:\d{4}|\d{2}[*•xXхХ]{2})[ -]?[*•xXхХ]{4}[ -]?(?:\d{4}|[*•xXхХ]{2}\d{2})(?![\w*•])"
    r"|(?<![\w*•])\d{4}[ -]?[*•xXхХ]{4}[ -]?[*•xXхХ]{4}[ -]?\d{4}(?![\w*•])"
    r"|(?<![\w*•])\d{6}[*•xXхХ]{6,9}\d{4}(?![\w*•])"
)
_THEN = re.compile(
    r"\W{1,3}(?:(?:и|a|а|және|and|then|потом|затем|следом|дальше|кейін|сосын|соңынан|after)\W{1,3}){1,3}", re.IGNORECASE
)
_JOINING = frozenset(" \t-.()/_")
_DATE_GAPS = ("..", "//", "--")
_LATIN_SUFFIX = re.compile(r"(?:g[ea]|q[ae]|k[ea]|[dtn][ae]n?|[dtn][yi](?:n|ng|ń)?|[mbp]en)(?![A-Za-z0-9_])")
_NAME = re.compile(r"[A-Z][a-z]{2,}")
_LATIN_RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,19}$")
_KAZAKH_IIN = re.compile(r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{6}")
Window = tuple[int, int]  # how many digits, and the index of the last group


@lru_cache(maxsize=64)
def _stems(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(w) for w in sorted(facts(kind), key=len, reverse=True)), re.I)


def find(text: str) -> Iterator[Identifier]:
    """Telephones, cards, IINs and BINs of `text`, left to right, without overlap; spans are offsets in `text`."""
    if _LETTER_DIGITS.search(text) is not None:
        text, original = _LETTER_DIGITS.sub(lambda found: found.group().translate(_AS_DIGITS), text), text
    else:
        original = text
    row = _Row(text)
    if len(row.run) < 7:
        return
    busy = 0
    if "*" in text or "•" in text or "x" in text or "X" in text or "х" in text or "Х" in text:
        masked = {found.start(): found.end() for found in _MASKED_CARD.finditer(text)}
    else:
        masked = {}
    for i, (start, _end) in enumerate(row.groups):
        if start < busy:
            continue
        if start in masked:
            raw = original[start : masked[start]]
            bare = re.sub(r"[*•xXхХ]", "*", re.sub(r"[ -]", "", raw))
            found: Identifier | None = Identifier("card", bare, start, masked[start], False, HIDDEN, raw)
        else:
            windows = row.windows(i)
            if windows[-1][0] < 8:
                continue
            found = _card(row, windows, i) or _halves(row, i) or _phone(row, windows, i) or _person(row, windows, i)
        if found is not None:
            busy = found.end
            if original is not text:
                found = Identifier(
                    found.kind,
                    found.value,
                    found.start,
                    found.end,
                    found.valid,
                    found.reason,
                    original[found.start : found.end],
                )
            yield found


class _Row:
    """The groups of digits of a text, which of them a separator joins to the next, and all their digits in one run."""

    __slots__ = ("at", "groups", "joined", "run", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.groups = [found.span() for found in _DIGITS.finditer(text)]
        self.joined = [_joins(text[a[1] : b[0]]) for a, b in pairwise(self.groups)] + [False]
        self.run = "".join(text[a:b] for a, b in self.groups)
        self.at = [0, *accumulate(b - a for a, b in self.groups)]

    def windows(self, i: int) -> list[Window]:
        """Growing windows from group i while separators join, up to 19 digits (at least the group itself)."""
        out: list[Window] = []
        first = self.at[i]
        for j in range(i, len(self.groups)):
            total = self.at[j + 1] - first
            if total > 19 and out:
                break
            out.append((total, j))
            if not self.joined[j]:
                break
        return out

    def digits(self, i: int, total: int) -> str:
        return self.run[self.at[i] : self.at[i] + total]

    def sizes(self, i: int, j: int) -> list[int]:
        return [b - a for a, b in self.groups[i : j + 1]]


def _joins(gap: str) -> bool:
    return len(gap) <= 3 and all(c in _JOINING for c in gap)


def _before(text: str, start: int, width: int = 36) -> str:
    return text[max(0, start - width) : start].rsplit("\n", 1)[-1]


def _last_word(pattern: re.Pattern[str], before: str) -> int:
    """Where the last word of the pattern begins in `before`, or -1."""
    return max((found.start() for found in pattern.finditer(before)), default=-1)


def _free(text: str, start: int, end: int, kind: str, *, plus: bool = False) -> bool:
    """True if the digits in [start, end) stand on their own: no identifier of Latin letters, no decimal fraction
    around. A word run into them is none: 'tel87011234567', 'N4400...', '87011234567Aigul', '_87011234567_'."""
    if start and not plus and not _opens(text, start, kind):
        return False
    after = text[end : end + 3]
    if after[:1] == "." and after[1:2].isdigit():
        return False
    if after[:1] == "_":
        return not after[1:2].isalnum()
    if after[:1].isascii() and after[:1].isalpha():
        return _LATIN_SUFFIX.match(text, end) is not None or _NAME.match(text, end) is not None
    return True


def _opens(text: str, start: int, kind: str) -> bool:
    last = text[start - 1]
    if last == "#":
        return start > 1 and text[start - 2].isspace()
    if last == "_":
        return start == 1 or not text[start - 2].isalnum()
    if not (last.isascii() and last.isalpha()):
        return last not in "=&%"
    run = _LATIN_RUN.search(text, max(0, start - 20), start)
    if run is None:
        return False
    word = run.group()
    return word in ("N", "No") or _NAME.fullmatch(word) is not None or _stems(f"{kind}.words").search(word) is not None


def _card(row: _Row, windows: list[Window], i: int) -> Identifier | None:
    text, groups = row.text, row.groups
    start = groups[i][0]
    windows = [w for w in windows if 12 <= w[0] <= 19]
    if not windows or (start and text[start - 1] == "+"):
        return None
    before = _before(text, start)
    named = _last_word(_stems("card.words"), before)
    doubtful: Identifier | None = None
    for total, j in sorted(windows, key=lambda w: (w[0] != 16, -w[0])):
        end = groups[j][1]
        digits = row.digits(i, total)
        network = cards(digits[:4], total)
        if network is None or not _free(text, start, end, "card"):
            continue
        closes = checks.luhn(digits)
        fours = j == i + 3 and total == 16 and set(row.sizes(i, j)) == {4}
        # Groups of any size are believed where a word says card and the check digit agrees.
        if not _card_shape(row.sizes(i, j), total) and not (named >= 0 and total == 16 and closes):
            continue
        # Nothing but a card is written in fours and closes; only a number announced as an order's is none.
        if _numbered(text, start) or (_last_word(_stems("card.not_words"), before) > named and not (fours and closes)):
            continue
        plain_shape = total == 16 or (total == 15 and network == "American Express")
        if closes:
            if len(set(digits)) > 1 and (plain_shape or named >= 0 or (total in (18, 19) and j > i)):
                return Identifier("card", digits, start, end, True, "", text[start:end])
        elif doubtful is None and total == 16 and (named >= 0 or j == i + 3):
            doubtful = Identifier("card", digits, start, end, False, LUHN, text[start:end])
    return doubtful


def _halves(row: _Row, i: int) -> Identifier | None:
    """A card told in two messages: '4400 4398 и следом 0380 5652'. Only fours whose check digit agrees are believed."""
    text, groups = row.text, row.groups
    if i + 3 >= len(groups) or row.sizes(i, i + 3) != [4, 4, 4, 4] or not (row.joined[i] and row.joined[i + 2]):
        return None
    digits, start, end = row.digits(i, 16), groups[i][0], groups[i + 3][1]
    told = _THEN.fullmatch(text[groups[i + 1][1] : groups[i + 2][0]]) is not None
    if told and cards(digits[:4], 16) is not None and checks.luhn(digits) and _free(text, start, end, "card"):
        return Identifier("card", digits, start, end, True, "", text[start:end])
    return None


def _card_shape(sizes: list[int], total: int) -> bool:
    """Cards are written in one run, in fours, as 4-6-5 or 6-10, or digit by digit: sums of money in threes are none."""
    if len(sizes) == 1 or set(sizes) == {1} or set(sizes) == {2}:
        return True
    if all(size % 4 == 0 for size in sizes[:-1]) and sizes[-1] == (total % 4 or sizes[-1]):
        return True
    return sizes in ([4, 6, 5], [4, 6, 4], [6, 10], [8, 8, 3], [4, 4, 4, 4, 2], [4, 4, 4, 4, 3])


def _phone(row: _Row, windows: list[Window], i: int) -> Identifier | None:
    text, groups = row.text, row.groups
    start, first_end = groups[i]
    if _is_date(row, i):
        return None
    plus = _plus(text, start)
    if plus is not None:
        return _international(row, windows, i, plus)
    first = text[start]
    if text.startswith("00", start):
        return _exit_code(row, windows, i)
    at = start
    if start and text[start - 1] == "(":
        at = start - 1
    for total, j in windows:
        end = groups[j][1]
        if total == 11 and first in "78" and (first_end - start in (1, 2, 4, 11, 5, 7, 8) or j == i):
            digits = row.digits(i, total)
            if j == i and _numbered(text, start):
                return None
            if national(digits[1:]) and _free(text, start, end, "phone") and not _money(row.sizes(i, j)):
                return _made(text, at if text[at] != "(" else start, end, "+7" + digits[1:])
        elif total == 10 and (first == "7" or first == "9"):
            found = _bare_national(row, i, j, at)
            if found is not None:
                return found
        elif total == 12 and j == i:
            digits = text[start:end]
            if digits.startswith(tuple(facts("phone.neighbours"))) and _stems("phone.words").search(_before(text, start)):
                value = foreign(digits)
                if value is not None and _free(text, start, end, "phone"):
                    return _made(text, start, end, value)
    return None


@lru_cache
def _order() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in facts("card.not_words"))
    return re.compile(rf"(?:(?:{words})\w*|(?<!\w)id)\s?(?:№|#|n(?:o\.?)?|номер\w{{0,3}}|нөмірі)?\s?[:=]?\s?$", re.I)


def _numbered(text: str, start: int) -> bool:
    """True if the run of digits is the number of an order, a contract, a parcel ('договор № 87012345678')."""
    return _order().search(text, max(0, start - 40), start) is not None


def _exit_code(row: _Row, windows: list[Window], i: int) -> Identifier | None:
    """00 in place of the plus."""
    text, groups = row.text, row.groups
    for total, j in reversed(windows):
        end = groups[j][1]
        value = foreign(row.digits(i, total)[2:]) if 11 <= total <= 17 else None
        if value is not None and _free(text, groups[i][0], end, "phone"):
            return _made(text, groups[i][0], end, value)
    return None


def _bare_national(row: _Row, i: int, j: int, at: int) -> Identifier | None:
    """Ten digits without a prefix: a telephone if written like one ((727) 250-12-34, 701 123 45 67) or if a word says
    so."""
    text, groups = row.text, row.groups
    start, end = groups[i][0], groups[j][1]
    digits = row.digits(i, 10)
    if not national(digits) or not _free(text, start, end, "phone"):
        return None
    sizes = row.sizes(i, j)
    shaped = sizes in ([3, 3, 2, 2], [3, 3, 4], [3, 7], [4, 2, 2, 2], [4, 6], [3, 4, 3], [3, 2, 2, 3])
    bracketed = text[at] == "(" and text[groups[i][1] : groups[i][1] + 1] == ")"
    mobile = digits[:3] in facts("phone.mobile")
    words = _stems("phone.words")
    said = words.search(_before(text, start)) is not None or (mobile and words.search(text, end, end + 80) is not None)
    told = said and not _numbered(text, start)
    if bracketed or (mobile and shaped and sizes != [3, 7]) or (told and (mobile or digits[0] == "9" or shaped)):
        return _made(text, at if bracketed else start, end, "+7" + digits)
    return None


def _money(sizes: list[int]) -> bool:
    """True if the digits are a sum in threes ('8 777 000 000 ...'): every group after the first has three digits."""
    return len(sizes) > 2 and all(size == 3 for size in sizes[1:])


def _plus(text: str, start: int) -> int | None:
    """Where the plus before the digits stands: '+7', '+ 7', '(+7', 'плюс 7'; None without one."""
    before = text[max(0, start - 6) : start]
    stripped = before.rstrip(" (")
    if stripped.endswith("+") and not stripped.endswith("++"):
        at = start - len(before) + len(stripped) - 1
        return None if at and text[at - 1].isdigit() else at
    lowered = stripped.lower()
    return start - len(before) + len(stripped) - 4 if lowered.endswith(("плюс", "plus")) else None


def _international(row: _Row, windows: list[Window], i: int, plus: int) -> Identifier | None:
    text, groups = row.text, row.groups
    windows = [w for w in windows if w[0] <= 15]
    if text[groups[i][0]] == "7":
        for total, j in windows:
            if total == 11:
                digits = row.digits(i, total)
                if national(digits[1:]):
                    return _made(text, plus, groups[j][1], "+" + digits)
    else:
        for total, j in reversed(windows):
            value = foreign(row.digits(i, total)) if total >= 8 else None
            if value is not None and _free(text, groups[i][0], groups[j][1], "phone", plus=True):
                return _made(text, plus, groups[j][1], value)
    whole = [w for w in windows if 10 <= w[0] <= 15]
    if not whole:
        return None
    total, j = next((w for w in whole if w[0] >= 11), whole[-1])
    end = groups[j][1]
    return Identifier("phone", "+" + row.digits(i, total), plus, end, False, PHONE, text[plus:end])


def _is_date(row: _Row, i: int) -> bool:
    text, groups, joined = row.text, row.groups, row.joined
    if i + 2 >= len(groups) or not (joined[i] and joined[i + 1]):
        return False
    (a, b), (c, d), (e, f) = groups[i : i + 3]
    return b - a <= 2 and d - c <= 2 and f - e == 4 and text[b:c] + text[d:e] in _DATE_GAPS and text[e : e + 2] in ("19", "20")


def _made(text: str, start: int, end: int, value: str) -> Identifier:
    return Identifier("phone", value, start, end, True, "", text[start:end])


def _person(row: _Row, windows: list[Window], i: int) -> Identifier | None:
    """IIN or BIN: 12 digits with a control digit. A word (ИИН, ЖСН, БИН) decides; without one the layout must fit
    too."""
    text, groups = row.text, row.groups
    start = groups[i][0]
    for total, j in windows:
        if total != 12 or (j > i and groups[j][1] - start > 17):
            continue
        end = groups[j][1]
        digits = row.digits(i, total)
        before = _before(text, start, 24)
        as_iin, as_bin = _last_word(_stems("person.iin_words"), before), _last_word(_stems("person.bin_words"), before)
        labelled = max(as_iin, as_bin) >= 0
        if (j > i and not labelled) or not _free(text, start, end, "person"):
            continue
        bin_like = checks.looks_like_bin(digits)
        kind = ("bin" if as_bin > as_iin else "iin") if labelled and as_iin != as_bin else ("bin" if bin_like else "iin")
        if labelled and as_bin >= 0 and as_iin >= 0 and before[min(as_iin, as_bin) :].strip()[:7] in ("иин/бин", "ИИН/БИН", "ЖСН/БСН", "жсн/бсн"):
            kind = "bin" if bin_like else "iin"
        if checks.iin(digits):
            if labelled or bin_like or _KAZAKH_IIN.fullmatch(digits):
                return Identifier(kind, digits, start, end, True, "", text[start:end])
        elif labelled:
            return Identifier(kind, digits, start, end, False, IIN, text[start:end])
    return None
