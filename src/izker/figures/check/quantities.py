"""Numbers in Kazakh, Russian and English sentences: what was written, how exactly, and what it counts.

Thousands grouped by plain, no-break or thin spaces (commas in English), decimal comma (point in English), endings glued
to figures (29%-ды, 4 357-і), multipliers (28 мың, 2 млрд 277 млн, 1.5 thousand), words (половина, үштен бірі, one in
five, вдвое).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

PERCENT, COUNT, MONEY, TIMES, TIME, AGE, POINTS = "percent", "count", "money", "times", "time", "age", "points"
ABOUT, ABOVE, BELOW, UPTO = "about", "above", "below", "upto"

_SPACE = " \u00a0\u2009\u202f\u2007"
_S = f"[{_SPACE}]"
_CYRILLIC = re.compile(r"[а-яёәғқңөұүһі]", re.I)
_PLAIN = rf"(?<![\w.,/№-])(?<!\d:)(?<!\d)(?:\d{{1,3}}(?:{_S}\d{{3}})+(?!\d)|\d+)(?:[.,]\d+)?"
_ENGLISH = r"(?<![\w.,/№-])(?<!\d:)(?:\d{1,3}(?:[,\u00a0\u2009\u202f ]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_MULTIPLIERS = (
    (3, r"мың\w*|тыс\.?|тысяч\w*|thousands?|k(?!\w)"),
    (6, r"млн\.?|миллион\w*|million\w*|mln|m(?!\w)"),
    (9, r"млрд\.?|миллиард\w*|billion\w*|bn"),
    (12, r"трлн\.?|триллион\w*|trillion\w*|trn"),
)
_MULTIPLIER = re.compile(rf"{_S}?(?:" + "|".join(f"(?P<e{p}>{w})" for p, w in _MULTIPLIERS) + r")(?![^\W\d])", re.I)
_PERCENT = re.compile(rf"{_S}?(?:%|пайыз\w*|процент(?!н)\w*|per{_S}?cent(?!age)|percent(?!age))", re.I)
_POINTS = re.compile(
    rf"{_S}?(?:%-?(?:дық|тік)?{_S}?(?:тармақ|пункт)|п\.{_S}?п|пайыздық{_S}тармақ"
    rf"|процентн\w+{_S}пункт|percentage{_S}points?|pp(?!\w))",
    re.I,
)
_MONEY = re.compile(rf"^{_S}?(?:теңге|тенге|tenge|₸|тг(?!\w)|kzt|\$|доллар|dollar|usd|рубл|руб(?!\w)|евро|euro)", re.I)
_MONEY_BEFORE = re.compile(rf"(?:₸|\$|€|kzt|usd){_S}?$", re.I)
_TIME = re.compile(
    rf"^{_S}?-?(?:күн|тәулік|сағат|минут|апта|ай(?:дан|да|лық|ға|дың|лар|ы)?(?!\w)|дн[яеё]|день"
    rf"|сут|час|недел|месяц|days?|hours?|minutes?|weeks?|months?)",
    re.I,
)
_YEARS = re.compile(rf"^{_S}?-?(?:ж\.|жж\.|жыл\w*|г\.|гг\.|год\w*|years?(?!\w))", re.I)
_AGE_AFTER = re.compile(
    rf"^{_S}?-?(?:жас\w*|лет(?!\w)|летн\w*|years?{_S}old|-year-old|\+{_S}|{_S}and{_S}over|{_S}or{_S}older)", re.I
)
_AGE_BEFORE = re.compile(
    rf"(?:старше|младше|в{_S}возрасте(?:{_S}от)?|aged?|older{_S}than|younger{_S}than"
    rf"|people{_S}over|victims?{_S}over|(?:are|were|is|was){_S}(?:over|above|under)){_S}$",
    re.I,
)
_TIMES = re.compile(rf"^{_S}?-?(?:раза?(?!\w)|есе\w*|times(?!\w)|[-]?fold(?!\w))", re.I)
_MONTHS = (
    r"қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан|январ"
    r"|феврал|март|апрел|ма[йя](?!\w)|июн|июл|август|сентябр|октябр|ноябр|декабр"
    r"|january|february|march|april|may(?!\w)|june|july|august|september|october|november|december"
)
_MONTH_AFTER = re.compile(rf"^{_S}?-?(?:{_MONTHS})", re.I)
_MONTH_BEFORE = re.compile(
    rf"(?:january|february|march|april|may|june|july|august|september|october|november|december){_S}$", re.I
)
_LAW_BEFORE = re.compile(
    rf"(?:ст\.|стат(?:ья|ьи|ье|ью|ей)|част(?:ь|и|ью)|ч\.|п\.|пункт\w*|№|no\.|номер\w*|articles?"
    rf"|arts?\.|sections?|part|law|order|form|форм\w*|телефон\w*|phone){_S}?$",
    re.I,
)
_LAW_AFTER = re.compile(
    rf"^{_S}?-?(?:ба[пб]|бөлі(?:к|г|м(?!\w))|тарма|статьи?(?!\w)|-?санды|-?ші(?!\w)|-?шы(?!\w)"
    rf"|-?ын?ш[ыі]|-?інші|-?[йяе](?!\w)|-?го(?!\w)|-?(?:st|nd|rd|th)(?!\w))",
    re.I,
)
_FOREIGN_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_PHONE = re.compile(r"\+\d[\d\s()-]{7,}\d")
_PER = re.compile(rf"(?:на|каждые|per|әр|әрбір){_S}$", re.I)
_PER_AFTER = re.compile(
    rf"^{_S}?(?:(?:тыс\w*\.?|мың|thousand){_S})?(?:человек|населен|жител|people|population"
    rf"|inhabitants|residents|тұрғын|адам|халық)\w*",
    re.I,
)

_ABOUT_BEFORE = re.compile(
    rf"(?:шамамен|жуық|около|примерно|порядка|приблизительно|почти|about|around|approximately"
    rf"|nearly|almost|roughly|some|circa|close{_S}to|близко{_S}к){_S}$",
    re.I,
)
_ABOVE_BEFORE = re.compile(
    rf"(?:более|больше|свыше|не{_S}менее|more{_S}than|over|above|at{_S}least|exceed\w*|кемінде"
    rf"|кем{_S}дегенде|превыси\w*){_S}(?:чем{_S})?$",
    re.I,
)
_BELOW_BEFORE = re.compile(
    rf"(?:менее|меньше|less{_S}than|fewer{_S}than|under|below|не{_S}более|at{_S}most){_S}(?:чем{_S})?$", re.I
)
_UPTO_BEFORE = re.compile(rf"(?:(?<!\w)до|up{_S}to|as{_S}much{_S}as){_S}$", re.I)
_ABOUT_AFTER = re.compile(rf"^\w*{_S}?-?(?:\w+{_S})?(?:жуық\w*|таяу|шақты|шамасында|жақын)", re.I)
_ABOVE_AFTER = re.compile(rf"^[-\w]*{_S}?(?:\w+{_S})?(?:астам|аса(?!\w)|артық|асты(?!\w)|асып|жоғары)", re.I)
_BELOW_AFTER = re.compile(rf"^[-\w]*{_S}?(?:\w+{_S})?(?:кем(?!\w)|аз(?!\w)|төмен)", re.I)
_UPTO_AFTER = re.compile(rf"^[-\w]*{_S}?(?:\w+{_S})?дейін", re.I)
_SUFFIX = re.compile(r"^-?(?P<s>[а-яёәғқңөұүһі]{1,6})(?![а-яёәғқңөұүһі])", re.I)
_GENITIVE = ("ның", "нің", "дың", "дің", "тың", "тің")
_ABLATIVE = ("нан", "нен", "дан", "ден", "тан", "тен")
_DATIVE = ("ға", "ге", "қа", "ке")

_WORDS: tuple[tuple[str, str, Fraction, int], ...] = (
    # pattern, kind, value, decimals of its precision
    (r"(?:жартысы\w*|жарты(?:дан|сынан)|половин[аыуе]|half(?:{s}of)?)", PERCENT, Fraction(50), -1),
    (
        r"(?:басым{s}(?:бөлігі|көпшілігі)\w*|көпшілігі\w*|большинств\w+|(?:the{s})?majority"
        r"|most(?:{s}of)?(?:{s}(?:the|these|those|all))?{s}(?:victims|cases|crimes|frauds|people|offences))",
        PERCENT,
        Fraction(50),
        -1,
    ),
    (r"(?:үштен{s}екі\w*|дв(?:е|ух){s}трет\w+|two[{sp}-]thirds)", PERCENT, Fraction(200, 3), -1),
    (r"(?:төрттен{s}үш\w*|тр(?:и|ёх|ех){s}четверт\w+|three[{sp}-]quarters)", PERCENT, Fraction(75), -1),
    (r"(?:үштен{s}бір\w*|трет(?:ь|и|ью)(?!\w)|(?:a|one)[{sp}-]third)", PERCENT, Fraction(100, 3), -1),
    (r"(?:төрттен{s}бір\w*|ширег\w*|четверт(?:ь|и|ью)(?!\w)|(?:a|one)[{sp}-]quarter)", PERCENT, Fraction(25), -1),
    (
        r"(?:бестен{s}бір\w*|кажд\w+{s}пят\w+|пят(?:ая|ую|ой){s}част\w+|әр(?:бір)?{s}бесінші\w*"
        r"|(?:one{s}in{s}five|(?:one|a)[{sp}-]fifth|every{s}fifth))",
        PERCENT,
        Fraction(20),
        -1,
    ),
    (r"(?:кажд\w+{s}трет\w+|әр(?:бір)?{s}үшінші\w*|one{s}in{s}three|every{s}third)", PERCENT, Fraction(100, 3), -1),
    (r"(?:кажд\w+{s}четв[её]рт\w+|әр(?:бір)?{s}төртінші\w*|one{s}in{s}four|every{s}fourth)", PERCENT, Fraction(25), -1),
    (
        r"(?:кажд\w+{s}десят\w+|оннан{s}бір\w*|әр(?:бір)?{s}оныншы\w*|one{s}in{s}ten|every{s}tenth)",
        PERCENT,
        Fraction(10),
        -1,
    ),
    (
        r"(?:вдвое|в{s}два{s}раза|екі{s}есе\w*|удво\w+|екі{s}еселен\w+|doubled|twice|two[{sp}-]?fold)",
        TIMES,
        Fraction(2),
        0,
    ),
    (r"(?:втрое|в{s}три{s}раза|үш{s}есе\w*|tripled|three[{sp}-]?fold)", TIMES, Fraction(3), 0),
    (
        r"(?:в{s}полтора{s}раза|полтора{s}раза|бір{s}жарым{s}есе\w*|one{s}and{s}a{s}half{s}times)",
        TIMES,
        Fraction(3, 2),
        1,
    ),
)
_WORD_PATTERNS = tuple(
    (re.compile(r"(?<!\w)" + p.replace("{s}", _S + "+").replace("{sp}", _SPACE) + r"(?!\w)", re.I), k, v, d)
    for p, k, v, d in _WORDS
)
_MOST = _WORD_PATTERNS[1][0]  # «большинство»: more than a half


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text: `value` in units (per cent for PERCENT), `decimals` of its printed precision (28 мың:
    -3), where it stands.

    `bound`: '', about, above, below, upto. `case`: the Kazakh case of its glued ending or of the noun behind it
    (genitive, ablative, dative, '').
    `spelled`: written as a word (половина), so only a rough share.
    """

    kind: str
    value: Fraction
    decimals: int
    start: int
    end: int
    surface: str
    bound: str = ""
    case: str = ""
    spelled: bool = False
    sentence: int = 0
    concepts: frozenset[str] = field(default_factory=frozenset)
    stems: frozenset[str] = field(default_factory=frozenset)

    @property
    def stated(self) -> Decimal:
        return Decimal(self.value.numerator) / Decimal(self.value.denominator)


