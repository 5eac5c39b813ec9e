"""The verbs extract and link, as the design promises them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from izker.cli.extract import command as extract_verb
from izker.cli.link import command as link_verb
from izker.words import Refusal

REPORTS = """report_id;reported_at;phone;url
a;2026-01-16T14:46:00;8 701 123 45 67;
b;17.01.2026 10:00;+7 (701) 123-45-67;
c;2026-01-18;;hxxps://kaspi-pay[.]top/x
d;2026-01-19;;http://kaspi-pay.top/y
"""


def test_extract_prints_a_json_line_a_text(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text('id,text\nx,"8 701 123 45 67, 2 млн тг"\ny,\n', encoding="utf-8")
    result = CliRunner().invoke(extract_verb, [str(file), "--json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(i["kind"], i["value"], i["start"], i["end"], i["valid"]) for i in lines[0]["identifiers"]] == [
        ("phone", "+77011234567", 0, 15, True),
        ("amount", "2000000 KZT", 17, 25, True),
    ]
    assert lines[1] == {"id": "y", "identifiers": []}


def test_extract_masks_for_people(tmp_path: Path) -> None:
    file = tmp_path / "t.txt"
    file.write_text("8 701 123 45 67\n", encoding="utf-8")
    assert "+7 701 ••• •• 67" in CliRunner().invoke(extract_verb, [str(file)]).stdout


def test_extract_refuses_a_table_without_a_text(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Refusal):
        CliRunner().invoke(extract_verb, [str(file)], catch_exceptions=False)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_link_writes_series_and_reasons(tmp_path: Path, suffix: str) -> None:
    file, out, reasons = tmp_path / "r.csv", tmp_path / f"o.{suffix}", tmp_path / "w.csv"
    file.write_text(REPORTS, encoding="utf-8")
    result = CliRunner().invoke(link_verb, [str(file), "--out", str(out), "--reasons", str(reasons), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["series"] == 2
    table = pl.read_csv(out) if suffix == "csv" else pl.read_parquet(out) if suffix == "parquet" else pl.read_ndjson(out)
    assert table["series_id"].to_list() == ["S-a", "S-a", "S-c", "S-c"]
    assert pl.read_csv(reasons).columns[:5] == ["report_a", "report_b", "kind", "value", "weight"]


def test_link_keeps_good_rows_beside_bad_ones(tmp_path: Path) -> None:
    file, out = tmp_path / "r.csv", tmp_path / "o.csv"
    file.write_text(REPORTS + "e;yesterday;87011234567;\na;2026-01-16;;\n", encoding="utf-8")
    result = CliRunner().invoke(link_verb, [str(file), "--out", str(out)])
    assert result.exit_code == 1
    assert "row 6" in result.stderr
    assert "row 7" in result.stderr
    assert pl.read_csv(out).height == 4


def test_link_reads_identifiers_out_of_texts_when_there_is_nothing_else(tmp_path: Path) -> None:
    file, out = tmp_path / "r.csv", tmp_path / "o.csv"
    file.write_text("report_id,reported_at,text\na,2026-01-16,8 701 123 45 67 хабарласты\nb,2026-01-17,қайта +77011234567\n", encoding="utf-8")
    CliRunner().invoke(link_verb, [str(file), "--out", str(out)])
    assert pl.read_csv(out)["series_id"].n_unique() == 1
