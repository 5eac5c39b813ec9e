"""The checker on texts in three languages: right figures hold, wrong ones are caught, lost denominators are named.

The texts were written for these tests from published counts (the official answer of 2026-01-16 and the press of 2025);
the rules of the checker were fixed on them, so they show that it does what it says, not how often it is right on texts
it has not seen.
"""

from __future__ import annotations

import pytest

from izker.figures.check import Claim, check_text
from izker.figures.check.claim import plain


def _find(text: str, kind: str, stated: float) -> Claim:
    claims = [
        c for c in check_text(text) if c.kind == kind and c.stated is not None and abs(float(c.stated) - stated) < 1e-9
    ]
    assert claims, [(c.kind, float(c.stated or 0), c.verdict) for c in check_text(text)]
    return claims[0]


SHARES = [
    # text, kind, stated, verdict, numerator, denominator
    ("27 892 қылмыстың 6 016-сы ашылды, бұл 21,6 пайызды құрайды.", "share", 21.6, "rounded", 6_016, 27_892),
    ("28 851 қылмыстың 6 812-сі (24%) банк атынан жасалған.", "share", 24, "rounded", 6_812, 28_851),
    ("Ашылған 6 016 істің 72%-ы (4 357) ауыр санатқа жатады.", "share", 72, "rounded", 4_357, 6_016),
    ("Сотқа 3 438 іс жолданды, бұл тіркелген 20 534 істің 17%-ы.", "share", 17, "rounded", 3_438, 20_534),
    ("Сотқа 3 438 іс жолданды, бұл тіркелген 20 534 істің 27%-ы.", "share", 27, "wrong", 3_438, 20_534),
    ("Тұрғын үйін сатқан 49 адамның 43-і, яғни 87%-ы 60 жастан асқан.", "share", 87, "truncated", 43, 49),
    ("Из 49 потерпевших 43 (88%) старше 60 лет, ещё 6 (12%) моложе.", "share", 88, "rounded", 43, 49),
    ("Из 49 потерпевших 43 (88%) старше 60 лет, ещё 6 (12%) моложе.", "share", 12, "rounded", 6, 49),
    ("Зарегистрировано 27 892 мошенничества, или 34% от 96 354 преступлений.", "share", 34, "wrong", 27_892, 96_354),
    (
        "Из 27 892 интернет-мошенничеств раскрыто 6 016, что составляет 21,6 процента.",
        "share",
        21.6,
        "rounded",
        6_016,
        27_892,
    ),
    (
        "Заблокировано 432 из 454 счетов (95%), деньги остались лишь на 17 счетах – это 3,9%.",
        "share",
        95,
        "rounded",
        432,
        454,
    ),
    (
        "Заблокировано 432 из 454 счетов (95%), деньги остались лишь на 17 счетах – это 3,9%.",
        "share",
        3.9,
        "rounded",
        17,
        432,
    ),
    ("Ущерб составил 25 млрд тенге, возвращено 895 млн тенге (3,6%).", "share", 3.6, "rounded", 895e6, 25e9),
    ("Из 6 016 раскрытых преступлений более половины – 4 357 – тяжкие.", "share", 50, "holds", 4_357, 6_016),
    (
        "Internet fraud accounted for 28.9% of all crimes: 27,892 out of 96,354.",
        "share",
        28.9,
        "rounded",
        27_892,
        96_354,
    ),
    ("Police solved 6,016 of 27,892 internet frauds, or 21.6 percent.", "share", 21.6, "rounded", 6_016, 27_892),
    ("The clearance rate stood at 21.6%: 6,016 cases of 27,892 were solved.", "rate", 21.6, "rounded", 6_016, 27_892),
    ("Three quarters of solved cases were grave: 4,357 of 6,016.", "share", 75, "rounded", 4_357, 6_016),
    ("In 49 of the 27,892 internet frauds (0.275%) the victims sold their homes.", "share", 0.275, "wrong", 49, 27_892),
    ("Жалпы қылмыстың 29 пайызы: 96 354 қылмыстың 27 892-сі.", "share", 29, "rounded", 27_892, 96_354),
    ("45 806 алаяқтық тіркелген, соның 61%-ы – интернет-алаяқтық (27 892).", "share", 61, "rounded", 27_892, 45_806),
    ("Залал 25 млрд теңгеден асты, оның 895 млн-ы немесе 3,6 пайызы қайтарылды.", "share", 3.6, "rounded", 895e6, 25e9),
    ("27 892 алаяқтық тіркеліп, оның 6 016-сы ашылды. Ашылу көрсеткіші – 22%.", "rate", 22, "rounded", 6_016, 27_892),
    ("27 892 алаяқтық тіркеліп, оның 6 016-сы ашылды. Ашылу көрсеткіші – 23%.", "rate", 23, "wrong", 6_016, 27_892),
    ("27 892 мошенничества: чаще брали предоплату (8 357, 30%).", "share", 30, "rounded", 8_357, 27_892),
    (
        "It recorded 27,892 cases, which is 29 percent of the country's 96,354 crimes.",
        "share",
        29,
        "rounded",
        27_892,
        96_354,
    ),
    ("Доли: 27 892 / 96 354 = 29%; 27 892 / 45 806 = 63%.", "share", 29, "rounded", 27_892, 96_354),
    ("Доли: 27 892 / 96 354 = 29%; 27 892 / 45 806 = 63%.", "share", 63, "wrong", 27_892, 45_806),
    ("Men made up 42.2% (414) and women 57.8% (567) of the 981 victims.", "share", 42.2, "rounded", 414, 981),
    ("Of 6,016 solved cases 4,357 (62.4%) were serious.", "share", 62.4, "wrong", 4_357, 6_016),
    ("В прошлом году раскрыто 19% (4 424 из 22 870).", "share", 19, "rounded", 4_424, 22_870),
]


