"""Amounts of money as people write them in Kazakh, Russian and English: '2 млн 300 мың', '450к', 'үш жүз мың теңге',
'3 200 000 (три миллиона двести тысяч) тенге', '12 450 тг 50 тиын', '$1.5k'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from izker.identifiers import numerals
from izker.identifiers.model import Identifier
from izker.identifiers.plan import facts

_NUMBER = re.compile(r"\d{1,3}(?:[ .,'’]\d{3}){1,5}(?:[.,]\d{1,2})?(?!\d)|\d{1,15}(?:[.,]\d{1,3})?(?!\d)")
_SCALES = {
    r"млрд\.?|миллиард\w{0,6}|milliard\w{0,3}|billion|bn|mlrd": 1_000_000_000,
    (
        r"млн\.?|миллион\w{0,6}|милион\w{0,5}|мильон\w{0,3}|лям\w{0,3}|лимон\w{0,3}|mln|million\w{0,4}|mio|mn"
        r"|(?<=\d)m(?=\s?(?:kzt|tenge|tg|tng|usd|eur|gbp|dollar)|\$|₸|€)"
    ): 1_000_000,
    (
        r"тыс\.?(?![а-я])|тысяч\w{0,3}|тыщ\w{0,3}|тыш\w{0,2}|мың\w{0,4}|мын(?!\w)|my[nńñ]|mi[nńñ](?=\s(?:te[nńñ]ge|tg))|miń"
        r"|thousand|тонн[аыу]?(?=\s(?:тенге|тг))|косар\w{0,3}|[kк](?!\w)"
        r"|т\.?\s?(?=тг|тңг|тенге|теңге|р(?!\w)|руб)|(?<=\d)т(?!\w)"
    ): 1_000,
}
_SCALE = "|".join(_SCALES)
_CURRENCIES = {
    "KZT": r"₸|теңге\w{0,6}|тенге\w{0,4}|тнг|тңг|тг|kzt|te[nńñŋ]ge\w{0,4}|tng|tg",
    "RUB": r"₽|руб\w{0,6}\.?|rub|rubl\w{0,3}|rur|roubles?|rubles?|(?<=\d\d\d)\s?р\.?(?!\w)|(?<=[тk])р(?!\w)|(?<=т\.)р\.?(?!\w)",
    "USDT": r"usdt|юсдт|тезер\w{0,2}",
    "USD": r"\$|доллар\w{0,6}|бакс\w{0,3}|usd|dollars?|bucks|dollar\w{0,4}",
    "EUR": r"€|евро\w{0,3}|еуро\w{0,3}|eur|euros?|evro",
    "GBP": r"£|фунт\w{0,3}|gbp|pounds?",
    "KGS": r"сом(?:ов|а)?(?!\w)|kgs|som(?!\w)",
    "UZS": r"сум(?:ов)?(?=\s|[.,!?;:)]|$)(?!\w)|uzs|so['ʻ‘’]m",
    "AED": r"aed|дирхам\w{0,3}|dirhams?",
    "CNY": r"¥|юан\w{0,4}|cny|yuan",
    "TRY": r"лир\w{0,2}|try(?=\s?\d)|lira",
    "BTC": r"btc|биткоин\w{0,3}|bitcoins?",
    "ETH": r"eth|эфир(?:а|ов)?(?!\w)|ether",
}
_CURRENCY = "|".join(f"(?P<{code}>{words})" for code, words in _CURRENCIES.items())
_START = re.compile(
    rf"(?<![\w/#№])(?<!\d[.,:+-])(?:(?P<front>\$|€|£|₸|₽|¥|usdt|usd|eur|kzt|rub|gbp|btc|eth|aed)\s?)?(?=\d|{numerals.OPENS})"
    rf"|(?<!\w)(?=(?:миллион|милион|млн|лям(?!\w)|тысяч[аиу]|мың\s|million))|(?<![\w])(?P<front2>\$|€|£|₸)\s?(?=\d)|(?<=\d-)(?=\d)",
    re.I,
)
_ADJECTIVE = r"(?:казахстанск\w{2,3}|қазақстандық|американск\w{2,3}|российск\w{2,3}|us)\s"
_MONEY = re.compile(rf"\s{{0,2}}-?\s?(?:{_ADJECTIVE})?(?:{_CURRENCY})(?![A-Za-zА-Яа-яёәіңғүұқөһ])", re.I)
# The same sum again in words, between the digits and the currency, as contracts write it.
_REPEATED = re.compile(r"\s{0,2}\([^()\d]{3,160}\)")
_HUNDREDTHS = re.compile(r"\.?\s?(?P<n>\d{1,2})\s?(?:тиын\w{0,3}|тиин\w{0,2}|tiyn|коп\w{0,4}|cents?)(?!\w)", re.I)
_SCALE_HERE = re.compile(rf"(?:{_SCALE})(?![A-Za-z])", re.I)
_SCALE_NEXT = re.compile(rf"\s{{0,2}}-?\s?(?P<scale>{_SCALE})(?![A-Za-z])", re.I)
_HUNDRED_NEXT = re.compile(r"\s(?:жүз|жуз|hundred)(?!\w)", re.I)
_SHORT = re.compile(r"(?P<scale>[mMкkK])(?!\w)")
_VALUES = [(re.compile(pattern, re.I), Decimal(value)) for pattern, value in _SCALES.items()]
_CODES = {"$": "USD", "€": "EUR", "£": "GBP", "₸": "KZT", "₽": "RUB", "¥": "CNY"}
_HINT = re.compile(rf"\d|{_SCALE}|₸|\$|€|теңге|тенге|tenge|евро|еуро|доллар|рубл|бакс|dollar|euro|pound", re.I)
# What is counted in thousands and is no money: people, views, kilometres, years, cases.
_COUNTED = re.compile(
    r"\s{0,2}(?:адам|человек|чел\b|людей|жител|тұрғын|people|users?|подписч"
    r"|жазылушы|просмотр|қаралым|views|км\b|шақырым|километр|km\b|лет\b|жыл|years?|раз\b|рет\b|times|случа|оқиға|дело\b|дел\b|қылмыс"
    r"|преступл|граждан|азамат|әлеуметтік|пользовател|штук|дана|слов|сөз|words|кв|шт\b|г\b|гб|gb|мб|мин|минут"
    r"|час|сағ|дн|күн|days?|метр|тонн|картоп|followers|members|clients?|клиент|victims?|жәбірленуш|пострадав|потерпевш|қолданушы|аккаунт|сообщен|хабарлама)",
    re.I,
)
_LISTED = re.compile(r"(?<![\w.,/#№:+-])(?P<number>\d{1,3}(?:[ .]\d{3}){1,3})\s?(?:,|;|\sи|\sжәне|\sand|\+)\s?$")
_WIDTH = 24  # characters before a bare number in which a word may say that it is a sum


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
            yield from _listed_before(text, read, busy)
            busy = read.end
            yield read


def minor(value: str) -> tuple[int, str | None]:
    """('1500.50 USD') -> (150050, 'USD'): hundredths of the currency and its code, None where the text named none."""
    number, _space, code = value.partition(" ")
    return int(Decimal(number) * 100), code or None


def _read(text: str, found: re.Match[str]) -> Identifier | None:
    front = found.group("front") or found.group("front2")
    counted = _count(text, found.end(), front is not None)
    if counted is None:
        return None
    total, at, scaled, bare, spelled = counted
    start = found.start()
    code = _CODES.get(front, front.upper()) if front else None
    again = _REPEATED.match(text, at)
    money = _MONEY.match(text, at) or (_MONEY.match(text, again.end()) if again is not None else None)
    if money is not None:
        code = next((c for c in _CURRENCIES if money.group(c)), code)
        at = money.end()
        small = _HUNDREDTHS.match(text, at) if code in ("KZT", "RUB", "USD") else None
        if small is not None:
            total += Decimal(small.group("n")) / 100
            at = small.end()
    elif not front:
        if not scaled:
            if spelled or not _said(text, start, at, total):
                return None
        elif bare or _COUNTED.match(text, at):
            return None
    return Identifier("amount", _written(total) + (f" {code}" if code else ""), start, at, True, "", text[start:at])


def _count(text: str, at: int, front: bool) -> tuple[Decimal, int, bool, bool, bool] | None:
    """The number at `at`: value, end, whether a scale ('млн') was read, whether only the scale stood there
    ('миллион'), whether it was spelled without any scale."""
    alone = _SCALE_HERE.match(text, at)
    total, scaled, last, spelled = Decimal(0), False, Decimal(10**12), False
    if alone is not None:
        total = last = _scale(alone.group())
        scaled, at = True, alone.end()
    bare = alone is not None
    for _turn in range(4):
        step = at if not total else at + (len(text[at : at + 3]) - len(text[at : at + 3].lstrip(" ")))
        part = _part(text, step)
        if part is None:
            break
        number, end, in_words = part
        scale_found = _SCALE_NEXT.match(text, end) or (_SHORT.match(text, end) if front and not in_words else None)
        scale = _scale(scale_found.group("scale")) if scale_found is not None else Decimal(1)
        if front and scale_found is not None and scale_found.group("scale") in ("m", "M"):
            scale = Decimal(1_000_000)
        if scale_found is None and total:
            # 'миллион двести' is 1 200 000 in speech; otherwise a rest without a scale needs its currency.
            if scaled and last == 1_000_000 and 100 <= number < 1000 and number % 50 == 0 and _ends(text, end):
                number *= 1000
            elif not scaled or _MONEY.match(text, end) is None:
                break
        elif total and scale >= last:
            break
        elif in_words and scale == 1 and not total:
            spelled = _MONEY.match(text, end) is None and _REPEATED.match(text, end) is None
            # 'бір теңге де', 'ни одного тенге': one of a currency is a way of speaking.
            if number <= 1 or spelled:
                return None
        total, bare = total + number * scale, False
        scaled, last = scaled or scale > 1, scale
        at = scale_found.end() if scale_found is not None else end
        if scale == 1:
            break
    return (total, at, scaled, bare, spelled) if total else None


def _part(text: str, at: int) -> tuple[Decimal, int, bool] | None:
    """A number in digits or words at `at`, with its half ('2 с половиной') or its hundreds ('3 жүз'), and its end."""
    found = _NUMBER.match(text, at)
    if found is not None:
        value, end, words = _number(found.group()), found.end(), False
        hundreds = _HUNDRED_NEXT.match(text, end) if value < 10 else None
        if hundreds is not None:
            value, end = value * 100, hundreds.end()
    else:
        read = numerals.spelled(text, at)
        if read is None:
            return None
        (value, end), words = read, True
    more = numerals.half_more(text, end)
    return (value + Decimal("0.5"), more, words) if more is not None else (value, end, words)


def _ends(text: str, end: int) -> bool:
    """True if nothing behind `end` makes the number a count, a date or the beginning of another figure."""
    return _COUNTED.match(text, end) is None and re.match(r"[\d.,:/-]*\d|\s?%|\s\d", text[end : end + 8]) is None


def _said(text: str, start: int, end: int, total: Decimal) -> bool:
    """True if a word before a bare number says that it is a sum ('на сумму 450000', '450 000 аудардым')."""
    if total < 1000 or (total < 2100 and total > 1900 and " " not in text[start:end]) or end - start > 14:
        return False
    if _COUNTED.match(text, end) is not None or re.match(r"[\w%№]|[-./]\d", text[end : end + 2]) is not None:
        return False
    before = text[max(0, start - _WIDTH) : start].lower()
    after = text[end : end + 12].lower().lstrip()
    return _near(before, facts("amount.before")) or after.startswith(facts("amount.after"))


def _near(before: str, words: tuple[str, ...]) -> bool:
    """True if one of the words stands in `before` with neither another figure nor a sentence's end behind it."""
    last = max((before.rfind(word) for word in words), default=-1)
    return last >= 0 and not re.search(r"[\d\n.;!?№]", before[last:])


def _listed_before(text: str, read: Identifier, busy: int) -> Iterator[Identifier]:
    """'200 000, 300 000 и 150 000 тенге': sums of a list whose currency stands behind its last one."""
    at, code = read.start, read.value.partition(" ")[2]
    found = []
    for _turn in range(8):
        before = _LISTED.search(text, max(busy, at - 20), at)
        if before is None or not code:
            break
        at, end = before.span("number")
        found.append(Identifier("amount", f"{_written(_number(before.group('number')))} {code}", at, end, True, "", text[at:end]))
    yield from reversed(found)


def _scale(word: str) -> Decimal:
    return next((value for pattern, value in _VALUES if pattern.match(word)), Decimal(1_000_000 if word in "mM" else 1000))


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
