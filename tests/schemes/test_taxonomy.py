"""The taxonomy is whole, in three languages, and every list it is compared with is total and typed."""

from __future__ import annotations

import polars as pl
import pytest

from izker.jurisdictions import rows
from izker.schemes import facets, ministry_class, taxonomy
from izker.schemes.concordance import MATCHES, mappings, matches, scheme_of, systems
from tests.shared_data import shared

CODES = [
    "impersonation_bank",
    "impersonation_police",
    "impersonation_state",
    "impersonation_service",
    "impersonation_contact",
    "advance_payment",
    "marketplace_phishing",
    "investment",
    "pyramid",
    "recovery",
    "loan_in_name",
    "job_task",
    "romance",
    "account_takeover",
    "malware_remote",
    "phishing_page",
    "extortion",
    "prize_aid",
    "other",
    "none",
]


def test_there_are_the_twenty_primary_codes_in_order() -> None:
    assert list(taxonomy()) == CODES


def test_every_scheme_speaks_three_languages() -> None:
    for scheme in taxonomy().values():
        for text in (scheme.name, scheme.description, scheme.advice):
            assert set(text) == {"kk", "ru", "en"}
            assert all(len(t) > 3 for t in text.values())
            assert text["kk"] != text["ru"]


def test_every_facet_value_speaks_three_languages() -> None:
    assert set(facets()) == {"channel", "technique", "money_route", "victim_action"}
    for values in facets().values():
        for value in values.values():
            assert set(value.name) == {"kk", "ru", "en"}


def test_the_ministry_class_follows_the_conventions() -> None:
    for code in CODES:
        expected = (
            "impersonation" if code.startswith("impersonation_") else code if code in ("advance_payment", "none")
            else "investment" if code in ("investment", "pyramid") else "other"
        )  # fmt: skip
        assert ministry_class(code) == expected


def test_the_two_exceptions_of_the_ministry_class_hold() -> None:
    assert ministry_class("marketplace_phishing", prepaid=True) == "advance_payment"
    assert ministry_class("loan_in_name", pretext=True) == "impersonation"
    assert ministry_class("romance", prepaid=True, pretext=True) == "other"


@pytest.mark.parametrize("system", sorted(systems()))
def test_a_concordance_names_only_our_codes_and_known_matches(system: str) -> None:
    assert set(systems()[system]["title"]) == {"kk", "ru", "en"}
    pairs = [(m.category, m.scheme) for m in matches(system)]
    assert len(pairs) == len(set(pairs))
    for match in matches(system):
        assert match.match in MATCHES
        assert (match.scheme is None) == (match.match == "none")
        assert match.scheme is None or match.scheme in taxonomy()


@pytest.mark.parametrize("system", ["MVD", "KPSiSU", "AFC", "ICCS", "IC3", "FTC", "ScamClassifier"])
def test_every_fraud_code_has_a_place_in_the_list(system: str) -> None:
    assert set(CODES) - {"none"} <= {m.scheme for m in matches(system)}


@pytest.mark.parametrize("system", ["MVD", "KPSiSU"])
def test_every_official_method_of_2025_has_a_code(system: str) -> None:
    printed = {r["method_en"] for r in rows("kz", "methods_2025") if r["scheme_list"] == system}
    assert printed == {m.category for m in matches(system)}


def test_an_exact_match_stands_alone() -> None:
    for system in systems():
        for match in matches(system):
            if match.match == "exact":
                assert [m for m in matches(system) if m.category == match.category] == [match]


def test_all_39_canadian_categories_have_a_row() -> None:
    assert len(mappings("ca")) == 39
    for match in mappings("ca").values():
        assert match.match in MATCHES
        assert (match.scheme is None) == (match.match == "none")
        assert match.scheme is None or match.scheme in taxonomy()


def test_an_unknown_category_has_no_code() -> None:
    assert scheme_of("cafc", "Romance") == "romance"
    assert scheme_of("cafc", "Unknown") == ""
    assert scheme_of("cafc", "no such category") == ""


@pytest.mark.shared_data
def test_the_rows_are_those_of_the_real_register() -> None:
    frame = pl.read_parquet(shared("data", "cafc", "cafc.parquet"), columns=["category"])
    assert set(frame["category"].cast(pl.String).unique()) == set(mappings("ca"))