@pytest.mark.parametrize(("text", "kind", "stated", "verdict", "part", "whole"), SHARES)
def test_a_share_is_recomputed_from_the_counts_that_the_words_name(
    text: str, kind: str, stated: float, verdict: str, part: float, whole: float
) -> None:
    claim = _find(text, kind, stated)
    assert (claim.verdict, plain(claim.numerator), plain(claim.denominator)) == (verdict, part, whole)


GROWTH = [
    ("В 2024 году зарегистрировано 22 870 фактов, в 2025 году – 27 892, рост на 22%.", 22, "rounded", 27_892, 22_870),
    ("В 2024 году зарегистрировано 22 870 фактов, в 2025 году – 27 892, рост на 31%.", 31, "wrong", 27_892, 22_870),
    ("Число преступлений – 27 892, это на 22% больше, чем годом ранее (22 870).", 22, "rounded", 27_892, 22_870),
    ("Количество преступлений снизилось на 15% – с 22 870 до 20 583.", 15, "wrong", 20_583, 22_870),
    ("Количество преступлений снизилось на 10% – с 22 870 до 20 583.", 10, "holds", 20_583, 22_870),
    ("В Костанае зарегистрирован 981 факт (в 2024 году – 760), рост на 29%.", 29, "rounded", 981, 760),
    ("Ущерб вырос с 11,4 млрд до 25 млрд тенге, то есть в 2,2 раза.", 2.2, "rounded", 25e9, 11.4e9),
    ("Қалада 981 факті тіркелді (2024 жылы – 760), өсім 29%.", 29, "rounded", 981, 760),
    ("Ашылған істер 4 424-тен 6 016-ға дейін өсті (36%).", 36, "rounded", 6_016, 4_424),
    ("Фактілер саны 22 870-тен 27 892-ге дейін, яғни 18%-ға өсті.", 18, "wrong", 27_892, 22_870),
    (
        "2024 жылы 22 870 алаяқтық тіркелсе, 2025 жылы 27 892-ге жетті, яғни 22%-ға артты.",
        22,
        "rounded",
        27_892,
        22_870,
    ),
    ("Internet fraud rose from 22,870 in 2024 to 27,892 in 2025, an increase of 22%.", 22, "rounded", 27_892, 22_870),
    ("Solved cases rose 36% to 6,016 from 4,424.", 36, "rounded", 6_016, 4_424),
    ("The number of internet frauds fell by 10% from 22,870 to 20,583.", 10, "holds", 20_583, 22_870),
    ("Зарегистрировано 846 фактов против 616 за тот же период 2024 года (рост на 37,3%).", 37.3, "rounded", 846, 616),
    ("27 892 алаяқтық тіркеліп, алдыңғы жылмен (22 870) салыстырғанда 22 пайызға өсті.", 22, "rounded", 27_892, 22_870),
    ("Число фактов выросло с 346 до 489, или на 41,3%.", 41.3, "rounded", 489, 346),
    ("Число преступлений за год удвоилось: 27 892 против 22 870.", 2, "wrong", 27_892, 22_870),
    ("The 27,892 cases recorded are 22 per cent up on the 22,870 of 2024.", 22, "rounded", 27_892, 22_870),
    ("Losses doubled from 11.4 billion tenge to 25 billion tenge.", 2, "rounded", 25e9, 11.4e9),
]


