"""One telephone, one card, one account, one link: every way of writing it gives the same value and nothing else."""

from __future__ import annotations

import pytest

from izker.identifiers import extract
from tests.identifiers.corpus import CARD, CARD_FOURS, KZ

COUNTED = {"phone", "card", "iban", "url", "domain", "email", "handle"}


def found(text: str) -> list[tuple[str, str]]:
    return [(i.kind, i.value) for i in extract(text) if i.valid and i.kind in COUNTED]


PHONES = """8 701 555 0123 (каспи)|+7701-555-01-23|8701-5550123|тел. 701-555-01-23|8/701/5550123|8-(701)-555-01-23|+7 (701)555-01-23
+7 701 5 550123|8 70 15 55 01 23|87 01 555 01 23|8 701555 01 23|＋7 701 555 01 23|7 (701) 555-01-23|(701) 555-01-23|tel:87015550123
87015550123мен сөйлестім|№87015550123|N 87015550123|_87015550123_|*87015550123*|номер 7 0 1 5 5 5 0 1 2 3|+77015550123 50000 салдым
tel87015550123|Tel+77015550123|WhatsApp87015550123|nomer87015550123|87015550123нің|12.01.2026 87015550123|15:40 87015550123|5000 87015550123
8 701 555 01 23 20 000 тенге|ватсап:+7 701-555 01-23|+ 7 701 555 01 23|(+7 701) 555 01 23|1)87015550123|2. 87015550123|—87015550123
Айгуль87015550123|87015550123Айгуль|87015550123Aigul|8.701.555.0123|0077015550123|8 7O1 555 O1 23|87015550123Ошибка"""


@pytest.mark.parametrize("text", [one for line in PHONES.splitlines() for one in line.split("|")])
def test_a_telephone_however_it_is_written(text: str) -> None:
    assert found(text) == [("phone", "+77015550123")]


@pytest.mark.parametrize("text", ["id87015550123abc", "Order87015550123", "ABC87015550123", "order_87015550123", "87015550123_55", "x=87015550123", "a87015550123", "договор № 87015550123", "артикул: 87015550123", "тапсырыс нөмірі 87015550123", "ID 77015550123"])
def test_digits_of_another_name_or_number_are_no_telephone(text: str) -> None:
    assert found(text) == []


CARDS = [
    *(f"{before}{CARD}{after}" for before, after in [("card", ""), ("Kaspi", ""), ("N", ""), ("на карту № ", ""), ("", "Kaspi"), ("*", "*"), ("каспи(", ")"), ("", " 09/28 123")]),
    *(CARD_FOURS.replace(" ", mark) for mark in [".", "/", "_", "  ", " - ", " – "]),
    f"{CARD_FOURS} 12/27",
    f"перевел 20000 {CARD_FOURS}",
    f"ввёл карту {CARD[:14]} {CARD[14:]}",
    f"карта {CARD[:3]} {CARD[3:7]} {CARD[7:]}",
    f"карта: {CARD[:6]} {CARD[6:]}",
]


@pytest.mark.parametrize("text", CARDS)
def test_a_card_however_it_is_written(text: str) -> None:
    assert found(text) == [("card", CARD)]


ACCOUNTS = f"""IBAN:{KZ}|iban{KZ}|счет{KZ}|{KZ}тенге|№{KZ}|KZ86 125KZT 5004100100|KZ-86-125-KZT-5004100100|KZ86 125K ZT50 O41O O1OO
КZ86 125К ZТ50 0410 0100|K Z 8 6 1 2 5 K Z T 5 0 0 4 1 0 0 1 0 0|KZ 86 125K ZT50 0410 0100|KZ86.125K.ZT50.0410.0100|Kaspi {KZ} 5000"""


@pytest.mark.parametrize("text", [one for line in ACCOUNTS.splitlines() for one in line.split("|")])
def test_an_account_however_it_is_written(text: str) -> None:
    assert found(text) == [("iban", KZ)]


LINKS = """ссылкаhttps://a-b.kz/in
https//a-b.kz/in
https:/a-b.kz/in
hXXps[:]//a-b[.]kz/in
https://a-b [.] kz/in
https : // a-b . kz/in
h t t p s : / / a-b.kz/in
a-b{.}kz/in
a-b (точка) kz/in
https://a-b.kz/in😡
https://a-b.kz/in…
https://a-b.kz/in-ге кірдім
https://a-b.kz/inға кірдім
_https://a-b.kz/in_
<https://a-b.kz/in>
[тут](https://a-b.kz/in)
<a href=https://a-b.kz/in>x</a>
https://user:pw@a-b.kz/in
https://kaspi.kz@a-b.kz/in
httрs://a-b.kz/in
https://a-b。kz/in
сілтеме-https://a-b.kz/in"""


@pytest.mark.parametrize("text", LINKS.splitlines())
def test_a_link_however_it_is_written(text: str) -> None:
    assert found(text) == [("url", "https://a-b.kz/in")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hxxp://45.147.228[.]13:8080/gate.php", [("url", "http://45.147.228.13:8080/gate.php")]),
        ("185[.]203[.]11[.]4", [("url", "http://185.203.11.4")]),
        ("185.203.11.4/pay", [("url", "http://185.203.11.4/pay")]),
        ("версия 10.0.1.2, 999.1.1.1/x", []),
        ("<name@mail.kz>", [("email", "name@mail.kz")]),
        ("a-b-kz . shop", [("domain", "a-b-kz.shop")]),
        ("Ол келді . shop", []),
        ("form.kz.pdf, kaspi.kz.Сосын", [("domain", "kaspi.kz")]),
        ("спросил у @all и @everyone", []),
    ],
)
def test_hidden_and_bare_addresses(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected
