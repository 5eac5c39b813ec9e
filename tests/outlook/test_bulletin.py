"""The bulletin: one page in three languages from an extract, honest about what is synthetic, late or missing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from izker.cli.bulletin import command
from izker.outlook.bulletin import Bulletin, build, last_monday, page, pdf, pictures, read_extract
from izker.times import LOCAL
from izker.words import LANGUAGES, Refusal, using

AS_OF = date(2025, 11, 30)


def cases(path: Path, *, synthetic: bool = True, surge: bool = False) -> Path:
    rng = np.random.default_rng(1)
    days = 500
    rows = []
    for region, scheme, rate in (
        ("55", "advance_payment", 2.0),
        ("75", "impersonation_bank", 5.0),
        ("71", "investment", 1.0),
    ):
        mean = np.full(days, rate)
        if surge and region == "55":
            mean[-14:] *= 8
        at = np.repeat(np.arange(days), rng.poisson(mean))
        late = at + rng.geometric(0.12, at.size)
        rows += [
            (AS_OF - timedelta(days=days - 1 - int(a)), AS_OF - timedelta(days=days - 1 - int(b)), region, scheme)
            for a, b in zip(at, late, strict=True)
        ]
    frame = pl.DataFrame(rows, schema=["occurred_at", "registered_at", "region", "scheme"], orient="row").with_columns(
        damage=pl.lit(100)
    )
    table = frame.to_arrow().replace_schema_metadata({"synthetic": "true"} if synthetic else {})
    pq.write_table(table, path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bulletin:
    return build(read_extract(cases(tmp_path_factory.mktemp("b") / "cases.parquet", surge=True)), AS_OF)


def test_it_is_one_page_in_each_language(made: Bulletin) -> None:
    for code in LANGUAGES:
        document = pdf(made, code)
        assert document.startswith(b"%PDF")
        assert b"/Count 1" in document
        assert pdf(made, code) == document


def test_six_signals_still_fit_on_the_page(made: Bulletin) -> None:
    crowded = replace(made, signals=(made.signals * 9)[:9])
    for code in LANGUAGES:
        assert b"/Count 1" in pdf(crowded, code)
    with using("en"):
        assert page(crowded)["more_signals"] == "and 3 more"


def test_the_number_is_corrected_for_late_reports(made: Bulletin) -> None:
    newest = page(made)["weeks"][0]
    assert int(newest[3].replace("\u2009", "")) > int(newest[1].replace("\u2009", ""))
    assert "–" in newest[5]


def test_a_surge_is_a_signal_with_its_place(made: Bulletin) -> None:
    with using("en"):
        names = [s["name"] for s in page(made)["signals"]]
    assert any("Pavlodar" in name for name in names)
    assert "spark0.svg" in pictures(made)


def test_every_word_changes_with_the_language(made: Bulletin) -> None:
    titles = set()
    for code in LANGUAGES:
        with using(code):
            found = page(made)
        titles.add(found["as_of"])
        assert json.dumps(found)
    assert len(titles) == 3


def test_synthetic_data_says_so_and_real_data_does_not(tmp_path: Path, made: Bulletin) -> None:
    assert page(made)["synthetic"]
    real = build(read_extract(cases(tmp_path / "r.parquet", synthetic=False)), AS_OF)
    assert page(real)["synthetic"] == ""


def test_nothing_known_after_the_day_is_used(tmp_path: Path) -> None:
    path = cases(tmp_path / "cases.parquet")
    early = AS_OF - timedelta(days=60)
    whole = build(read_extract(path), early)
    frame = pl.read_parquet(path).filter(pl.col("registered_at") <= early)
    frame.write_parquet(tmp_path / "cut.parquet")
    cut = build(read_extract(tmp_path / "cut.parquet"), early)
    assert np.allclose(whole.forecast.quantiles, cut.forecast.quantiles, equal_nan=True)


def test_a_day_before_the_register_begins_is_refused(tmp_path: Path) -> None:
    extract = read_extract(cases(tmp_path / "cases.parquet"))
    with pytest.raises(Refusal, match="no data"):
        build(extract, date(2001, 1, 1))


def test_a_handful_of_cases_makes_a_page_without_confident_numbers(tmp_path: Path) -> None:
    rows = [(AS_OF - timedelta(days=3), AS_OF - timedelta(days=1), "55", "romance")] * 3
    pl.DataFrame(rows, schema=["occurred_at", "registered_at", "region", "scheme"], orient="row").write_parquet(
        tmp_path / "few.parquet"
    )
    few = build(read_extract(tmp_path / "few.parquet"), AS_OF)
    assert few.forecast.thin.all()
    assert not few.signals
    assert pdf(few, "kk").startswith(b"%PDF")


def test_a_table_without_dates_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"region": ["55"], "scheme": ["x"]}).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(Refusal, match="occurred_at"):
        read_extract(tmp_path / "x.parquet")


def test_the_default_day_is_the_sunday_before_monday() -> None:
    from datetime import datetime

    assert last_monday(datetime(2026, 1, 12, 9, tzinfo=LOCAL)) == date(2026, 1, 11)
    assert last_monday(datetime(2026, 1, 16, 9, tzinfo=LOCAL)) == date(2026, 1, 11)


def test_the_verb_writes_files_and_keeps_its_record(tmp_path: Path) -> None:
    source = cases(tmp_path / "cases.parquet")
    for day in (AS_OF - timedelta(days=238), AS_OF):
        options = [
            "--register",
            str(source),
            "--as-of",
            day.isoformat(),
            "--out",
            str(tmp_path / "out"),
            "--lang",
            "ru",
        ]
        result = CliRunner().invoke(command, [*options, "--record", str(tmp_path / "record"), "--json"])
        assert result.exit_code == 0, result.output
        answer = json.loads(result.stdout)
        assert answer["synthetic"] is True
        assert Path(answer["files"][0]).read_bytes().startswith(b"%PDF")
    from izker.outlook.bulletin_record import own_record

    scored = own_record(tmp_path / "record", read_extract(source), AS_OF)
    assert scored is not None
    assert scored["forecast"]["scored"] > 0
    assert scored["nowcast"]["levels"]["whole"]["coverage"]["0.95"] > 0.5
    assert scored["live"] == 1
    assert scored["signals"]["tested"] > 0
