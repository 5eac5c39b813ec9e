"""Figures counted from a register that was made by hand with the counts of the official answer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from izker.figures import Extract, compute, definitions, to_json
from izker.words import Refusal
from tests.figures import made

CODES = [
    "registered",
    "all_offences",
    "all_fraud",
    "share_of_all",
    "share_of_fraud",
    "solved",
    "solved_grave",
    "disclosure",
    "solved_growth",
    "persons",
    "method_impersonation",
    "method_advance_payment",
    "method_investment",
    "method_unnamed",
    "home_sales",
    "home_sales_share",
    "home_sales_court",
    "home_sales_over_60",
    "home_sales_max_damage",
    "delay_home_sales_min",
    "delay_home_sales_max",
]


@pytest.fixture(scope="module")
def extract() -> Extract:
    return made.extract()


@pytest.fixture(scope="module")
def by_code(extract: Extract) -> dict[str, object]:
    return {f.code: f for f in compute(extract, 2025)}


def test_every_code_of_the_contract_is_there(by_code: dict[str, object]) -> None:
    assert set(CODES) <= set(by_code)


def test_each_figure_is_printed_as_the_official_answer_printed_it(extract: Extract) -> None:
    for figure in compute(extract, 2025):
        if figure.official is None:
            continue
        plain = figure.printed["kk"].replace("\u2009", " ").replace("\u00a0", " ")
        assert plain.removesuffix(" %").removesuffix(" күн").removesuffix(" теңге") == figure.official, figure.code


def test_values_numerators_and_denominators_are_the_published_ones(extract: Extract) -> None:
    got = {f.code: (f.value, f.numerator, f.denominator) for f in compute(extract, 2025)}
    assert got["registered"] == (27_892, 27_892, None)
    assert got["share_of_all"][1:] == (27_892, 96_354)
    assert got["share_of_all"][0] == pytest.approx(28.947423, abs=1e-6)
    assert got["disclosure"][1:] == (6_016, 27_892)
    assert got["solved_growth"][1:] == (6_016, 4_424)
    assert got["solved_growth"][0] == pytest.approx(35.985533, abs=1e-6)
    assert got["method_unnamed"][0] == 7_871
    assert got["home_sales_over_60"][1:] == (43, 49)
    assert got["home_sales_max_damage"][0] == 6_000_000_000
    assert (got["delay_home_sales_min"][0], got["delay_home_sales_max"][0]) == (5, 30)


def test_every_figure_carries_formula_period_cut_off_source_and_rounding(extract: Extract) -> None:
    for figure in compute(extract, 2025):
        assert all(figure.formula[code] and figure.name[code] and figure.printed[code] for code in ("kk", "ru", "en"))
        assert figure.period == (date(2025, 1, 1), date(2025, 12, 31))
        assert figure.source == "a register made by hand"
        assert figure.rounding in {"rounded", "truncated", "exact"}
        assert figure.synthetic


def test_the_json_keeps_the_contract(extract: Extract) -> None:
    value = json.loads(json.dumps(to_json(compute(extract, 2025), "kk"), ensure_ascii=False))
    assert value["period"] == ["2025-01-01", "2025-12-31"]
    assert value["as_of"] == "2025-12-31"
    keys = {"code", "name", "value", "numerator", "denominator", "formula", "unit", "rounding", "printed", "source"}
    assert all(keys <= set(f) for f in value["figures"])
    assert value["synthetic"] is True
    assert value["official_answer"]["date"] == "2026-01-16"
    assert to_json(compute(extract, 2024))["official_answer"] is None


def test_an_earlier_cut_off_forgets_what_came_later(extract: Extract) -> None:
    half = {f.code: f for f in compute(extract, 2025, date(2025, 1, 31))}
    whole = {f.code: f for f in compute(extract, 2025)}
    assert 0 < half["registered"].value < whole["registered"].value  # type: ignore[operator]
    assert half["solved"].value < whole["solved"].value  # type: ignore[operator]
    assert half["all_offences"].value == 8_029


def test_a_cut_off_inside_a_month_has_no_totals_and_says_so(extract: Extract) -> None:
    figures = {f.code: f for f in compute(extract, 2025, date(2025, 6, 15))}
    assert figures["share_of_all"].value is None
    assert figures["share_of_all"].printed["kk"] == "–"
    assert figures["share_of_all"].notes


def test_a_withdrawn_case_counts_until_the_day_it_was_withdrawn(extract: Extract) -> None:
    gone = extract.cases.with_columns(
        pl.when(pl.col("case_no") == "2025-000100")
        .then(datetime(2026, 1, 10, tzinfo=UTC))
        .alias("withdrawn_at")
        .cast(pl.Datetime("us", "UTC"))
    )
    changed = Extract(gone, extract.persons, extract.offences, synthetic=True, source="x")
    assert compute(changed, 2025, date(2025, 12, 31))[0].value == made.REGISTERED
    assert compute(changed, 2025, date(2026, 1, 16))[0].value == made.REGISTERED - 1


def test_a_case_of_the_last_evening_belongs_to_its_local_year(extract: Extract) -> None:
    """31 December 20:00 UTC is 1 January in Kazakhstan (UTC+5)."""
    moved = extract.cases.with_columns(
        pl.when(pl.col("case_no") == "2025-000100")
        .then(datetime(2024, 12, 31, 18, 59, tzinfo=UTC))
        .when(pl.col("case_no") == "2025-000101")
        .then(datetime(2024, 12, 31, 19, 0, tzinfo=UTC))
        .otherwise("registered_at")
        .alias("registered_at")
    )
    changed = Extract(moved, extract.persons, extract.offences, synthetic=True, source="x")
    assert compute(changed, 2025)[0].value == made.REGISTERED - 1


def test_a_year_before_the_register_has_no_growth(extract: Extract) -> None:
    figures = {f.code: f for f in compute(extract, 2024)}
    assert figures["solved"].value == made.SOLVED_BEFORE
    assert figures["solved_growth"].value is None


def test_an_empty_year_is_refused_with_what_to_do(extract: Extract) -> None:
    with pytest.raises(Refusal, match="give another --year"):
        compute(extract, 2019)


def test_a_cut_off_before_the_year_is_refused(extract: Extract) -> None:
    with pytest.raises(Refusal, match="later --as-of"):
        compute(extract, 2025, date(2024, 5, 1))


def test_times_may_be_microseconds_dates_or_naive_utc(extract: Extract) -> None:
    micro = extract.cases.with_columns(pl.col("registered_at", "solved_at").dt.epoch("us"))
    naive = extract.cases.with_columns(pl.col("registered_at", "solved_at").dt.replace_time_zone(None))
    for frame in (micro, naive):
        assert [f.value for f in compute(Extract(frame, extract.persons, extract.offences, True, "x"), 2025)] == [
            f.value for f in compute(extract, 2025)
        ]


def test_a_case_number_that_stands_twice_is_refused(extract: Extract) -> None:
    twice = pl.concat([extract.cases, extract.cases.head(1)])
    with pytest.raises(Refusal, match="stand twice"):
        Extract(twice, extract.persons, extract.offences, True, "x")


@pytest.mark.parametrize("missing", ["cases", "persons", "offences"])
def test_a_folder_without_a_table_is_refused_by_name(extract: Extract, tmp_path: Path, missing: str) -> None:
    _write(extract, tmp_path)
    (tmp_path / f"{missing}.parquet").unlink()
    with pytest.raises(Refusal, match=f"{missing}.parquet"):
        Extract.read(tmp_path)


def test_a_damaged_table_is_refused(extract: Extract, tmp_path: Path) -> None:
    _write(extract, tmp_path)
    (tmp_path / "cases.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(Refusal, match="damaged"):
        Extract.read(tmp_path)


def test_a_folder_reads_back_to_the_same_figures(extract: Extract, tmp_path: Path) -> None:
    _write(extract, tmp_path)
    again = Extract.read(tmp_path)
    assert again.synthetic
    assert "seed 7" in again.source
    assert [f.value for f in compute(again, 2025)] == [f.value for f in compute(extract, 2025)]


def test_definitions_name_every_measure_once() -> None:
    assert len({d.code for d in definitions()}) == len(definitions())


def _write(extract: Extract, folder: Path) -> None:
    extract.cases.write_parquet(folder / "cases.parquet")
    extract.persons.write_parquet(folder / "persons.parquet")
    extract.offences.write_parquet(folder / "offences.parquet")
    (folder / "manifest.json").write_text(json.dumps({"synthetic": True, "seed": 7}), encoding="utf-8")