def english(text: str) -> bool:
    """Whether the text's numbers follow English usage (comma thousands): it has hardly any Cyrillic."""
    return len(_CYRILLIC.findall(text)) * 4 < len(re.findall(r"[a-z]", text, re.I))


def find(sentence: str, index: int, *, is_english: bool) -> list[Quantity]:
    """Every quantity of the sentence, dates, years, articles of law and phone numbers left out, in order."""
    found: list[Quantity] = []
    position = 0
    sentence = _PHONE.sub(lambda m: "·" * len(m.group()), sentence)
    pattern = re.compile(_ENGLISH if is_english else _PLAIN)
    while match := pattern.search(sentence, position):
        quantity, position = _number(sentence, match, index, is_english=is_english)
        if quantity is not None:
            found.append(quantity)
    taken = [(q.start, q.end) for q in found]
    for word, kind, value, decimals in _WORD_PATTERNS:
        for match in word.finditer(sentence):
            if any(s < match.end() and match.start() < e for s, e in taken):
                continue
            taken.append(match.span())
            bound = ABOVE if word is _MOST else _bound(sentence, match.start(), match.end())
            found.append(Quantity(kind, value, decimals, *match.span(), match.group(), bound, "", True, index))
    return sorted(found, key=lambda q: q.start)


def _number(sentence: str, match: re.Match[str], index: int, *, is_english: bool) -> tuple[Quantity | None, int]:
    raw = match.group()
    start, end = match.span()
    before, after = sentence[:start], sentence[end:]
    if _skipped(raw, before, after):
        return None, end
    digits, decimals = _parse(raw, is_english=is_english)
    value = Fraction(digits)
    multiplied = _MULTIPLIER.match(sentence, end)
    if multiplied:
        value, decimals, end = _multiplied(sentence, value, decimals, multiplied, is_english=is_english)
        after = sentence[end:]
    if value == 100_000 and _PER_AFTER.match(after):
        return None, end  # «на 100 тыс. населения» is a scale, no count
    kind = COUNT
    if points := _POINTS.match(sentence, end):
        kind, end = POINTS, points.end()
    elif percent := _PERCENT.match(sentence, end):
        kind, end = PERCENT, percent.end()
    elif _MONEY.match(after) or _MONEY_BEFORE.search(before):
        kind = MONEY
    elif _TIMES.match(after):
        kind = TIMES
    elif _AGE_AFTER.match(after) or (_AGE_BEFORE.search(before) and value < 120):
        kind = AGE
    elif _TIME.match(after) or (_YEARS.match(after) and value < 100):
        kind = TIME
    if kind == COUNT and decimals == 3 and _FOREIGN_THOUSANDS.fullmatch(raw):
        value, decimals = value * 1000, 0  # '27,892 преступлений': no offence comes in thousandths
    case, behind = _case(sentence, end)
    if kind == PERCENT and sentence[:end].endswith(_DATIVE):
        case = "dative"  # 22 пайызға
    bound = _bound(sentence, start, end)
    return Quantity(
        kind, value, decimals, start, max(end, behind), sentence[start:behind].strip(), bound, case, False, index
    ), max(end, behind)


