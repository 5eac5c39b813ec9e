"""How people really type: Kazakh in Latin letters or without its letters, slips of the thumb, mixed languages, no
punctuation."""

from __future__ import annotations

import random
import re

_LATIN_STYLES = [
    # the alphabet of 2021
    {"а": "a", "ә": "ä", "б": "b", "в": "v", "г": "g", "ғ": "ğ", "д": "d", "е": "e", "ё": "io", "ж": "j", "з": "z",
    "и": "i", "й": "i",
     "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "ñ", "о": "o", "ө": "ö", "п": "p", "р": "r", "с": "s",
     "т": "t", "у": "u", "ұ": "ū",
     "ү": "ü", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "ş", "щ": "ş", "ъ": "", "ы": "y", "і": "ı",
     "ь": "", "э": "e", "ю": "iu", "я": "ia"},
    # the alphabet of 2018, with acutes
    {"а": "a", "ә": "á", "б": "b", "в": "v", "г": "g", "ғ": "ǵ", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z",
    "и": "ı", "й": "ı",
     "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "ń", "о": "o", "ө": "ó", "п": "p", "р": "r", "с": "s",
     "т": "t", "у": "ý", "ұ": "u",
     "ү": "ú", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "y", "і": "i",
     "ь": "", "э": "e", "ю": "iý", "я": "ıa"},
    # the phone keyboard, no marks
    {"а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "y",
     "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s",
     "т": "t", "у": "u", "ұ": "u",
     "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "y", "і": "i",
     "ь": "", "э": "e", "ю": "yu", "я": "ya"},
    {"а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "gh", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z",
    "и": "i", "й": "i",
     "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "ng", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s",
     "т": "t", "у": "w", "ұ": "u",
     "ү": "u", "ф": "f", "х": "kh", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i",
     "і": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya"},
]  # fmt: skip
LETTERLESS = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")
_NEAR = {
    "а": "вп", "е": "кн", "и": "мт", "о": "лр", "у": "цк", "к": "уе", "т": "ьи", "р": "по", "л": "од", "д": "лж",
    "с": "чм", "н": "ег",
    "a": "sq", "e": "wr", "i": "uo", "o": "ip", "t": "ry", "n": "bm", "s": "ad", "r": "et", "l": "k", "d": "sf",
    "h": "gj",
}  # fmt: skip
# Words that Kazakh and Russian speakers exchange freely in one sentence.
_MIXED = [
    ("сілтеме", "ссылка"), ("сілтемені", "ссылканы"), ("сілтемемен", "ссылкамен"), ("несие", "кредит"),
    ("қоңырау шалды", "звондады"), ("қоңырау", "звонок"),
    ("аудардым", "перевод жасадым"), ("аударды", "перевод жасады"), ("алаяқтар", "мошенниктер"), ("алаяқ",
    "мошенник"), ("шот", "счет"), ("қосымша", "приложение"),
    ("алдын ала төлем", "предоплата"), ("пәтер", "квартира"), ("жұмыс", "работа"), ("кеше", "вчера"), ("бүгін",
    "сегодня"), ("пайыз", "процент"),
    ("тергеуші", "следователь"), ("өтініш", "заявление"), ("хабарландыру", "объявление"), ("сатушы", "продавец"),
    ("дереу", "срочно"), ("курьер", "доставщик"),
    ("дүкен", "магазин"), ("қолма-қол", "наличка"), ("тапсырыс", "заказ"), ("пирамида", "пирамида"), ("құрбым",
    "подругам"), ("басшы", "начальник"),
]  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_PUNCTUATION = re.compile(r"[.,!?;:«»\"()—–-]+")


def latin(text: str, style: int) -> str:
    """The text in one of four Latin spellings (`style` 0..3)."""
    table = _LATIN_STYLES[style]
    return "".join(table.get(c, c) for c in text.lower())


def letterless(text: str) -> str:
    """Kazakh typed on a Russian keyboard: its own letters replaced by the nearest Russian ones."""
    return text.translate(LETTERLESS)


def typos(text: str, rng: random.Random, rate: float) -> str:
    """Each word of four letters or more gets a slip with probability `rate`: drop, double, swap or neighbour key."""

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) < 4 or rng.random() >= rate:
            return word
        at = 1 + int(rng.random() * (len(word) - 2))
        kind = rng.random()
        if kind < 0.35:
            return word[:at] + word[at + 1 :]
        if kind < 0.55:
            return word[:at] + word[at] + word[at:]
        if kind < 0.8:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        near = _NEAR.get(word[at], word[at])
        return word[:at] + near[int(rng.random() * len(near))] + word[at + 1 :]

    return _WORD.sub(slip, text)


def mixed(text: str, rng: random.Random) -> str:
    """Some words exchanged for those of the other language."""
    for ours, theirs in _MIXED:
        if ours in text and rng.random() < 0.5:
            text = text.replace(ours, theirs)
    return text


def dirty(text: str, language: str, rng: random.Random) -> str:
    """One of the ways in which a real message is not clean; about half stay as written."""
    if language == "kk":
        if rng.random() < 0.15:
            text = mixed(text, rng)
        if rng.random() < 0.22:
            text = latin(text, int(rng.random() * 4))
    elif language == "ru" and rng.random() < 0.05:
        text = latin(text, 2 + int(rng.random() * 2))
    if rng.random() < 0.25:
        text = typos(text, rng, 0.05 + 0.12 * rng.random())
    if rng.random() < 0.12:
        words = text.split()
        keep = [w for w in words if rng.random() > 0.12]
        text = " ".join(keep or words)
    return text
