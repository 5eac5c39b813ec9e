"""Series in one pass: what joins, what does not, and that a table and single reports agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from benchmarks.links.generator import pair_scores, reports
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.links import Linker, link
from izker.links.keys import of_report, of_table
from izker.links.model import COLUMNS, KINDS, MOST_LINKS
from izker.times import to_us
from izker.words import Refusal

DAY0 = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "Ұлттық банктен хабарласып тұрмын деп кодты сұрады да 500 000 теңгені қауіпсіз шотқа аударуды бұйырды"


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows with `day` instead of a moment; ids r0, r1 ..."""
    out = []
    for i, row in enumerate(rows):
        fields = {k: v for k, v in row.items() if k != "day"}
        out.append({"report_id": f"r{i}", "reported_at": to_us(DAY0 + timedelta(days=row.get("day", i))), **fields})
    return pl.DataFrame(out, infer_schema_length=None)


def series(frame: pl.DataFrame) -> list[set[str]]:
    grouped = link(frame).series.group_by("series_id").agg("report_id")
    return sorted((set(ids) for ids in grouped["report_id"].to_list()), key=min)


def test_one_telephone_in_three_forms_joins() -> None:
    frame = table({"phone": "8 701 123 45 67"}, {"phone": "+7 (701) 123-45-67"}, {"phone": "7011234567"}, {"phone": "87059998877"})
    assert series(frame) == [{"r0", "r1", "r2"}, {"r3"}]


def test_a_card_in_two_forms_joins_and_its_reason_hides_the_middle() -> None:
    found = link(table({"card": "4111 1111 1111 1111"}, {"card": "4111-1111-1111-1111"}))
    assert found.reasons.select("kind", "value").rows() == [("card", "411111******1111")]


def test_a_masked_card_joins_nothing() -> None:
    assert len(series(table({"card": "411111******1111"}, {"card": "411111******1111"}))) == 2


def test_links_of_one_site_join_whatever_the_path_and_the_hiding() -> None:
    assert series(table({"url": "hxxps://kaspi-pay[.]top/a"}, {"url": "http://www.kaspi-pay.top/b?x=1"})) == [{"r0", "r1"}]


def test_a_public_site_joins_only_by_the_whole_link() -> None:
    frame = table({"url": "https://olx.kz/a"}, {"url": "https://olx.kz/b"}, {"url": "https://sites.google.com/v/x"}, {"url": "https://sites.google.com/v/x"})
    assert series(frame) == [{"r0"}, {"r1"}, {"r2", "r3"}]


def test_a_banks_hot_line_joins_nothing() -> None:
    found = link(table({"phone": "+7 727 259 59 59"}, {"phone": "+77272595959"}))
    assert found.reasons.height == 0
    assert found.hubs["reports"].to_list() == [2]


def test_a_number_spread_over_a_year_is_a_hub() -> None:
    frame = table(*({"phone": "87012223344", "day": 6 * i} for i in range(60)))
    assert len(series(frame)) == 60


def test_a_number_of_one_week_joins_sixty_reports() -> None:
    assert len(series(table(*({"phone": "87012223344", "day": i / 9} for i in range(60))))) == 1


def test_a_number_silent_for_three_months_asks_a_person() -> None:
    found = link(table({"phone": "87012223344", "day": 0}, {"phone": "87012223344", "day": 90}))
    assert found.reasons.height == 0
    assert found.doubtful.select("report_a", "report_b").rows() == [("r0", "r1")]


def test_a_mistyped_number_is_joined_to_its_only_neighbour() -> None:
    frame = table(*({"phone": "87012223344", "day": 0.1 * i} for i in range(3)), {"phone": "87012223345", "day": 0.5})
    assert series(frame) == [{"r0", "r1", "r2", "r3"}]


def test_a_mistyped_number_with_two_neighbours_is_left_alone() -> None:
    first = [{"phone": "87012223344", "day": 0.1 * i} for i in range(3)]
    second = [{"phone": "87012223354", "day": 0.1 * i} for i in range(3)]
    assert {"r6"} in series(table(*first, *second, {"phone": "87012223364", "day": 0.2}))


def test_an_iban_with_one_wrong_character_is_repaired() -> None:
    assert series(table({"iban": "KZ86125KZT5004100100"}, {"iban": "KZ86125KZT5004100700"})) == [{"r0", "r1"}]


