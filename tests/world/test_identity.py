"""Invented identities pass the checks of real ones and collide with nobody."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.world.clues import base58check, campaign_clues, wallet
from izker.world.identity import banks, cards, ibans, iins, names, phones
from tests.world.conftest import World

WEIGHTS = (list(range(1, 12)), [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])


def iin_check(digits: str) -> int:
    for weights in WEIGHTS:
        rest = sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11
        if rest != 10:
            return rest
    raise AssertionError("a number without a check digit was used")


def iban_remainder(iban: str) -> int:
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9_999_999), st.integers(0, 5), st.integers(1930, 2009))
def test_one_identity_passes_every_check(index: int, bank: int, year: int) -> None:
    one = np.array([index])
    iban = ibans(np.array([bank]), one)[0]
    assert len(iban) == 20
    assert iban_remainder(iban) == 1
    assert iban[4:7] == banks()[bank]["code"]
    iin = iins(np.array([year]), one)[0]
    assert len(iin) == 12
    assert int(iin[-1]) == iin_check(iin[:11])
    assert iin[6] == "9"  # issued numbers have 0 to 6 there
    phone = phones(one)[0]
    assert len(phone) == 12
    assert phone.startswith("+7700")
    card = cards(one)[0]
    total = sum(sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(card))
    assert (len(card), card[0], total % 10) == (16, "9", 0)


def test_identities_of_a_whole_country_are_all_different() -> None:
    index = np.arange(1_000_000)
    year = 1930 + index % 80
    assert iins(year, index).n_unique() == len(index)
    assert phones(index).n_unique() == len(index)
    assert ibans(index % 6, index).n_unique() == len(index)
    assert ibans(index * 0, index).n_unique() == len(index)


def test_names_are_two_invented_words_without_sex() -> None:
    words = names(np.arange(3000)).str.split(" ").list.len()
    assert (words == 2).all()
    assert names(np.arange(3000)).n_unique() > 2900


def test_people_carry_their_own_identities(demo: World) -> None:
    people = demo.read("people")
    for column in ("person_id", "iin", "phone"):
        assert people[column].n_unique() == people.height
    assert set(people["region"]) <= {str(n) for n in range(10, 80)}
    accounts = demo.read("accounts")
    assert accounts["account"].n_unique() == accounts.height
    assert all(iban_remainder(a) == 1 for a in accounts["account"].head(500))


def test_wallets_are_base58check_with_a_tron_prefix() -> None:
    assert (
        base58check(bytes.fromhex("00010966776006953d5567439e5e39f86a0d273bee")) == "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM"
    )
    assert wallet(1, 2).startswith("T")
    assert len(wallet(1, 2)) == 34
    assert wallet(1, 2) != wallet(1, 3)


def test_victims_of_one_campaign_share_clues_and_domains_can_never_exist() -> None:
    seen = [set(campaign_clues(1, 4, 2, 7, victim, "website")) for victim in range(40)]
    sites = {value for clues in seen for kind, value in clues if kind == "url"}
    assert len(sites) == 1
    assert sites.pop().split("/")[2].rsplit(".", 1)[1] in {"example", "test", "invalid"}
    calls = {v for victim in range(40) for k, v in campaign_clues(1, 4, 2, 0, victim, "call") if k == "phone"}
    assert 1 < len(calls) <= 4
    other = {v for victim in range(40) for k, v in campaign_clues(1, 5, 2, 0, victim, "call") if k == "phone"}
    assert not calls & other
