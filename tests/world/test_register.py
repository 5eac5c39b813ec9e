"""The register of 2025 yields the published counts to the unit, and every earlier day can be asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tests.world.conftest import World


def of_year(frame: pl.DataFrame, year: int, column: str = "registered_at") -> pl.DataFrame:
    return frame.filter(pl.col(column).dt.convert_time_zone("Asia/Almaty").dt.year() == year)


@pytest.fixture(scope="module")
def cases(demo: World) -> pl.DataFrame:
    return demo.read("cases")


def test_registered_counts_of_both_years_are_the_published_ones(cases: pl.DataFrame) -> None:
    assert of_year(cases, 2025).height == 27_892
    assert of_year(cases, 2024).height == 22_870


def test_methods_of_2025_are_the_published_ones_and_leave_7871_unnamed(cases: pl.DataFrame) -> None:
    counts = dict(of_year(cases, 2025)["ministry_class"].value_counts().rows())
    assert counts == {"impersonation": 8_554, "advance_payment": 8_357, "investment": 3_110, "other": 7_871}


def test_solved_cases_are_counted_by_the_year_of_solving(cases: pl.DataFrame) -> None:
    solved = of_year(cases, 2025, "solved_at")
    assert solved.height == 6_016
    assert solved.filter(pl.col("gravity") == "grave").height == 4_357
    assert of_year(cases, 2024, "solved_at").height == 4_424
    assert (solved["solved_at"] > solved["registered_at"]).all()


def test_home_sales_have_the_published_victims_damage_and_delays(cases: pl.DataFrame) -> None:
    homes = of_year(cases, 2025).filter("home_sale")
    assert homes.height == 49
    assert homes.filter(pl.col("victim_age") > 60).height == 43
    assert homes["damage"].max() == 60_000_000 * 100
    assert homes["to_court_at"].is_not_null().sum() == 2
    assert homes["solved_at"].is_not_null().sum() == 2
    delay = homes["reported_at"] - homes["occurred_at"]
    assert (delay.min(), delay.max()) == (pl.select(pl.duration(days=5)).item(), pl.select(pl.duration(days=30)).item())


def test_months_add_up_to_every_published_cumulative_point(cases: pl.DataFrame) -> None:
    month = of_year(cases, 2025)["registered_at"].dt.convert_time_zone("Asia/Almaty").dt.month()
    assert [(month <= m).sum() for m in (6, 8, 9, 12)] == [12_390, 17_200, 20_400, 27_892]
    earlier = of_year(cases, 2024)["registered_at"].dt.convert_time_zone("Asia/Almaty").dt.month()
    assert (earlier <= 6).sum() == 9_936


def test_regions_stand_at_their_published_points(cases: pl.DataFrame) -> None:
    year = of_year(cases, 2025).with_columns(pl.col("registered_at").dt.convert_time_zone("Asia/Almaty").alias("at"))
    totals = dict(year["region"].value_counts().rows())
    assert {c: totals[c] for c in ("19", "39", "75", "55")} == {"19": 35, "39": 1600, "75": 2500, "55": 1500}
    by = {
        "15": year.filter(pl.col("at").dt.month() <= 9),
        "47": year.filter(pl.col("at").dt.month() <= 10),
        "27": year.filter(pl.col("at").dt.date() <= datetime(2025, 12, 15, tzinfo=UTC).date()),
    }
    assert {code: frame.filter(pl.col("region") == code).height for code, frame in by.items()} == {
        "15": 846,
        "47": 284,
        "27": 564,
    }
    four = year.filter((pl.col("at").dt.month() <= 9) & pl.col("region").is_in(["71", "75", "35", "55"])).height
    assert four / 20_400 == pytest.approx(0.45, abs=0.01)
    assert len(totals) == 20
    assert sorted(totals, key=lambda c: totals[c])[:3] == ["19", "62", "47"]
    assert of_year(cases, 2024).filter(pl.col("region") == "19").height == 75
    solved = of_year(cases, 2025, "solved_at").filter(pl.col("region") == "27").height
    assert solved == 160


def test_offences_sum_to_the_published_totals_and_contain_the_internet_frauds(demo: World, cases: pl.DataFrame) -> None:
    table = demo.read("offences")
    year = table.filter(pl.col("year") == 2025)
    assert year.select(pl.col("all_offences", "all_fraud", "internet_fraud", "all_fraud_december_cut").sum()).row(
        0
    ) == (
        96_354,
        45_806,
        27_892,
        47_483,
    )
    assert year.filter(pl.col("month") <= 6)["all_fraud"].sum() == 22_644
    assert year.filter(pl.col("month") <= 9)["all_fraud"].sum() == 36_100
    assert year.filter(pl.col("region") == "19")["all_fraud"].sum() == 1_711
    assert table.filter(pl.col("year") == 2024)["all_fraud"].sum() == 45_156
    assert (table["internet_fraud"] <= table["all_fraud"]).all()
    assert (table["all_fraud"] <= table["all_offences"]).all()
    month = pl.col("registered_at").dt.convert_time_zone("Asia/Almaty").dt.month().cast(pl.Int64)
    counted = of_year(cases, 2025).group_by(month.alias("month"), "region").len()
    both = year.join(counted, on=["month", "region"], how="left").with_columns(pl.col("len").fill_null(0))
    assert (both["internet_fraud"] == both["len"]).all()


def test_persons_are_counted_apart_from_offences(demo: World, cases: pl.DataFrame) -> None:
    persons = demo.read("persons")
    year = of_year(persons, 2025, "decided_at")
    assert year.height == 1_750
    numbers = year["case_nos"].explode()
    assert numbers.n_unique() == len(numbers) == 6_016
    assert set(numbers) <= set(of_year(cases, 2025, "solved_at")["case_no"])
    assert year["offences"].max() > 20


def count_as_of(demo: World, moment: datetime) -> int:
    """Internet frauds registered in 2025 as the register knew them at `moment`."""
    known = demo.read("events").filter(pl.col("recorded_at") <= moment)
    registered = of_year(known.filter(pl.col("kind") == "registered"), 2025, "valid_at")["case_no"]
    gone = known.filter(pl.col("kind").is_in(["joined", "excluded"]))["case_no"]
    return len(set(registered) - set(gone))


def test_the_december_cut_was_larger_and_later_requalification_made_it_the_answer(demo: World) -> None:
    assert count_as_of(demo, datetime(2026, 1, 1, tzinfo=UTC)) == 28_851
    assert count_as_of(demo, datetime(2026, 1, 16, 7, tzinfo=UTC)) == 27_892
    assert 27_892 < count_as_of(demo, datetime(2026, 1, 9, tzinfo=UTC)) < 28_851


def test_events_of_a_case_are_in_the_order_of_its_life(demo: World) -> None:
    events = demo.read("events")
    assert events["recorded_at"].is_sorted()
    assert (events["recorded_at"] >= events["valid_at"]).all()
    first = (
        events.group_by("case_no", "kind")
        .agg(pl.col("valid_at").min())
        .pivot("kind", index="case_no", values="valid_at")
    )
    for earlier, later in (
        ("reported", "registered"),
        ("registered", "scheme_set"),
        ("registered", "solved"),
        ("interrupted", "resumed"),
        ("solved", "sent_to_court"),
        ("solved", "person_prosecuted"),
        ("registered", "joined"),
    ):
        both = first.drop_nulls([earlier, later])
        assert both.height > 50
        assert (both[earlier] <= both[later]).all(), (earlier, later)


def test_replaying_the_events_gives_the_present_scheme_and_article_of_every_case(
    demo: World, cases: pl.DataFrame
) -> None:
    events = demo.read("events")
    last = events.filter(pl.col("kind") == "scheme_set").group_by("case_no", maintain_order=True).last()
    schemes = last.select("case_no", pl.col("value").str.json_path_match("$.scheme").alias("told"))
    articles = (
        events.filter(pl.col("kind").is_in(["registered", "requalified"]))
        .group_by("case_no", maintain_order=True)
        .last()
        .select("case_no", pl.col("value").str.json_path_match("$.article").alias("told_article"))
    )
    both = cases.join(schemes, on="case_no").join(articles, on="case_no")
    assert both.height > cases.height - 20  # the scheme of the last minutes' registrations is not yet entered
    assert (both["scheme"] == both["told"]).all()
    assert (both["article"] == both["told_article"]).all()


def test_withdrawn_cases_are_kept_apart_and_never_counted(demo: World, cases: pl.DataFrame) -> None:
    gone = demo.read("withdrawn")
    assert gone.height == 28_851 - 27_892
    assert gone["withdrawn_at"].is_not_null().all()
    assert not set(gone["case_no"]) & set(cases["case_no"])
    assert cases["case_no"].n_unique() == cases.height


def test_losses_have_the_published_regional_means_and_a_heavy_tail(cases: pl.DataFrame) -> None:
    year = of_year(cases, 2025)
    mean = dict(year.group_by("region").agg(pl.col("damage").mean() / 100).rows())
    for code, published in (("75", 1.0e6), ("39", 2.69e6), ("27", 3.19e6), ("55", 2.0e6)):
        assert mean[code] == pytest.approx(published, rel=0.05)
    assert 1.9e6 < year["damage"].mean() / 100 < 2.5e6  # type: ignore[operator]
    assert 4e5 < year["damage"].median() / 100 < 8e5  # type: ignore[operator]
    assert year["damage"].max() <= 200_000_000 * 100  # type: ignore[operator]


def test_victims_follow_the_published_ages_and_sexes(cases: pl.DataFrame) -> None:
    year = of_year(cases, 2025)
    age = year["victim_age"]
    for low, high, share in ((18, 44, 0.559), (45, 59, 0.273), (60, 74, 0.147), (75, 90, 0.021)):
        assert age.is_between(low, high).mean() == pytest.approx(share, abs=0.012)
    assert (year["victim_sex"] == "f").mean() == pytest.approx(0.578, abs=0.012)


def test_the_register_is_the_same_at_every_scale(demo: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    from izker.world.register.cases import make_cases

    again = make_cases(7)
    assert again.case_numbers()[:200] == make_cases(7).case_numbers()[:200]
    assert (make_cases(8).damage[:500] != again.damage[:500]).any()