def test_the_same_script_with_another_sum_joins() -> None:
    assert series(
        table({"text": TEXT}, {"text": TEXT.replace("500", "700").upper()}, {"text": "Үй алмақ болып алдын ала ақы төледім, енді хабарласпай кетті сатушы"})
    ) == [
        {"r0", "r1"},
        {"r2"},
    ]


def test_a_series_is_named_after_its_first_report() -> None:
    found = link(table({"phone": "87012223344", "day": 5}, {"phone": "87012223344", "day": 1}))
    assert found.series["series_id"].to_list() == ["S-r1", "S-r1"]


def test_no_report_has_more_than_twenty_backward_links() -> None:
    many = [f"+7701{i:07d}" for i in range(1000, 1040)]
    found = link(table({"phone": many[:1]}, *({"phone": [p]} for p in many[1:]), {"phone": many, "day": 41}))
    assert found.reasons.filter(pl.col("report_b") == "r40").height == MOST_LINKS


def test_missing_columns_and_doubled_ids_are_refused() -> None:
    with pytest.raises(Refusal):
        link(pl.DataFrame({"report_id": ["a"]}))
    with pytest.raises(Refusal):
        link(pl.DataFrame({"report_id": ["a", "a"], "reported_at": [1, 2], "phone": ["1", "2"]}))


def test_reports_without_identifiers_stand_alone() -> None:
    assert len(series(pl.DataFrame({"report_id": ["a", "b"], "reported_at": [1, 2]}))) == 2


@pytest.mark.parametrize("seed", [8, 9])
def test_synthetic_series_are_found_with_the_aimed_precision_and_recall(seed: int) -> None:
    made = reports(30_000, seed)
    joined = made.join(link(made.drop("truth")).series, on="report_id")
    precision, recall, _b3, _largest = pair_scores(joined["truth"].to_numpy(), joined["series_id"].rank("dense").to_numpy())
    assert precision >= 0.99
    assert recall >= 0.74


def test_one_by_one_finds_what_the_batch_finds_within_a_percent() -> None:
    made = reports(6_000, 11).sort("reported_at")
    linker = Linker(secret=b"test")
    for row in made.drop("truth").iter_rows(named=True):
        linker.add(row)
    truth = made["truth"].to_numpy()
    alone = pl.Series([linker.series_of(r) for r in made["report_id"]]).rank("dense").to_numpy()
    batch = made.join(link(made.drop("truth")).series, on="report_id", maintain_order="left")["series_id"].rank("dense").to_numpy()
    scores = [pair_scores(truth, found)[:2] for found in (alone, batch)]
    assert abs(scores[0][0] - scores[1][0]) < 0.01
    assert abs(scores[0][1] - scores[1][1]) < 0.01


CELLS = {
    "phone": ["8 701 123 45 67", "+7(701)1234567", "7011234567", "0049 30 123456", "12", "", "77777777777", "нет"],
    "card": ["4111 1111 1111 1111", "4111**1111", "1", "4400-4300-1234-1207"],
    "iban": ["kz86 125k zt50 0410 0100", "KZ1", "DE89-3704-0044-0532-0130-00"],
    "url": ["hxxps://a[.]kz/x", "WWW.A.kz", "http://каспи.рф/q?x=1.", "x", "https://sites.google.com/a/", "ftp://a.b.kz:80/x#y"],
    "handle": ["@Abc_d", "t.me/Abc_d", "https://t.me/s/abc_d/", "instagram.com/Abc", "a"],
    "wallet": ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "BC1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", " TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"],
    "email": [" A@B.kz", "a"],
}


@given(
    st.sampled_from(COLUMNS).flatmap(
        lambda c: st.tuples(st.just(c), st.one_of(st.sampled_from(CELLS[c]), st.text("0123456789abcXYZжәҚ+-()[]./:?#@_* ", max_size=25)))
    )
)
@settings(max_examples=200, deadline=None)
def test_one_cell_is_cleaned_like_a_column(cell: tuple[str, str]) -> None:
    column, value = cell
    long = of_table(pl.DataFrame({column: [value]}))
    assert sorted(of_report({column: value})) == sorted((KINDS[k], v) for k, v in long.select("kind", "value").iter_rows())
