"""From raw text to folded tokens: one spelling for Kazakh in Cyrillic, in Latin and typed without its letters.

Victims type Kazakh in three ways: with its letters, with the Russian ones nearest to them (ә as а, қ as к …), and in
several Latin spellings (the alphabets of 2018 and 2021, and the habits of phone keyboards). Folding removes what the
three disagree about, so that a model trained on one reads all: vowels i/ы/і/и/й become one letter, у/ұ/ү one, and so
on. Russian goes through the same fold; English keeps its Latin letters. Folding loses distinctions on purpose: it is a
key for matching, never shown to a person.

Time is bounded: at most `MAX_RAW` characters are cleaned and `MAX_TEXT` read (the head and the tail of a longer text).
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

MAX_RAW = 20_000
MAX_TEXT = 4_000
_TAIL = 1_000
_LONGEST_TOKEN = 40
_CACHE_LIMIT = 200_000

_INVISIBLE = dict.fromkeys(
    [
        *(0x00AD, 0x061C, 0x115F, 0x1160, 0x180E, 0x3164, 0xFEFF),
        *range(0x0300, 0x0370),  # what is left of combining marks after composition is decoration
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    ]
)
_TAG = re.compile(r"<[^<>]{0,500}>")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_LETTER = re.compile(r"[^\W\d_]")
_TOKEN = re.compile(
    r"(?P<url>(?:https?|hxxps?)://\S{1,300}|www\.\S{1,300}|"
    r"[^\W_][^\W_-]{0,40}(?:-[^\W_]{1,20}){0,3}\.(?:kz|com|ru|net|org|me|info|site|online|shop|xyz|top|app|click|link|cc|vip|live|pro)\b(?:/\S{0,300})?)"
    r"|(?P<number>\d[\d.,\u00a0\u202f ]{0,24}\d|\d)"
    r"|(?P<word>[^\W\d_]+)",
    re.IGNORECASE,
)
NUMBER, URL = "9", "www"

_FOLD = str.maketrans(
    {
        "ә": "а", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "ү": "у", "һ": "х", "і": "и", "ы": "и", "й": "и",
        "ё": "е", "э": "е", "щ": "ш", "ц": "тс", "ю": "иу", "я": "иа", "ъ": "", "ь": "", "ї": "и", "ў": "у", "є": "е",
    }
)  # fmt: skip
_LATIN_PAIRS = re.compile(r"sh|ch|zh|kh|gh|ts|ng(?=[^aeiouy]|$)|ck|ph")
_LATIN_PAIR = {"sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "gh": "г", "ts": "тс", "ng": "н", "ck": "к", "ph": "ф"}
_LATIN = str.maketrans(
    {
        "a": "а", "ä": "а", "á": "а", "ə": "а", "b": "б", "c": "с", "ç": "ч", "d": "д", "e": "е", "é": "е", "f": "ф",
        "g": "г", "ğ": "г",
        "ǵ": "г", "h": "х", "i": "и", "ı": "и", "í": "и", "ï": "и", "j": "ж", "k": "к", "l": "л", "m": "м", "n": "н",
        "ñ": "н", "ń": "н", "ŋ": "н",
        "o": "о", "ö": "о", "ó": "о", "ô": "о", "p": "п", "q": "к", "r": "р", "s": "с", "ş": "ш", "š": "ш", "t": "т",
        "u": "у", "ü": "у", "ú": "у",
        "ū": "у", "ù": "у", "v": "в", "w": "у", "x": "х", "y": "и", "ý": "у", "z": "з", "ž": "ж",
    }
)  # fmt: skip
# Latin letters that look like Cyrillic ones, for words that mix both alphabets to slip past filters.
_LOOKALIKE = str.maketrans("aeopcyxikmthbgu3", "аеорсухікмтнвдиз")
_REPEAT = re.compile(r"(.)\1+")
_RUNS = re.compile(r"[a-zà-ɏ]+|[^a-zà-ɏ]+")

ENGLISH = frozenset(
    """the a an and or but of to in on at for from with by as is are was were be been it its this that these those i
    me my we us our you your he him his
    she her they them their who what when where why how which there here not no did do does done had has have having
    would could should can will just then than so
    if because after before about into out up over again also only all any some more most other such very said told
    asked called sent got get gave took
    made went came money bank account phone card number message people man woman mother father police pay paid told
    claimed someone caller victim per
    stop please hello thanks yes ok today yesterday never now one two new old may might""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Folded tokens of a text with the words they came from (`spans`: start and end in `text`, the cleaned text)."""

    text: str
    folded: list[str]
    spans: list[tuple[int, int]]
    script: str
    arabic: bool

    def word(self, index: int) -> str:
        start, end = self.spans[index]
        return self.text[start:end]


def clean(raw: str) -> str:
    """Composed, visible, tag-free text of bounded length (NFKC, so that styled and full-width letters read as
    letters)."""
    text = raw if len(raw) <= MAX_RAW else raw[: MAX_RAW - _TAIL] + " " + raw[-_TAIL:]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - _TAIL] + " " + text[-_TAIL:]


_folded: dict[str, tuple[str, ...]] = {}
_folded_latin: dict[str, tuple[str, ...]] = {}


def fold(word: str, *, keep_latin: bool = False) -> tuple[str, ...]:
    """The folded form(s) of one word; two where a Latin name carries a Cyrillic ending ("WhatsAppтан").

    `keep_latin` leaves an all-Latin word as it stands (English text).

    >>> fold("Қауіпсіз"), fold("qauipsiz"), fold("кауипсиз")
    (('кауипсиз',), ('кауипсиз',), ('кауипсиз',))
    """
    cache = _folded_latin if keep_latin else _folded
    known = cache.get(word)
    if known is None:
        if len(cache) >= _CACHE_LIMIT:
            cache.clear()
        known = cache[word] = _fold(word, keep_latin)
    return known


def _fold(word: str, keep_latin: bool) -> tuple[str, ...]:
    lower = word.lower()[:_LONGEST_TOKEN]
    runs = _RUNS.findall(lower)
    if len(runs) == 2 and min(map(len, runs)) >= 2:
        return tuple(part for run in runs for part in _fold(run, keep_latin))
    if len(runs) > 1:
        lower = lower.translate(_LOOKALIKE)
    if keep_latin and len(runs) == 1 and runs[0][0] < "\u0250":
        return (_REPEAT.sub(r"\1", lower),)
    latin = _LATIN_PAIRS.sub(lambda m: _LATIN_PAIR[m[0]], lower)
    out = _REPEAT.sub(r"\1", latin.translate(_LATIN).translate(_FOLD))
    return (out,) if out else ()


def tokens(raw: str) -> Tokens:
    """Clean and fold a text. `script` is cyrl, latn (Kazakh or Russian in Latin letters), en, arab or none (no
    letters)."""
    text = clean(raw)
    arabic = bool(_ARABIC.search(text)) and len(_ARABIC.findall(text)) * 3 > len(_LETTER.findall(text))
    found: list[tuple[str | None, str, int, int]] = []
    latin = english = cyrillic = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        word = match[0]
        found.append((kind, word, match.start(), match.end()))
        if kind == "word":
            if word[0] < "\u0250":
                latin += 1
                english += word.lower() in ENGLISH
            else:
                cyrillic += 1
    keep_latin = latin > 0 and english * 100 >= latin * 15 and english >= min(2, latin)
    folded: list[str] = []
    spans: list[tuple[int, int]] = []
    for kind, word, start, end in found:
        if kind == "word":
            for part in fold(word, keep_latin=keep_latin):
                folded.append(part)
                spans.append((start, end))
        else:
            folded.append(NUMBER if kind == "number" else URL)
            spans.append((start, end))
    if arabic:
        script = "arab"
    elif cyrillic >= latin:
        script = "cyrl" if cyrillic else "none"
    else:
        script = "en" if keep_latin else "latn"
    return Tokens(text, folded, spans, script, arabic)
