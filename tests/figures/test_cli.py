"""`izker figures` and `izker check` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from izker.cli.check import command as check
from izker.cli.figures import command as figures
from izker.words import Refusal
from tests.figures import made


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    extract = made.extract()
    extract.cases.write_parquet(folder / "cases.parquet")
    extract.persons.write_parquet(folder / "persons.parquet")
    extract.offences.write_parquet(folder / "offences.parquet")
    (folder / "manifest.json").write_text(
        '{"synthetic": true, "seed": 3, "now": "2026-01-16T12:00:00+05:00"}', encoding="utf-8"
    )
    return folder


def test_json_goes_to_stdout_alone(register: Path) -> None:
    result = CliRunner().invoke(
        figures, ["--year", "2025", "--format", "json", "--register", str(register), "--lang", "kk"]
    )
    assert result.exit_code == 0, result.output
    value = json.loads(result.stdout)
    assert value["as_of"] == "2026-01-16"
    assert next(f for f in value["figures"] if f["code"] == "disclosure")["printed"]["kk"] == "21\u00a0%"


def test_the_table_says_that_it_is_synthetic(register: Path) -> None:
    result = CliRunner().invoke(figures, ["--year", "2025", "--register", str(register), "--lang", "en"])
    assert result.exit_code == 0
    assert "SYNTHETIC DATA" in result.stdout
    assert "96\u2009354" in result.stdout


def test_documents_are_written_into_the_folder(register: Path, tmp_path: Path) -> None:
    asked = [
        "--year",
        "2025",
        "--format",
        "docx,pdf,xlsx,json",
        "--register",
        str(register),
        "--out",
        str(tmp_path),
        "--lang",
        "ru",
    ]
    assert CliRunner().invoke(figures, asked).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "answer.ru.docx",
        "answer.ru.pdf",
        "figures.json",
        "figures.xlsx",
    ]


def test_an_unknown_format_is_wrong_usage(register: Path) -> None:
    assert (
        CliRunner().invoke(figures, ["--year", "2025", "--format", "doc", "--register", str(register)]).exit_code == 2
    )


def test_without_a_register_the_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IZKER_HOME", str(tmp_path))
    result = CliRunner().invoke(figures, ["--year", "2025"])
    assert isinstance(result.exception, Refusal)
    assert "--register" in str(result.exception)


def test_the_extract_of_the_server_is_taken_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, register: Path
) -> None:
    monkeypatch.setenv("IZKER_HOME", str(tmp_path))
    (tmp_path / "extract").symlink_to(register)
    assert CliRunner().invoke(figures, ["--year", "2025", "--format", "json"]).exit_code == 0


def test_check_prints_a_list_of_claims(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Police solved 6,016 of 27,892 internet frauds, or 21.6 percent.", encoding="utf-8")
    result = CliRunner().invoke(check, [str(path), "--json"])
    (claim,) = json.loads(result.stdout)
    assert (claim["kind"], claim["verdict"], claim["numerator"], claim["denominator"]) == (
        "share",
        "rounded",
        6016,
        27892,
    )
    assert claim["stated"] == 21.6


def test_check_shows_a_table_and_counts_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Police solved 6,016 of 27,892 internet frauds, or 26 percent.", encoding="utf-8")
    result = CliRunner().invoke(check, [str(path)])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].count("1") == 2


def test_a_text_without_numbers_is_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Ештеңе жоқ.", encoding="utf-8")
    assert json.loads(CliRunner().invoke(check, [str(path), "--json"]).stdout) == []
