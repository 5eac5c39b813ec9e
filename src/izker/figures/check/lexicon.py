"""Words by which a text says what a number counts, in Kazakh, Russian and English. Stems, lower case; the order does
not matter.
"""

from __future__ import annotations

import re

_STEMS: dict[str, str] = {
    "registered": r"тіркел|тіркеу|зарегистр|регистрац|возбужд|зафиксир|register|recorded",
    "solved": r"ашылд|ашылу|ашылғ|әшкерел|аяқтал[дғ]|раскры|оконч|solv|clear(?:ed|ance|-up)|detect|disclos|complet",
    "grave": r"ауыр(?!лы)|тяжк|grave|serious",
    "persons": r"адам|тұлға|лиц(?:о|а|ам|ами|ах)?(?!\w)|человек|людей|гражд|азамат|people|person|suspect",
    "prosecuted": r"жауапкершілі|жауапқа|тартыл|ответствен|привлеч|привлек|осужд|prosecut|charged|liab|convict|сотталд",
    "court": r"сот(?!ы)|сотқа|суд(?!е)|court",
    "offence": r"қылмыс|құқық бұзушылық|преступлен|правонаруш|crime|offen",
    "fraud": r"алаяқ|мошенн|fraud|scam|афер",
    "internet": r"интернет|онлайн|кибер|internet|online|cyber",
    "victim": r"жәбірлен|зардап|потерпев|пострадав|жертв|victim",
    "home": r"тұрғын|баспана|пәтер|үйлерін|жиль|жилищ|квартир|недвиж|home|hous(?:e|es|ing)|apartment|flat(?!\w)",
    "damage": r"залал|шығын|нұқсан|ущерб|убыт|потер(?!пев)|damage|loss|lost",
    "returned": r"қайтар|өтел|возвра|возмещ|верну|return|recover|compensat|refund|repaid",
    "held": r"бұғат|тоқтат|заблокир|заморож|арестован|block|froz|held|halt",
    "elder": r"жастан асқан|егде|қарт|зейнеткер|старше|пожил|пенсион|older|elder|pension|over 60|aged",
    "women": r"әйел|женщ|wom[ae]n|female",
    "men": r"ер адам|ерлер|ер-|мужчин|(?<!\w)m[ae]n(?!\w)|male(?!\w)",
    "account": r"шот(?!ла)|счет|счёт|account",
    "call": r"қоңырау|звонк|(?<!\w)calls?(?!\w)",
    "impersonation": r"атынан|от имени|от лица|под видом сотруд|выдава|posing|impersonat|on behalf|pretending",
    "advance": r"алдын ала|предоплат|аванс|хабарланд|объявлен|advance|prepay|advert",
    "investment": r"инвест|invest",
}
CONCEPTS = {name: re.compile(rf"(?<!\w)(?:{stems})", re.I) for name, stems in _STEMS.items()}
# what separates one count of cases from another; the others only name the matter
SPECIFIC = frozenset(
    {
        "solved",
        "grave",
        "prosecuted",
        "persons",
        "court",
        "home",
        "damage",
        "returned",
        "held",
        "elder",
        "women",
        "men",
        "account",
        "call",
        "impersonation",
        "advance",
        "investment",
        "victim",
    }
)

