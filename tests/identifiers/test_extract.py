"""Extraction: what is found, where, and what is left alone."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.identifiers import Identifier, extract, minor
from izker.identifiers.checks import iban_digits, luhn_digit
from tests.identifiers.corpus import CARD, CARD_FOURS, KZ, ROWS

COUNTED = {"phone", "card", "iban", "url", "domain"}


def found(text: str) -> set[tuple[str, str]]:
    return {(i.kind, i.value) for i in extract(text) if i.valid and i.kind in COUNTED}


def values(text: str, kind: str) -> list[str]:
    return [i.value for i in extract(text) if i.kind == kind]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text[:40] for text, _expected in ROWS])
def test_a_text_gives_exactly_its_identifiers(text: str, expected: set[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", [text for text, _expected in ROWS])
def test_spans_point_into_the_text_as_given(text: str) -> None:
    for one in extract(text):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.raw


def test_spans_survive_zero_width_characters_and_html() -> None:
    text = "\u200b<p>Нөмір: <b>8\u200b701</b> 123&nbsp;45\u00ad67</p>"
    one = next(i for i in extract(text) if i.kind == "phone")
    assert one.value == "+77011234567"
    assert (text[one.start], text[one.end - 2 : one.end]) == ("8", "67")


def test_an_invalid_card_says_why() -> None:
    wrong = CARD[:-1] + str((int(CARD[-1]) + 1) % 10)
    one = extract(f"карта {wrong}")[0]
    assert (one.kind, one.valid) == ("card", False)
    assert "check digit" in one.reason


def test_a_partly_hidden_card_is_found_but_not_called_valid() -> None:
    one = extract("картам 4400 43** **** 1207 бұғатталды")[0]
    assert (one.kind, one.value, one.valid) == ("card", "440043******1207", False)


def test_an_invalid_kazakh_account_says_why() -> None:
    one = extract(f"шот {KZ[:-1]}1")[0]
    assert (one.kind, one.valid) == ("iban", False)
    assert one.reason


def test_a_labelled_iin_with_a_wrong_control_digit_is_told_as_invalid() -> None:
    assert [(i.kind, i.valid) for i in extract("ЖСН 791028302729")] == [("iin", False)]


def test_iin_and_bin_are_told_apart_by_the_word_before() -> None:
    assert values("БИН 791028302728", "bin") == ["791028302728"]
    assert values("ИИН 791028302728", "iin") == ["791028302728"]


def test_an_iin_tells_nothing_about_birth_or_sex() -> None:
    assert set(Identifier.__dataclass_fields__) == {"kind", "value", "start", "end", "valid", "reason", "raw"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 млн теңге аудардым", "2000000 KZT"),
        ("150 мың тг", "150000 KZT"),
        ("1,5 миллиона", "1500000"),
        ("отдал $500", "500 USD"),
        ("2 млн 500 мың теңге", "2500000 KZT"),
        ("полмиллиона тенге", "500000 KZT"),
        ("жарты миллион теңге", "500000 KZT"),
        ("миллион рублей", "1000000 RUB"),
        ("1 234 567,50 ₸", "1234567.50 KZT"),
        ("₸ 15 000", "15000 KZT"),
        ("45 myn tenge", "45000 KZT"),
        ("300к", "300000"),
        ("2 млрд 277 млн тенге", "2277000000 KZT"),
        ("five thousand dollars", "5000 USD"),
        ("1300 евро", "1300 EUR"),
        ("бес миллион теңге", "5000000 KZT"),
        ("25 000 руб.", "25000 RUB"),
        ("120,000 tenge", "120000 KZT"),
        ("28 мыңға жуық теңге", "28000"),
        ("0,5 BTC", "0.50 BTC"),
        ("1000 USDT", "1000 USDT"),
        ("2 млн 300 мың", "2300000"),
        ("1,5 лям", "1500000"),
        ("450к", "450000"),
        ("пол миллиона", "500000"),
        ("лям двести", "1200000"),
        ("30т.р.", "30000 RUB"),
        ("5000р", "5000 RUB"),
        ("двадцать пять тысяч пятьсот тенге", "25500 KZT"),
        ("бір миллион екі жүз мың теңге", "1200000 KZT"),
        ("on bes myñ teñge", "15000 KZT"),
        ("one hundred and fifty thousand tenge", "150000 KZT"),
        ("три с половиной миллиона тенге", "3500000 KZT"),
        ("екі жарым миллион теңге", "2500000 KZT"),
        ("3 200 000 (три миллиона двести тысяч) тенге", "3200000 KZT"),
        ("12 450 тг 50 тиын", "12450.50 KZT"),
        ("$1.5k", "1500 USD"),
        ("на сумму 450000", "450000"),
        ("150 000 аудардым", "150000"),
    ],
)
def test_an_amount_is_read_with_its_words(text: str, value: str) -> None:
    assert values(text, "amount") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "3 мың адам келді",
        "27 892 дела",
        "5 тысяч человек",
        "он пришёл",
        "10 минут",
        "2026 год",
        "a $ sign",
        "миллион раз",
        "сто лет",
        "№ 450000",
        "перевёл 2026 году",
        "ни одного тенге",
    ],
)
def test_a_count_of_other_things_is_no_amount(text: str) -> None:
    assert values(text, "amount") == []


def test_an_amount_becomes_minor_units() -> None:
    assert minor("1500.50 USD") == (150050, "USD")
    assert minor("1500000") == (150000000, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16.01.2026", "2026-01-16"),
        ("2026-01-16", "2026-01-16"),
        ("16/01/26 күні", "2026-01-16"),
        ("16 января 2026 года", "2026-01-16"),
        ("16 қаңтарда", "--01-16"),
        ("2026 жылғы 16 қаңтарда", "2026-01-16"),
        ("Jan 16, 2026", "2026-01-16"),
        ("16 January 2026", "2026-01-16"),
        ("5 мая", "--05-05"),
    ],
)
def test_a_date_is_read(text: str, value: str) -> None:
    assert values(text, "date") == [value]


def test_a_list_of_sums_shares_the_currency_behind_its_last() -> None:
    assert values("200 000, 300 000 и 150 000 тенге", "amount") == ["200000 KZT", "300000 KZT", "150000 KZT"]


def test_a_day_that_is_not_in_the_calendar_is_invalid() -> None:
    assert [(i.kind, i.valid) for i in extract("31.02.2026")] == [("date", False)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("@Kaspi_Help жаз", "@kaspi_help"),
        ("t.me/Kaspi_Help", "@kaspi_help"),
        ("https://t.me/s/kaspi_help/12", "@kaspi_help"),
        ("https://t.me/+AbC_dEf123456", "t.me/+AbC_dEf123456"),
        ("https://www.instagram.com/kaspi.help/?hl=ru", "instagram.com/kaspi.help"),
        ("инстаграм kaspi_help", "instagram.com/kaspi_help"),
        ("инста: aruzhan.shop", "instagram.com/aruzhan.shop"),
        ("Telegram: kaspi_help", "@kaspi_help"),
        ("телеграм каналы @invest_kz", "@invest_kz"),
        ("wa.me/77011234567", "wa.me/77011234567"),
        ("https://api.whatsapp.com/send?phone=77011234567", "wa.me/77011234567"),
        ("https://www.tiktok.com/@user.kz/video/1", "tiktok.com/@user.kz"),
        ("vk.com/id12345", "vk.com/id12345"),
    ],
)
def test_a_handle_is_the_same_however_it_is_written(text: str, value: str) -> None:
    assert value in values(text, "handle")


@pytest.mark.parametrize("text", ["instagram account stolen", "телеграм арқылы жазды", "in Telegram they said", "мой whatsapp взломали", "5 @ 10"])
def test_a_network_named_without_a_name_gives_no_handle(text: str) -> None:
    assert values(text, "handle") == []


@pytest.mark.parametrize("text", ["Ivan.Petrov@Mail.RU", "ivan.petrov (at) mail.ru", "ivan.petrov[at]mail[dot]ru", "ivan.petrov собака mail точка ru"])
def test_an_email_is_found_behind_its_hiding(text: str) -> None:
    assert values(text, "email") == ["ivan.petrov@mail.ru"]


def test_a_link_is_not_cut_into_an_email_or_a_phone() -> None:
    text = "https://bank.kz/in?user=a@b.kz&phone=87011234567"
    assert [i.kind for i in extract(text)] == ["url"]


def test_identifiers_do_not_overlap_except_a_messenger_number() -> None:
    for text, _expected in ROWS:
        spans = sorted((i.start, i.end) for i in extract(text) if not i.value.startswith("wa.me/"))
        assert all(a[1] <= b[0] for a, b in pairwise(spans)), text


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_survived_and_spans_hold(text: str) -> None:
    for one in extract(text):
        assert text[one.start : one.end] == one.raw


_PIECES = st.sampled_from(
    [
        "8 701 123 45 67",
        "+7",
        "KZ86",
        " ",
        "125KZT5004100100",
        "https://",
        "a.kz",
        ".",
        "[.]",
        "точка",
        "4400",
        "-",
        "(",
        "@",
        "млн",
        "теңге",
        "<b>",
        "&nbsp;",
        "\u200b",
        "T",
        "0x",
        "bc1q",
        "1 2 3 4",
        "16.01.2026",
        "dot",
        "\u0661\u0662",
        "e\u0301",
        "😀",
        "\n",
    ]
)


@given(st.lists(_PIECES, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_pieces_of_identifiers_in_any_order_are_survived(text: str) -> None:
    for one in extract(text):
        assert text[one.start : one.end] == one.raw


@given(st.integers(0, 999), st.integers(0, 9999999), st.sampled_from(["8{}{}", "+7 {} {}", "8-{}-{}", "8 ({}) {}", "7{}{}"]))
def test_every_mobile_number_is_found(code: int, rest: int, shape: str) -> None:
    codes = ["700", "701", "702", "705", "707", "708", "747", "771", "775", "776", "777", "778"]
    prefix = codes[code % len(codes)]
    if len(set(prefix + f"{rest:07d}")) == 1:
        return
    assert values("хабарласыңыз " + shape.format(prefix, f"{rest:07d}"), "phone") == [f"+7{prefix}{rest:07d}"]


@given(st.integers(0, 10**10 - 1), st.sampled_from([" ", "-", ""]))
def test_every_card_is_found_and_every_wrong_digit_seen(number: int, gap: str) -> None:
    first = f"44004{number:010d}"
    card = first + luhn_digit(first)
    assert values("карта " + gap.join(card[i : i + 4] for i in range(0, 16, 4)), "card") == [card]
    wrong = first + str((int(card[-1]) + 3) % 10)
    assert [i.valid for i in extract("карта " + wrong)] == [False]


@given(st.text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=13, max_size=13), st.integers(0, 999))
def test_every_kazakh_account_is_found(account: str, bank: int) -> None:
    body = f"{bank:03d}{account}"
    iban = "KZ" + iban_digits("KZ", body) + body
    spaced = " ".join(iban[i : i + 4] for i in range(0, 20, 4))
    assert values(f"шот {iban}.", "iban") == [iban]
    assert values(f"шот {spaced}, теңге", "iban") == [iban]


HOSTILE = {
    "digits": "7" * 20000,
    "spaced digits": "7 " * 10000,
    "groups": "8 701 " * 4000,
    "labels": "a." * 10000,
    "hyphens": "a-" * 10000,
    "letters": "a" * 20000,
    "ats": "a@" * 10000,
    "opened tags": "<a href=" * 2500,
    "entities": "&amp" * 5000,
    "schemes": "http://" * 3000,
    "dots": "." * 20000,
    "dot words": "a dot " * 3500,
    "iban heads": "KZ86 " * 4000,
    "thousands": "1 000 " * 3500,
    "scales": "млн " * 5000,
    "words": "один " * 4000,
    "dates": "16.01.2026 " * 2000,
    "brackets": "(" * 20000,
    "plus": "+7" * 10000,
    "zero width": "\u200b" * 20000,
    "ethereum": ("0x" + "aB" * 20 + " ") * 450,
    "base58": "T" + "a" * 20000,
    "bech32": "bc1q" + "q" * 20000,
    "insta": "инстаграм " * 2000,
    "spaces": " " * 20000,
    "underscores": "_" * 20000,
    "cards": (CARD_FOURS + " ") * 1000,
    "arabic": "\u0627\u0661" * 10000,
    "spelled": "двадцать пять тысяч " * 1000,
    "hundreds": "алты жүз елу мың теңге " * 900,
    "brackets in sums": "1 000 (сто) " * 1700,
    "lists of sums": "200 000, " * 2200 + "150 000 тенге",
    "sums said": "сумма 450000 " * 1500,
    "letters for digits": "8OOO" * 5000,
    "latin runs": "tel" * 6000 + "87011234567",
    "logins": "https://" + "a:" * 9000 + "@a.kz",
    "bracketed": "<https://a.kz/" * 1400,
    "addresses": "1.1.1[.]" * 2500,
    "homoglyphs": "каspі.kz " * 2200,
    "emoji": "8\u20e3😀1️⃣" * 4000,
    "spaced letters": "K Z 8 6 " * 2500,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name: str) -> None:
    """Four times the text may take at most some eight times as long, and 80 000 characters never over four seconds."""
    text = HOSTILE[name]
    clocks = []
    for repeat in (1, 4):
        best = min(_seconds(text * repeat) for _try in range(2))
        clocks.append(best)
    assert clocks[1] < 4
    assert clocks[1] < 8 * clocks[0] + 0.1


def _seconds(text: str) -> float:
    started = time.process_time()
    extract(text)
    return time.process_time() - started


@given(st.lists(_PIECES, min_size=1, max_size=6).map("".join), st.sampled_from(["", " ", ".", "-"]))
@settings(max_examples=60, deadline=None)
def test_no_repeated_pattern_hangs_it(piece: str, gap: str) -> None:
    """Ten thousand characters of any repeated pattern, also a bad one, take under two seconds (usually 20 ms)."""
    assert _seconds((piece + gap) * (10_000 // len(piece + gap) + 1)) < 2


def test_a_megabyte_is_read_in_seconds() -> None:
    text = " ".join(text for text, _expected in ROWS)
    long = (text + "\n") * (1_000_000 // len(text) + 1)
    assert _seconds(long) < 20
    assert len(extract(long)) > 10_000


def test_an_empty_text_has_none() -> None:
    assert extract("") == []
    assert extract(" \n\t\u200b") == []


ODD = str.maketrans("iskISK", "ıſ\u212aİſ\u212a")


@pytest.mark.parametrize("text", [text for text, _expected in ROWS] + ["ekı mıllıon teńge", "ALTI MİLLİON TENGE", "ſix hundred thousand tenge"])
def test_letters_that_only_case_rules_take_for_others_break_nothing(text: str) -> None:
    for form in (text.upper(), text.translate(ODD), text.upper().translate(ODD)):
        assert all(one.start < one.end for one in extract(form))


def test_a_sum_in_kazakh_words_in_latin_letters_is_read() -> None:
    assert values("ekı myń teńge", "amount") == values("екі мың теңге", "amount")