def _parse(raw: str, *, is_english: bool) -> tuple[Decimal, int]:
    text = re.sub(f"[{_SPACE}]", "", raw)
    thousands = is_english and not text.startswith("0,")  # '0,175%' in an English text is a decimal comma all the same
    text = text.replace(",", "") if thousands else text.replace(",", ".")
    part = text.partition(".")[2]
    return Decimal(text), len(part)


def _multiplied(
    sentence: str, value: Fraction, decimals: int, multiplier: re.Match[str], *, is_english: bool
) -> tuple[Fraction, int, int]:
    """The value with its multiplier, and smaller parts behind it added: 2 млрд 277 млн."""
    power = _power(multiplier)
    value, decimals, end = value * 10**power, decimals - power, multiplier.end()
    number = re.compile(rf"{_S}(\d{{1,3}}(?:{_S}\d{{3}})*)(?!\d)")
    while further := number.match(sentence, end):
        smaller = _MULTIPLIER.match(sentence, further.end())
        if not smaller or _power(smaller) >= power:
            break
        power = _power(smaller)
        part, _places = _parse(further.group(1), is_english=is_english)
        value, decimals, end = value + Fraction(part) * 10**power, -power, smaller.end()
    return value, decimals, end


def _power(match: re.Match[str]) -> int:
    return next(int(name[1:]) for name, text in match.groupdict().items() if text)


