"""Check digits, wallets, masks and single fields, each against values known from outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izker.identifiers import KINDS, extract, mask, normalise, registered, stored
from izker.identifiers.checks import iin, iin_digit, luhn, luhn_digit, mod97
from izker.identifiers.wallets import bech32, keccak256
from izker.words import using


def test_luhn_knows_the_networks_test_numbers() -> None:
    assert all(luhn(n) for n in ("4111111111111111", "5555555555554444", "378282246310005"))
    assert not luhn("4111111111111112")


@given(st.text("0123456789", min_size=11, max_size=18))
def test_one_changed_digit_never_passes_luhn(first: str) -> None:
    whole = first + luhn_digit(first)
    changed = str((int(whole[0]) + 1) % 10) + whole[1:]
    assert luhn(whole)
    assert not luhn(changed)


def test_mod97_knows_the_dossiers_account() -> None:
    assert mod97("KZ86125KZT5004100100")
    assert not mod97("KZ86125KZT5004100101")


def test_the_iin_rule_knows_the_dossiers_example() -> None:
    assert iin("791028302728")
    assert not iin("791028302729")


@given(st.text("0123456789", min_size=11, max_size=11))
def test_a_number_that_gives_ten_twice_is_not_issued(first: str) -> None:
    digits = [int(c) for c in first]
    once = sum(d * w for d, w in zip(digits, range(1, 12), strict=True)) % 11
    twice = sum(d * w for d, w in zip(digits, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2), strict=True)) % 11
    assert (iin_digit(first) is None) == (once == 10 and twice == 10)


def test_keccak_knows_the_empty_message() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N",
    ],
)
def test_a_public_wallet_address_is_valid_and_one_wrong_letter_is_not(address: str) -> None:
    assert [(i.kind, i.valid) for i in extract(f"әмиян {address} деген")] == [("wallet", True)]
    at = len(address) - 3
    letter = next(c for c in "q7aZ" if c not in (address[at], address[at].lower()))
    wrong = [i for i in extract(f"әмиян {address[:at] + letter + address[at + 1 :]} деген") if i.kind == "wallet"]
    assert not any(i.valid for i in wrong) or address.startswith("0x")


def test_an_ethereum_address_with_wrong_capitals_is_invalid() -> None:
    assert [i.valid for i in extract("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")] == [False]


def test_segwit_version_0_needs_bech32_not_bech32m() -> None:
    assert not bech32("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4")


def test_both_forms_of_a_ton_address_are_one_value() -> None:
    bounceable = normalise("wallet", "EQCD39VS5jcptHL8vMjEXrzGaRcCVYto7HUn4bpAOg8xqB2N")
    raw = normalise("wallet", "0:83dfd552e63729b472fcbcc8c45ebcc6691702558b68ec7527e1ba403a0f31a8")
    assert bounceable.value == raw.value


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+77001234534", "+7 700 ••• •• 34"),
        ("iban", "KZ86125KZT5004100100", "KZ86 •••• •••• 0100"),
        ("card", "4400431234561207", "4400 43•• •••• 1207"),
        ("email", "ivan@mail.ru", "i•••@mail.ru"),
        ("handle", "@kaspi_help", "@ka••••"),
        ("handle", "wa.me/77011234567", "wa.me/7701••••67"),
        ("url", "https://a.kz/login?id=5", "https://a.kz/••••"),
        ("amount", "500 USD", "500 USD"),
    ],
)
def test_a_mask_shows_what_the_design_shows(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


def test_an_iin_is_masked_in_the_language_in_force() -> None:
    with using("en"):
        assert mask("iin", "791028304821") == "IIN •••• •••• 4821"


def test_a_card_is_stored_as_six_and_four_only() -> None:
    assert stored("card", "4400431234561207") == "440043******1207"
    assert stored("phone", "+77001234534") == "+77001234534"


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_a_field_never_raises_on_what_a_person_typed(kind: str, text: str) -> None:
    found = normalise(kind, text)
    assert found.kind == kind
    assert found.valid == (not found.reason)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("phone", "8 (701) 123-45-67", "+77011234567"),
        ("phone", "7011234567", "+77011234567"),
        ("phone", "+998 90 123 45 67", "+998901234567"),
        ("card", "4111-1111-1111-1111", "4111111111111111"),
        ("iban", "kz86 125k zt50 0410 0100", "KZ86125KZT5004100100"),
        ("iin", "791028 302728", "791028302728"),
        ("url", "kaspi-bonus.kz/x", "https://kaspi-bonus.kz/x"),
        ("domain", "https://kaspi-bonus.kz/x", "kaspi-bonus.kz"),
        ("handle", "kaspi_help", "@kaspi_help"),
        ("email", " A@Mail.ru ", "a@mail.ru"),
        ("amount", "1 500 000", "1500000 KZT"),
        ("date", "16.01.2026", "2026-01-16"),
    ],
)
def test_a_field_is_normalised(kind: str, text: str, value: str) -> None:
    found = normalise(kind, text)
    assert (found.value, found.valid) == (value, True)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("phone", "12"), ("card", "4111"), ("iban", "KZ00"), ("iin", "1"), ("url", "x"), ("email", "a"), ("date", "?"), ("wallet", "x"), ("phone", "")],
)
def test_a_wrong_field_says_what_to_do(kind: str, text: str) -> None:
    found = normalise(kind, text)
    assert not found.valid
    assert found.reason


def test_an_unknown_kind_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        normalise("colour", "red")


def test_the_registered_domain_ignores_subdomains() -> None:
    assert registered("pay.kaspi-bonus.com.kz") == "kaspi-bonus.com.kz"
