"""Numbers of a report's text that triage asks for: the age of a grown person, how long strangers talked."""

from __future__ import annotations

import re

# '72 года', '77-летняя', '83 жаста', 'aged 70', "I'm 70", '68 years old', 'мне 70,' ... but not 'кредит на 5 лет', '3 года назад'.
_YEARS = r"лет(?:н\w{2,4})?|год(?:а|у)?|жас(?:та|ар|ымда|қа|ында|тағы)\w{0,4}|ж\."
_KIN = "бабушке|дедушке|маме|папе|матери|отцу|әжем|ажем|атам|анам|шешем|әкем|апам"
_COUNTED = "тыс|мың|тенге|тг|минут|час|thousand|tenge|hours?|minutes?|days?"
_AGE = re.compile(
    rf"(?<![\d.,-])(?<!на )(?P<n>\d{{2,3}})(?:-?\s?(?:{_YEARS})(?!\s(?:назад|бұрын|ипотек|кредит))"
    r"|\s?-?(?:years?[ -]old|y\.?o\.?)|\s?-?ші жас)(?![a-zа-я])"
    rf"|(?:\bмне|\bей|\bему|{_KIN}|aged|\bi'm|\bi am|\bhe is|\bshe is|\bis)\s(?P<m>\d{{2,3}})"
    rf"(?=[\s,.;!)]|-?[тд][ае](?![а-я])|$)(?!\s(?:{_COUNTED}))"
)
_SPOKEN = {
    "полчаса": 30,
    "жарты сағат": 30,
    "half an hour": 30,
    "полтора часа": 90,
    "целый час": 60,
    "час подряд": 60,
    "екі сағат": 120,
    "два часа": 120,
    "несколько часов": 180,
    "бірнеше сағат": 180,
    "for hours": 180,
    # all day, taken for eight hours
    "весь день": 480,
    "целый день": 480,
    "сутки": 480,
    "күні бойы": 480,
    "күн бойы": 480,
    "all day": 480,
}
_LATER = r"(?!\w*\s(?:назад|спустя|later|ago|бұрын|кейін|соң))"
_DURATION = re.compile(
    rf"(?<!через )(?<![\d:.,])(?P<n>\d{{1,3}}(?:[.,]\d)?)\s?-?(?P<unit>час|сағат(?!тан)|hour|минут|мин\b|minute|min\b){_LATER}"
    rf"|(?<!через )(?P<word>{'|'.join(_SPOKEN)})"
)
_HOURS = ("час", "сағат", "hour")
_SENTENCE = re.compile(r"[.!?…\n]+\s")


def age(text: str, _near: tuple[str, ...]) -> float | None:
    """The greatest age of a grown person that the text (in small letters) tells."""
    ages = [int(found.group("n") or found.group("m")) for found in _AGE.finditer(text)]
    return max((years for years in ages if 18 <= years <= 110), default=None)


def minutes(text: str, near: tuple[str, ...]) -> float | None:
    """The longest duration told in a sentence that has one of the word beginnings `near`."""
    longest: float | None = None
    for sentence in _SENTENCE.split(text):
        if not any(word in sentence for word in near):
            continue
        for found in _DURATION.finditer(sentence):
            word = found.group("word")
            told = float(_SPOKEN[word]) if word else float(found.group("n").replace(",", ".")) * (60 if found.group("unit") in _HOURS else 1)
            if told <= 24 * 60:
                longest = max(longest or 0.0, told)
    return longest


READERS = {"age": age, "minutes": minutes}