WHOLE = re.compile(
    r"(?<!\w)(?:жалпы|барлық|бүкіл|общ(?:ее|его|ем|их|ей|ая)|всех|всего|все|all|total|overall)(?!\w)", re.I
)
SHARE_WORD = re.compile(
    r"(?<!\w)(?:үлес|пайызы|дол[яеиюь]|удельн|share|proportion|percentage of|make up"
    r"|accounted? for|составля|составил|құрай|құрад|құраған)",
    re.I,
)
RATE_WORD = re.compile(
    r"(?<!\w)(?:ашылу (?:деңгей|көрсеткіш|пайыз)|ашылым|раскрываем|процент раскры|уровень раскры|показател\w+ раскры"
    r"|(?:disclosure|clearance|clear-up|detection|solve|solution) rate|rate of (?:disclosure"
    r"|clearance|detection|solving))",
    re.I,
)
SUBSET = re.compile(
    r"(?<!\w)(?:оның ішінде|олардың ішінде|соның ішінде|ішінара|(?:оның|олардың)(?=\s*$)|из них"
    r"|из которых|в том числе|среди них|of (?:which|these|those|them|whom)|among them|including"
    r"|among these|(?:аталған|осы|бұл|сол) (?:факт|іс|қылмыс|санат|топ)|по (?:этим|указанным)"
    r"|(?:эт(?:их|им|и)|данных|указанн\w+) (?:дел|факт|случа|преступ)"
    r"|(?:these|those|the said) (?:cases|facts|crimes|frauds|offences|offenses))",
    re.I,
)
THEIR = re.compile(
    r"(?<!\w)(?:олардың|оның|бұлардың|бұл|осындай|их|его|это|эта|эти|этот|such|this|that|these"
    r"|their|its|which|they|it)(?!\w)",
    re.I,
)
REST = re.compile(r"(?<!\w)(?:қалған|остальн|оставш|remaining|the rest|the other)", re.I)
ALL_OF_IT = re.compile(
    r"(?<!\w)(?:барлығы|бәрі|всего)(?!\w)", re.I
)  # sums up only what its own sentence or list has named
TOGETHER = re.compile(
    r"(?<!\w)(?:жиыны|жиынтығы|қосындысы|бірге|итого|вместе|в сумме|суммарно|в общей сложности"
    r"|в совокупности|together|altogether|in total|combined|in sum|in all|sum to|add up)(?!\w)",
    re.I,
)
MAINLY = re.compile(
    r"(?<!\w)(?:негізінен|көбіне|көбінесе|в основном|главным образом|преимущественно|чаще всего"
    r"|mainly|mostly|chiefly|primarily)(?!\w)",
    re.I,
)
EXHAUSTIVE = re.compile(
    r"(?<!\w)(?:бөлінеді|бөлінген|делятся|разделились|распредел|breaks? down|are divided"
    r"|split into|тұрады|состо(?:ит|ят) из|consists? of|made up of)",
    re.I,
)

UP = (
    r"арт(?:ты|қан|ып|у)|өс(?:ті|кен|іп|ім|у)|көбей|ұлғай|выро|рост|увелич|возрос|прирос|прибав|вырас"
    r"|больше|rose|risen|rise|grew|grow|increas|(?<!\w)up(?!\w)|more|higher|climb|jump"
)
DOWN = (
    r"азай|төменде|кемі|қысқар|сниз|сниж|уменьш|сокра|упал|меньше|паден|decreas|fell|fall|declin|drop"
    r"|(?<!\w)down(?!\w)|reduc|fewer|lower"
)
GROWTH_UP, GROWTH_DOWN = re.compile(rf"(?<!\w)(?:{UP})", re.I), re.compile(rf"(?<!\w)(?:{DOWN})", re.I)
EARLIER = re.compile(
    r"(?<!\w)(?:бір жыл бұрын|өткен жыл|былтыр|алдыңғы жыл|салыстырғанда|годом ранее|год назад"
    r"|прошл\w+ год|предыдущ|a year (?:earlier|ago|before)|(?:last|previous|prior) year)",
    re.I,
)
COMPARED = re.compile(
    r"(?<!\w)(?:против|по сравнению|в сравнении|compared|against|versus|vs|(?:up|down) (?:from|on))(?!\w)", re.I
)
NOT_SOLVED = re.compile(
    r"(?<!\w)(?:не (?:был\w* )?раскры|нераскры|ашылма|unsolved|not (?:been )?solved|remain unsolved)", re.I
)
COMPLEMENTS = (("women", "men"),)
YEAR = re.compile(r"(?<!\d)(20[0-4]\d|19[5-9]\d)(?!\d)")
_STEM = re.compile(r"[^\W\d_]{4,}")


def concepts(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in CONCEPTS.items() if pattern.search(text))


def stems(text: str) -> frozenset[str]:
    """First five letters of each longer word: enough to see that two phrases speak of the same thing across endings."""
    return frozenset(word[:5].lower() for word in _STEM.findall(text))
