"""Kazakh endings on numbers: they follow the numeral as it is spoken and stand behind a hyphen (49-дың, 27 892-ден,
21 %-ды).

Rules: vowel harmony of the last spoken word (back or front vowels) and its last sound (voiceless, nasal, other voiced,
vowel). Source of the tables: the standard declension of Kazakh nouns as taught in school grammars; numerals end in one
of 21 words.
"""

from __future__ import annotations

_ONES = ("нөл", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз")
_TENS = ("", "он", "жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан")
_BACK = "аоұы"  # «и» and «у» take the side of the vowel before them: елу, елуге
_FRONT = "әөүіеэ"
_VOWELS = "аәеіоөұүыэ"  # «и» and «у» take endings like voiced consonants: елуді, оқудың
_VOICELESS = "кқптсшщчцхфһбвгд"  # б, в, г, д are spoken voiceless at the end: миллиардқа
_NASAL = "мнң"

# case -> endings after (vowel, nasal, other voiced, voiceless), each as (back, front)
_ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "genitive": (("ның", "нің"), ("ның", "нің"), ("дың", "дің"), ("тың", "тің")),
    "dative": (("ға", "ге"), ("ға", "ге"), ("ға", "ге"), ("қа", "ке")),
    "accusative": (("ны", "ні"), ("ды", "ді"), ("ды", "ді"), ("ты", "ті")),
    "locative": (("да", "де"), ("да", "де"), ("да", "де"), ("та", "те")),
    "ablative": (("дан", "ден"), ("нан", "нен"), ("дан", "ден"), ("тан", "тен")),
    "possessive": (("сы", "сі"), ("ы", "і"), ("ы", "і"), ("ы", "і")),
    "instrumental": (("мен", "мен"), ("мен", "мен"), ("мен", "мен"), ("пен", "пен")),
}


def spoken_end(number: int) -> str:
    """The last word of the number as spoken: 27892 -> 'екі', 4357 -> 'жеті', 3110 -> 'он', 6000 -> 'мың', 500 ->
    'жүз'.
    """
    number = abs(number)
    if number % 10:
        return _ONES[number % 10]
    if number % 100:
        return _TENS[number // 10 % 10]
    if number % 1000:
        return "жүз"
    if number == 0:
        return _ONES[0]
    if number % 1_000_000:
        return "мың"
    return "миллион" if number % 1_000_000_000 else "миллиард"


def ending(word: str, case: str) -> str:
    """The ending that `word` takes in `case` (genitive, dative, accusative, locative, ablative, possessive,
    instrumental).
    """
    lower = word.lower()
    back = next((c in _BACK for c in reversed(lower) if c in _BACK + _FRONT), True)
    last = lower[-1]
    # «з» is voiced, but the instrumental after it is -бен: the one place where the fourth way differs
    if case == "instrumental" and last in "зж":
        return "бен"
    column = 0 if last in _VOWELS else 1 if last in _NASAL else 3 if last in _VOICELESS else 2
    return _ENDINGS[case][column][0 if back else 1]


def suffix(number: int, case: str) -> str:
    """'-дің', '-сі' …: what is glued to the figures of `number`."""
    return f"-{ending(spoken_end(number), case)}"


def percent_suffix(case: str) -> str:
    """The ending behind a per cent sign, read «пайыз»: 29 %-ды, 21 %-дан."""
    return f"-{ending('пайыз', case)}"