@pytest.mark.parametrize(("text", "stated", "verdict", "current", "base"), GROWTH)
def test_a_growth_is_recomputed_from_the_earlier_and_the_later_count(
    text: str, stated: float, verdict: str, current: float, base: float
) -> None:
    claim = _find(text, "growth", stated)
    assert (claim.verdict, plain(claim.numerator), plain(claim.denominator)) == (verdict, current, base)


SUMS = [
    (
        "Из 27 892 преступлений: от имени банков – 12 554, предоплата – 10 357, инвестиции – 7 110.",
        27_892,
        30_021,
        "wrong",
    ),
    (
        "Всего 20 021 преступление тремя способами: 8 554 от имени банков, 8 357 по предоплате и 3 110 инвестиций.",
        20_021,
        20_021,
        "holds",
    ),
    (
        "Police registered 8,554 impersonation, 8,357 advance-payment and 3,110 investment cases, 20,121 in total.",
        20_121,
        20_021,
        "wrong",
    ),
    ("Мошенники звонили (45%), писали в мессенджеры (38%), создавали сайты (29%).", 100, 112, "wrong"),
    (
        "Жәбірленушілердің 55,9%-ы 18–44 жаста, 27,3%-ы 45–59 жаста, 14,7%-ы 60–74 жаста, 2,1%-ы одан үлкен.",
        100,
        100,
        "holds",
    ),
    ("Среди потерпевших 58% женщин и 48% мужчин.", 100, 106, "wrong"),
    ("Три способа дали 20 021 из 27 892 преступлений. Остальные 7 871 не названы.", 7_871, 7_871, "holds"),
    ("Три способа дали 20 021 из 27 892 преступлений. Остальные 7 571 не названы.", 7_571, 7_871, "wrong"),
    ("По 49 фактам 2 дела направлены в суд, по остальным 48 следствие продолжается.", 48, 47, "wrong"),
    ("2 іс сотқа жолданды, қалған 47 іс бойынша тергеу жүруде (барлығы 49).", 47, 47, "holds"),
    (
        "Банк атынан – 8 554 (31%), алдын ала төлем – 8 357 (30%), инвестиция – 3 110, барлығы 27 892 факт.",
        27_892,
        20_021,
        "holds",
    ),
    ("Из 981 потерпевшего 548 моложе 45 лет, 268 – средних лет, 165 – старше.", 981, 981, "holds"),
]


@pytest.mark.parametrize(("text", "stated", "total", "verdict"), SUMS)
def test_parts_are_added_up(text: str, stated: float, total: float, verdict: str) -> None:
    claim = _find(text, "sum", stated)
    assert (plain(claim.recomputed), claim.verdict) == (total, verdict)


COUNTS = [
    (
        "2025 жылы 28 мыңға жуық интернет-алаяқтық тіркелді. 27 892 интернет-алаяқтық қылмысы тіркелді.",
        28_000,
        27_892,
        "rounded",
    ),
    ("6 мыңнан астам қылмыс әшкереленді. Барлығы 6 016 қылмыс ашылды.", 6_000, 6_016, "holds"),
    ("Почти 28 тысяч мошенничеств. Зафиксировано 27 892 факта.", 28_000, 27_892, "rounded"),
    ("More than 28 thousand internet frauds were registered: 27,892 internet frauds.", 28_000, 27_892, "wrong"),
    ("Около 7 тысяч дел раскрыто: 6 016 раскрытых дел.", 7_000, 6_016, "wrong"),
    ("Осындай 6 016 қылмыс ашылды, оның ішінде 7 357-і – ауыр.", 7_357, 7_357, "wrong"),
    ("Осындай 6 016 қылмыс ашылды, оның ішінде 4 357-і – ауыр.", 4_357, 4_357, "holds"),
    (
        "Зарегистрировано 27 892 интернет-мошенничества. Как сообщили, зарегистрировано 27 982 интернет-мошенничества.",
        27_982,
        27_892,
        "wrong",
    ),
]


