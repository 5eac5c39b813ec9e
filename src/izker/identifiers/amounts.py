"""Amounts of money with their words in Kazakh, Russian and English: '2 млн теңге', '150 мың тг', '1,5 миллиона',
'$500'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from izker.identifiers.model import Identifier

_NUMBER = r"\d{1,3}(?:[ .,'’]\d{3}){1,5}(?:[.,]\d{1,2})?(?!\d)|\d{1,15}(?:[.,]\d{1,3})?(?!\d)"
_SCALES = {
    r"млрд\.?|миллиард\w{0,6}|milliard\w{0,3}|billion|bn|mlrd": 1_000_000_000,
    r"млн\.?|миллион\w{0,6}|лям\w{0,3}|лимон\w{0,3}|mln|million\w{0,4}|mio|mn": 1_000_000,
    (
        r"тыс\.?(?![а-я])|тысяч\w{0,3}|тыщ\w{0,3}|тыш\w{0,2}|мың\w{0,4}|мын(?!\w)|myn|myń|miń|min(?=\s(?:tenge|tg))"
        r"|thousand|тонн[аыу]?(?=\s(?:тенге|тг))|косар\w{0,3}|[kк](?!\w)"
    ): 1_000,
    r"сот(?:ни|ен|ня)(?!\w)|жүз(?!\w)|hundred": 100,
}
_SCALE = "|".join(_SCALES)
_CURRENCIES = {
    "KZT": r"₸|теңге\w{0,6}|тенге\w{0,4}|тнг|тңг|тг|kzt|tenge\w{0,4}|tng|tg",
    "RUB": r"₽|руб\w{0,6}\.?|rub|rubl\w{0,3}|rur|roubles?|rubles?",
    "USDT": r"usdt|юсдт",
    "USD": r"\$|доллар\w{0,6}|бакс\w{0,3}|usd|dollars?|bucks|dollar\w{0,4}",
    "EUR": r"€|евро\w{0,3}|eur|euros?|evro",
    "GBP": r"£|фунт\w{0,3}|gbp|pounds?",
    "KGS": r"сом(?:ов|а)?(?!\w)|kgs",
    "UZS": r"сум(?:ов)?(?=\s|[.,!?;:)]|$)(?!\w)|uzs",
    "CNY": r"¥|юан\w{0,4}|cny|yuan",
    "TRY": r"лир\w{0,2}|try(?=\s?\d)|lira",
    "BTC": r"btc|биткоин\w{0,3}|bitcoins?",
}
_CURRENCY = "|".join(f"(?P<{code}>{words})" for code, words in _CURRENCIES.items())
_BEFORE = r"(?P<front>\$|€|£|₸|₽|¥|usdt|usd|eur|kzt|rub|gbp|btc)\s?"
_UNITS = {
    "пол": "0.5",
    "полтора": "1.5",
    "полторы": "1.5",
    "жарты": "0.5",
    "бір жарым": "1.5",
    "екі жарым": "2.5",
    "half a": "0.5",
    "half": "0.5",
    "один": "1",
    "одна": "1",
    "бір": "1",
    "one": "1",
    "a": "1",
    "bir": "1",
    "два": "2",
    "две": "2",
    "екі": "2",
    "two": "2",
    "eki": "2",
    "три": "3",
    "үш": "3",
    "three": "3",
    "ush": "3",
    "четыре": "4",
    "төрт": "4",
    "four": "4",
    "пять": "5",
    "бес": "5",
    "five": "5",
    "bes": "5",
    "шесть": "6",
    "алты": "6",
    "six": "6",
    "семь": "7",
    "жеті": "7",
    "seven": "7",
    "восемь": "8",
    "сегіз": "8",
    "eight": "8",
    "девять": "9",
    "тоғыз": "9",
    "nine": "9",
    "десять": "10",
    "он": "10",
    "ten": "10",
    "двадцать": "20",
    "жиырма": "20",
    "twenty": "20",
    "тридцать": "30",
    "отыз": "30",
    "thirty": "30",
    "сорок": "40",
    "қырық": "40",
    "forty": "40",
    "пятьдесят": "50",
    "елу": "50",
    "fifty": "50",
    "сто": "100",
    "жүз": "100",
    "двести": "200",
    "триста": "300",
    "четыреста": "400",
    "пятьсот": "500",
    "шестьсот": "600",
    "семьсот": "700",
    "восемьсот": "800",
    "девятьсот": "900",
}
_UNIT = "|".join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))
_PART = re.compile(
    rf"(?:(?P<number>{_NUMBER})|(?<!\w)(?P<word>{_UNIT})(?=\s|(?:миллион|млн)))"
    rf"\s{{0,2}}-?\s?(?P<scale>(?:{_SCALE})(?![A-Za-z]))?",
    re.I,
)
_START = re.compile(
    rf"(?<![\w.,/#№:+-])(?:{_BEFORE})?(?=\d|(?:{_UNIT})(?:\s|миллион|млн))"
    rf"|(?<!\w)(?=(?:миллион|млн|мың\s|million))|(?<![\w])(?P<front2>\$|€|£|₸)\s?(?=\d)|(?<=\d-)(?=\d)",
    re.I,
)
_MONEY = re.compile(
    rf"\s{{0,2}}-?\s?(?P<pairs>(?:казахстанск\w{{2,3}}|қазақстандық|американск\w{{2,3}}|российск\w{{2,3}}|us)\s)?"
    rf"(?:{_CURRENCY})(?![A-Za-zА-Яа-яёәіңғүұқөһ])",
    re.I,
)
_SCALE_AT = re.compile(rf"(?:{_SCALE})(?!\w)", re.I)
_VALUES = [(re.compile(pattern, re.I), Decimal(value)) for pattern, value in _SCALES.items()]
_CODES = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "¥": "CNY"}
_HINT = re.compile(rf"\d|{_SCALE}|₸|\$|€|теңге|тенге", re.I)
# What is counted in thousands and is no money: people, views, kilometres, years, cases.
_COUNTED = re.compile(
    r"\s{0,2}(?:адам|человек|чел\b|людей|жител|тұрғын|people|users?|подписч"
    r"|жазылушы|просмотр|қаралым|views|км\b|шақырым|километр|km\b|лет\b|жыл|years?|раз\b|рет\b|times|случа|оқиға|дело\b|дел\b|қылмыс"
    r"|преступл|граждан|азамат|әлеуметтік|пользовател|штук|дана|слов|сөз|words|кв|шт\b|г\b|гб|gb|мб|мин|минут"
    r"|час|сағ|дн|күн|days?|метр|тонн|followers|members|clients?|клиент|victims?|жәбірленуш|пострадав|потерпевш|қолданушы|аккаунт|сообщен|хабарлама)",
    re.I,
)


def find(text: str) -> Iterator[Identifier]:
    """Sums in `text`. Value: '2000000 KZT', '1500.50 USD'; without a currency word the number alone ('1500000')."""
    if _HINT.search(text) is None:
        return
    busy = 0
    for found in _START.finditer(text):
        if found.start() < busy:
            continue
        read = _read(text, found)
        if read is not None:
            busy = read.end
            yield read


def minor(value: str) -> tuple[int, str | None]:
    """('1500.50 USD') -> (150050, 'USD'): hundredths of the currency and its code, None where the text named none."""
    number, _space, code = value.partition(" ")
    return int(Decimal(number) * 100), code or None


def _read(text: str, found: re.Match[str]) -> Identifier | None:
    start, at = found.start(), found.end()
    front = found.group("front") or found.group("front2")
    total = Decimal(0)
    scaled = False
    last_scale = Decimal(10**12)
    bare = _SCALE_AT.match(text, at)
    if bare is not None:
        total, scaled, at, last_scale = _scale(bare.group()), True, bare.end(), _scale(bare.group())
        start = bare.start()
    for _part in range(3):
        step = at if total == 0 else at + (len(text[at : at + 3]) - len(text[at : at + 3].lstrip(" ")))
        part = _PART.match(text, step)
        if part is None:
            break
        scale = _scale(part.group("scale")) if part.group("scale") else Decimal(1)
        number = _number(part.group("number")) if part.group("number") else Decimal(_UNITS[part.group("word").lower()])
        if total and (scale >= last_scale or not scaled or (scale == 1 and (part.group("word") or not _MONEY.match(text, part.end())))):
            break
        if part.group("word") and not _counts(text, part, scale):
            break
        total += number * scale
        scaled = scaled or scale > 1
        last_scale = scale
        at = part.end() if part.group("scale") else part.end("number" if part.group("number") else "word")
        if scale == 1:
            break
    if total == 0:
        return None
    money = _MONEY.match(text, at)
    code = _CODES.get(front, front.upper()) if front else None
    if money is not None:
        code = money.lastgroup if money.lastgroup != "pairs" else code
        code = next((c for c in _CURRENCIES if money.group(c)), code)
        at = money.end()
    elif not front and (not scaled or bare is not None or _COUNTED.match(text, at)):
        return None
    value = _written(total) + (f" {code}" if code else "")
    return Identifier("amount", value, start, at, True, "", text[start:at])


def _counts(text: str, part: re.Match[str], scale: Decimal) -> bool:
    """True if a spelled number is one: it needs a scale or a currency, 'a' a scale, and 'он' (ten, but 'he' in Russian)
    a Kazakh word behind it."""
    word = part.group("word").lower()
    if word == "он":
        return re.match(r"\s(?:мың|теңге|млн теңге|миллион теңге)", text[part.end("word") :], re.I) is not None
    return scale > 1 or (word != "a" and _MONEY.match(text, part.end()) is not None)


def _scale(word: str) -> Decimal:
    return next(value for pattern, value in _VALUES if pattern.match(word))


def _number(text: str) -> Decimal:
    """'1 500 000,50', '1.500.000', '1,5', '1,500,000' -> Decimal. A single separator before three digits groups
    thousands."""
    text = re.sub(r"[ '’]", "", text)
    marks = [c for c in text if c in ".,"]
    if len(marks) > 1:
        last = max(text.rfind("."), text.rfind(","))
        if len(set(marks)) == 1 or len(text) - last - 1 == 3:
            return Decimal(re.sub(r"[.,]", "", text))
        return Decimal(re.sub(r"[.,]", "", text[:last]) + "." + text[last + 1 :])
    if marks:
        whole, part = re.split(r"[.,]", text)
        return Decimal(whole + part) if len(part) == 3 and whole != "0" else Decimal(f"{whole}.{part}")
    return Decimal(text)


def _written(value: Decimal) -> str:
    whole = value.to_integral_value()
    return str(int(whole)) if whole == value else f"{value:.2f}"