def _skipped(raw: str, before: str, after: str) -> bool:
    """Dates, years, articles of law, ordinals, clock times, phone numbers, «на 100 тысяч населения»."""
    plain = raw.isdigit()
    if plain and len(raw) > 9:
        return True  # an IIN, an account, a number of a case: counts of that size are grouped
    if (
        re.match(r"[:./]\d", after)
        or re.match(r"-[A-ZА-Я]", after)
        or (re.search(r"\+\d*[ (]*$", before) and not _PERCENT.match(after))
    ):
        return True
    if (
        plain
        and len(raw) == 4
        and 1950 <= int(raw) <= 2049
        and not (_PERCENT.match(after) or _MONEY.match(after) or _MULTIPLIER.match(after))
        and not re.match(
            rf"{_S}(?:қылмыс|іс(?!\w)|адам|факт|преступ|дел|человек|лиц(?!\w)|случа|cases|crimes"
            rf"|people|persons|frauds|offen)",
            after,
        )
    ):
        return True
    if _LAW_BEFORE.search(before) or _LAW_AFTER.match(after):
        return not _PERCENT.match(after)
    if plain and int(raw) <= 31 and (_MONTH_AFTER.match(after) or _MONTH_BEFORE.search(before)):
        return True
    return bool(
        (_PER.search(before) or plain)
        and _PER_AFTER.match(after)
        and re.sub(r"\D", "", raw).strip("0") == "1"
        and len(raw) >= 3
    )


