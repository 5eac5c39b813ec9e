"""How people really type: Kazakh in Latin letters or without its own letters, slips of the finger, no capitals, no
stops.
"""

from __future__ import annotations

import re

import numpy as np

_LATIN = {
    "а": "a",
    "ә": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "ғ": "g",
    "д": "d",
    "е": "e",
    "ё": "yo",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "i",
    "к": "k",
    "қ": "q",
    "л": "l",
    "м": "m",
    "н": "n",
    "ң": "n",
    "о": "o",
    "ө": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ұ": "u",
    "ү": "u",
    "ф": "f",
    "х": "h",
    "һ": "h",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ъ": "",
    "ы": "y",
    "і": "i",
    "ь": "",
    "э": "e",
    "ю": "yu",
    "я": "ya",
}
_LETTERLESS = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")
_KEEP = re.compile(r"\S*[\d@/.]\S*|[A-Za-z]{2,}")


def latin(text: str) -> str:
    """Everyday Latin as in messengers (not an official alphabet)."""
    out = []
    for letter in text:
        low = _LATIN.get(letter.lower())
        out.append(letter if low is None else low.capitalize() if letter.isupper() and low else low)
    return "".join(out)


def letterless(text: str) -> str:
    """Kazakh typed on a Russian keyboard."""
    return text.translate(_LETTERLESS)


def slips(text: str, rng: np.random.Generator, rate: float) -> str:
    """Swapped, dropped or doubled letters inside words of letters only; identifiers and amounts stay whole."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if len(word) < 5 or _KEEP.search(word) or rng.random() >= rate:
            continue
        at = int(rng.integers(1, len(word) - 2))
        how = rng.random()
        if how < 0.4:
            words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif how < 0.75:
            words[i] = word[:at] + word[at + 1 :]
        else:
            words[i] = word[:at] + word[at] + word[at:]
    return " ".join(words)


def roughen(text: str, keep: list[str], language: str, rng: np.random.Generator) -> str:
    """Apply what one writer would do; `keep` are identifier values that must survive (they hold digits, @ or dots
    and are skipped).
    """
    draw = rng.random()
    if language == "kk":
        if draw < 0.10:
            text = latin(text)
        elif draw < 0.30:
            text = letterless(text)
    if rng.random() < 0.45:
        text = slips(text, rng, 0.05)
    style = rng.random()
    if style < 0.22:
        safe = {value.lower(): value for value in keep}
        text = text.lower()
        for low, value in safe.items():
            text = text.replace(low, value)
    elif style < 0.27:
        text = text.replace(". ", " ").rstrip(".")
    return text