@pytest.mark.parametrize(("text", "stated", "exact", "verdict"), COUNTS)
def test_a_count_is_held_against_the_other_counts_of_the_text(
    text: str, stated: float, exact: float, verdict: str
) -> None:
    claim = _find(text, "count", stated)
    assert (plain(claim.recomputed), claim.verdict) == (exact, verdict)


@pytest.mark.parametrize(
    "text",
    [
        "27,892 internet frauds in 2025. In 49 of them (0.175%) victims sold homes. 87% of all victims are over 60.",
        "Зафиксировано 27 892 факта. В 49 случаях продано жильё. 87% всех потерпевших – старше 60 лет.",
        "27 892 қылмыс тіркелді. Оның 49-ында үйін сатты. Барлық жәбірленушілердің 87%-ы 60 жастан асқан.",
    ],
)
def test_a_share_of_a_few_told_of_all_has_lost_its_denominator(text: str) -> None:
    claim = _find(text, "share", 87)
    assert claim.verdict == "cannot_tell"
    assert "denominator is lost" in claim.note_text("en")


def test_a_growth_without_its_base_says_what_the_base_would_be() -> None:
    claim = _find("Раскрыто 6 016 преступлений, число раскрытых дел выросло на 36%.", "growth", 36)
    assert claim.verdict == "cannot_tell"
    assert "4\u2009424" in claim.note_text("en")


def test_a_share_that_no_whole_number_of_a_few_gives_is_wrong() -> None:
    claim = _find("Тұрғын үйін сатқан 7 адам бар. Олардың 60 жастан асқан бөлігінің үлесі 80%-ды құрайды.", "share", 80)
    assert claim.verdict == "wrong"
    assert claim.denominator == 7


RATES = [
    ("В стране 20,2 млн жителей. Зарегистрировано 27 892 мошенничества – 138 на 100 тыс. населения.", 138, "rounded"),
    (
        "Население – 20,2 млн. На 100 тысяч жителей приходится 148 преступлений: зарегистрировано 27 892 преступления.",
        148,
        "wrong",
    ),
    ("Халық саны 20 200 000. 27 892 алаяқтық тіркелді, яғни 100 мың тұрғынға шаққанда 238 қылмыс.", 238, "wrong"),
    ("There were 27,892 frauds in a population of 20,200,000: 138.1 per 100,000 people.", 138.1, "rounded"),
    ("Астанада 100 мың тұрғынға шаққанда 325 қылмыс тіркелді.", 325, "cannot_tell"),
]


@pytest.mark.parametrize(("text", "stated", "verdict"), RATES)
def test_a_rate_for_so_many_people_is_recomputed_from_count_and_population(
    text: str, stated: float, verdict: str
) -> None:
    assert _find(text, "rate", stated).verdict == verdict


def test_most_victims_are_most_of_those_the_text_speaks_of() -> None:
    claim = _find(
        "Зафиксировано 27 892 факта. В 49 случаях продано жильё. Большинство потерпевших старше 60 лет.", "share", 50
    )
    assert (plain(claim.denominator), claim.verdict) == (49, "cannot_tell")
    assert "not to all 27\u2009892" in claim.note_text("en")


def test_percentage_points_are_a_difference() -> None:
    claim = _find("Раскрываемость выросла с 19,3% до 21,6%, то есть на 2,3 процентных пункта.", "growth", 2.3)
    assert claim.verdict == "holds"


@pytest.mark.parametrize(
    "text",
    [
        "16 января 2026 года принят закон № 205-VIII, статья 190 части 3.",
        "2026 жылғы 16 қаңтарда ҚК 190-бабы бойынша іс қозғалды.",
        "Call +7 700 000 00 01 at 15:30 on January 16, 2026.",
    ],
)
def test_dates_articles_and_phone_numbers_are_no_statements(text: str) -> None:
    assert check_text(text) == []