def _case(sentence: str, end: int) -> tuple[str, int]:
    """(case, where the glued ending stops): from the ending on the number, else from the first noun behind it that is
    declined.
    """
    glued = _SUFFIX.match(sentence[end:])
    if glued and sentence[end : end + 1] == "-":
        return _case_of(glued.group("s")), end + glued.end()
    following = re.match(rf"((?:{_S}+[^\W\d_][\w-]*){{1,4}})", sentence[end:])
    for word in following.group(1).split() if following else ():
        case = _case_of(word)
        if case:
            return case, end
    return "", end


def _case_of(word: str) -> str:
    lower = word.lower()
    for case, endings in (("genitive", _GENITIVE), ("ablative", _ABLATIVE)):
        if lower.endswith(endings):
            return case
    return "dative" if lower in _DATIVE else ""


def _bound(sentence: str, start: int, end: int) -> str:
    before, after = sentence[:start], sentence[end:]
    for bound, pattern in (
        (ABOUT, _ABOUT_BEFORE),
        (ABOVE, _ABOVE_BEFORE),
        (BELOW, _BELOW_BEFORE),
        (UPTO, _UPTO_BEFORE),
    ):
        if pattern.search(before):
            return bound
    close = re.split(r"[,.;:()]", after, maxsplit=1)[0]
    for bound, pattern in ((ABOUT, _ABOUT_AFTER), (ABOVE, _ABOVE_AFTER), (UPTO, _UPTO_AFTER), (BELOW, _BELOW_AFTER)):
        if pattern.match(close):
            return bound
    return ""
