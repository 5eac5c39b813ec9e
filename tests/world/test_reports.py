"""Reports as victims write them: linked to their transfers, with identifiers, in three languages and scripts."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.world.register.cases import SCHEMES
from izker.world.texts.noise import latin, letterless, roughen, slips
from izker.world.texts.write import Facts, grammar, write_statements
from tests.world.conftest import World


def test_a_report_complains_of_payments_its_victim_made_before_it(demo: World) -> None:
    reports, transfers = demo.read("reports"), demo.read("transfers")
    both = reports.join(transfers, left_on="transfer_id", right_on="id", suffix="_row")
    assert both.height == reports.height
    assert (both["amount"] == both["amount_row"]).all()
    assert (both["src"] == both["src_row"]).all()
    assert (both["ts"] <= both["reported_at"]).all()
    assert (both["transfer_ids"].list.first() == both["transfer_id"]).all()
    owner = demo.read("accounts").select("account", "person_id")
    owners = both.join(owner, left_on="src", right_on="account")
    assert (owners["person_id"] == owners["victim"]).all()


def test_reports_of_a_case_agree_with_the_case_and_the_person(demo: World) -> None:
    reports, cases, people = demo.read("reports"), demo.read("cases"), demo.read("people")
    both = reports.drop_nulls("case_no").join(cases, on="case_no", suffix="_case")
    assert both.height == reports["case_no"].is_not_null().sum() > 40
    assert (both["report_id"] == both["report_id_case"]).all()
    assert (both["region"] == both["region_case"]).all()
    person = both.join(people, left_on="victim", right_on="person_id", suffix="_person")
    assert (person["victim_sex"] == person["sex"]).all()
    assert (2025 - person["birth_year"] == person["victim_age"]).all()
    assert (person["region"] == person["region_person"]).mean() > 0.9  # type: ignore[operator]


def test_on_the_demo_day_fresh_reports_wait_and_money_is_still_moving(demo: World) -> None:
    reports = demo.read("reports")
    fresh = reports.filter(pl.col("reported_at") >= pl.datetime(2026, 1, 12, 7, time_zone="UTC"))
    assert fresh.height >= 20
    assert reports["case_no"].null_count() >= 1
    legs, frauds = demo.read("truth/legs"), demo.read("truth/frauds")
    ours = frauds.filter(pl.col("reported_at") >= pl.datetime(2026, 1, 12, 7, time_zone="UTC"))["fraud_id"]
    mine = legs.filter(pl.col("fraud_id").is_in(ours.implode()))
    came = mine.filter(pl.col("kind") == "transfer").group_by("fraud_id").agg(pl.col("amount").sum().alias("came"))
    went = mine.filter(pl.col("hop") > 0).group_by("fraud_id").agg(pl.col("amount").sum().alias("went"))
    held = came.join(went, on="fraud_id", how="left").with_columns(pl.col("went").fill_null(0))
    standing = held.filter(pl.col("came") - pl.col("went") > 50_000 * 100)
    assert standing.height >= 3


def test_every_identifier_named_stands_in_the_text(town: World) -> None:
    reports = town.read("reports")
    named = 0
    for text, clues in reports.select("text", "identifiers").iter_rows():
        digits = re.sub(r"\D", "", text)
        squeezed = text.replace(" ", "").lower()
        for clue in clues:
            named += 1
            value = clue["value"]
            if clue["kind"] == "phone":
                assert value[2:] in digits, text
            else:
                assert value.lower() in squeezed, text
    assert named > reports.height


def test_languages_follow_the_regions_and_scripts_are_mixed(town: World) -> None:
    reports = town.read("reports")
    share = {row[0]: row[1] / reports.height for row in reports["lang"].value_counts().iter_rows()}
    assert 0.35 < share["kk"] < 0.75
    assert 0.25 < share["ru"] < 0.6
    assert 0.005 < share["en"] < 0.05
    kazakh = reports.filter(pl.col("lang") == "kk")["text"]
    latin_share = kazakh.map_elements(lambda t: not re.search("[а-я]", t.lower()), return_dtype=pl.Boolean).mean()
    own_letters = kazakh.str.contains("[әғқңөұүһі]").mean()
    assert 0.05 < latin_share < 0.16  # type: ignore[operator]
    assert 0.6 < own_letters < 0.8  # type: ignore[operator]
    assert kazakh.str.to_lowercase().str.contains("предоплата|перевод|счет|счёт|ссылка|звонда|видеозвонок").mean() > 0.1  # type: ignore[operator]


def test_texts_of_a_scheme_hardly_repeat(town: World) -> None:
    texts = town.read("reports")["text"]
    assert texts.n_unique() == len(texts)
    head = texts.str.slice(0, 60)
    assert head.n_unique() / len(texts) > 0.35


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_can_be_told_in_every_language(language: str, scheme: str) -> None:
    words = grammar(language)["scheme"][scheme]
    assert len(words["open"]) >= 2
    facts = [
        Facts(
            scheme,
            channel,
            language,
            1_250_000,
            1_760_000_000_000_000,
            woman,
            False,
            False,
            False,
            {language: "Банк"},
            (("phone", "+77000000001"),),
        )
        for channel in ("call", "messenger", "sms", "social", "marketplace", "website", "email", "in_person", "unknown")
        for woman in (True, False)
        for _turn in range(6)
    ]
    for statement in write_statements(facts, np.random.default_rng(5)):
        assert len(statement.text) > 20
        assert not re.search(r"[{}\[\]|]", statement.text), statement.text
        assert "\n" not in statement.text


def test_grammatical_sex_is_the_victims() -> None:
    def told(woman: bool) -> str:
        facts = Facts(
            "investment", "call", "ru", 10_000, 1_760_000_000_000_000, woman, False, False, True, {"ru": "Банк"}, ()
        )
        return " ".join(s.text.lower() for s in write_statements([facts] * 60, np.random.default_rng(2)))

    assert "вложила" in told(True)
    assert "вложила" not in told(False)


def test_latin_and_letterless_kazakh_are_as_people_type_them() -> None:
    assert latin("Қауіпсіз шот") == "Qauipsiz shot"
    assert letterless("Қауіпсіз шотқа әңгіме") == "Кауипсиз шотка ангиме"


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["kk", "ru", "en"]))
def test_roughening_never_touches_an_identifier(seed: int, language: str) -> None:
    values = [
        "+77001234567",
        "KZ489052967658543424",
        "https://invest-587.example/kz",
        "@help_5953",
        "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    ]
    text = "Маған қоңырау шалды. Нөмірі +77001234567. " + " ".join(values[1:]) + " Айтқан шотына салдым."
    out = roughen(text, values, language, np.random.default_rng(seed))
    for value in values:
        assert value in out


def test_slips_change_letters_but_keep_the_number_of_words() -> None:
    text = "Алаяқтар менің атыма онлайн несие алғызды 250000 теңге"
    out = slips(text, np.random.default_rng(1), 1.0)
    assert out != text
    assert len(out.split()) == len(text.split())
    assert "250000" in out
