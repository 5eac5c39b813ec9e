"""New schemes in text: five reports with new words are shown, ordinary noise is not, and decisions are remembered."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from benchmarks.outlook.clusters import PLANTED, ordinary, planted

from izker.outlook.text_clusters import STRONG, find
from izker.outlook.text_reports import Decision, TextReport, read_decisions, read_reports
from izker.outlook.text_terms import in_context, months, stems, terms, tongue
from izker.words import Refusal

START = datetime(2025, 9, 1)


def history(seed: int = 1, days: int = 90) -> list[TextReport]:
    return ordinary(START, days, per_day=8, unsure=0.1, seed=seed)


def test_five_reports_of_a_new_scheme_are_shown_with_their_words() -> None:
    now = START + timedelta(days=90)
    reports = history() + planted(now - timedelta(days=5), 6, seed=2)
    found = [c for c in find(reports, now=now) if c.flagged]
    assert len(found) == 1
    assert set(found[0].report_ids) >= {r.report_id for r in reports if r.report_id.startswith("new")}
    words = " ".join(w.text for w in found[0].words)
    assert "сопряжения" in words or "байланыстыру" in words
    assert all(w.per_1000 > 5 * w.per_1000_before for w in found[0].words)
    assert {w.language for w in found[0].words} <= {"kk", "ru", "en", "link"}


def test_four_reports_are_not_enough() -> None:
    now = START + timedelta(days=90)
    reports = history() + planted(now - timedelta(days=5), 4, seed=2)
    assert not any(c.flagged for c in find(reports, now=now))


def test_ordinary_weeks_raise_at_most_one_alert() -> None:
    alerts = 0
    reports = history(seed=3, days=120)
    for day in range(60, 120, 7):
        alerts += sum(c.flagged for c in find(reports, now=START + timedelta(days=day)))
    assert alerts <= 1


def test_reports_the_classifier_is_all_sure_of_are_left_to_their_scheme_unless_their_words_are_unheard_of() -> None:
    now = START + timedelta(days=90)

    def sure(count: int) -> list[TextReport]:
        made = planted(now - timedelta(days=5), count, seed=2)
        return [TextReport(r.report_id, r.reported_at, r.text, False) for r in made]

    few = sure(6)
    assert not any(c.flagged for c in find(history() + few, now=now))
    doubtful = TextReport(few[0].report_id, few[0].reported_at, few[0].text, True)
    assert any(c.flagged for c in find([*history(), *few[1:], doubtful], now=now))
    many = [c for c in find(history() + sure(24), now=now) if c.flagged]
    assert len(many) == 1
    assert many[0].chance < STRONG


def test_one_spelling_joins_kazakh_with_and_without_its_letters_and_in_latin() -> None:
    assert terms("Мына суреттегі сіз бе").keys() == terms("myna surettegi siz be").keys() == terms("мына суреттеги сиз бе").keys()
    assert tongue("myna surettegi siz be dep surady") == "kk"
    assert tongue("прислали ссылку на фото") == "ru"
    assert tongue("he sent me a link and asked for the code") == "en"


def test_the_name_of_a_month_is_never_news_however_it_is_spelt() -> None:
    for month in ("тамыз күні", "tamyz kuni", "кыркуйек куни", "в августе"):
        assert set(next(iter(terms(month.split()[-1] if month.startswith("в ") else month)))[:6].split()) <= months()


def test_nearly_identical_texts_are_joined_even_without_a_past() -> None:
    text = "Написали что посылка задержана на таможне, попросили оплатить пошлину по ссылке, номер {}"
    reports = [
        TextReport(f"r{i}", START + timedelta(hours=i), text.format("тысяча" if i % 2 else "сто"), True)
        for i in range(6)
    ]
    found = find(reports)
    assert len(found) == 1
    assert found[0].flagged
    assert found[0].near_identical >= 4


def test_a_dismissed_group_stays_dismissed() -> None:
    now = START + timedelta(days=90)
    reports = history() + planted(now - timedelta(days=5), 7, seed=2)
    shown = next(c for c in find(reports, now=now) if c.flagged)
    words = frozenset(t for r in reports if r.report_id in shown.report_ids for t in terms(r.text))
    said = Decision("dismissed", shown.cluster_id, frozenset(shown.report_ids), words)
    later = reports + planted(now, 6, seed=9)
    assert not any(c.flagged for c in find(later, now=now + timedelta(days=3), decisions=[said]))


def test_a_confirmed_group_grows_but_is_no_longer_news() -> None:
    now = START + timedelta(days=90)
    reports = history() + planted(now - timedelta(days=5), 7, seed=2)
    shown = next(c for c in find(reports, now=now) if c.flagged)
    said = Decision("confirmed", shown.cluster_id, frozenset(shown.report_ids), stems(w.text for w in shown.words))
    later = find(reports + planted(now, 5, seed=9), now=now + timedelta(days=3), decisions=[said])
    grown = next(c for c in later if c.decision == "confirmed")
    assert len(grown.report_ids) > len(shown.report_ids)
    assert not grown.flagged


def test_merged_groups_are_one() -> None:
    texts = (
        "просят фото удостоверения для розыгрыша бесплатной путёвки в санаторий",
        "звонят про замену счётчика и просят код",
    )
    reports = [
        TextReport(f"{g}{i}", START + timedelta(hours=i), f"{text} {'срочно' if i % 2 else ''}", True)
        for g, text in enumerate(texts)
        for i in range(5)
    ]
    two = find(reports)
    assert len(two) == 2
    both = frozenset(two[0].report_ids + two[1].report_ids)
    said = Decision("merged", two[0].cluster_id, both, frozenset(), into=two[1].cluster_id)
    one = find(reports, decisions=[said])
    assert len(one) == 1
    assert len(one[0].report_ids) == 10
    assert one[0].cluster_id == two[1].cluster_id


def test_a_confirmed_scheme_is_known_by_its_words_when_its_first_reports_are_long_gone() -> None:
    now = START + timedelta(days=90)
    reports = history() + planted(now - timedelta(days=5), 7, seed=2)
    shown = next(c for c in find(reports, now=now) if c.flagged)
    said = Decision("confirmed", shown.cluster_id, frozenset({"of another year"}), stems(w.text for w in shown.words))
    again = find(reports, now=now, decisions=[said])
    assert [c.decision for c in again] == ["confirmed"]
    assert not any(c.flagged for c in again)


def test_texts_like_a_dismissed_one_are_no_news_weeks_later() -> None:
    text = "Написали что посылка задержана на таможне, попросили оплатить пошлину по ссылке, номер {}"

    def wave(start: datetime, name: str) -> list[TextReport]:
        return [TextReport(f"{name}{i}", start + timedelta(hours=i), text.format("сто"), True) for i in range(6)]

    first, again = wave(START, "a"), wave(START + timedelta(days=40), "b")
    said = Decision("dismissed", "N1", frozenset(r.report_id for r in first), frozenset())
    assert any(c.flagged for c in find([*first, *again]))
    assert find([*first, *again], decisions=[said]) == []


def test_the_same_report_twice_counts_once() -> None:
    reports = [TextReport("same", START, "очень странная просьба про монеты и голосование", True)] * 9
    assert find(reports) == []
    assert find([]) == []


def test_the_answer_does_not_depend_on_the_order_of_reports() -> None:
    now = START + timedelta(days=90)
    reports = history() + planted(now - timedelta(days=5), 6, seed=2)
    assert find(reports, now=now) == find(list(reversed(reports)), now=now)


def test_a_table_is_read_and_bad_rows_are_told() -> None:
    rows = [("1", "2025-09-01T10:00:00", "текст", "0.3"), ("2", "", "текст", "0.9"), ("3", "2025-09-02", "текст", "?")]
    frame = pl.DataFrame(rows, schema=["report_id", "reported_at", "text", "probability"], orient="row")
    reports, problems = read_reports(frame)
    assert [r.unsure for r in reports] == [True]
    assert [p.row for p in problems] == [3, 4]
    with pytest.raises(Refusal, match="unsure or probability"):
        read_reports(frame.drop("probability"))
    with pytest.raises(Refusal, match="dismissed"):
        Decision("forgotten", "x", frozenset(), frozenset())


def test_a_new_month_is_no_new_scheme() -> None:
    rows = [
        TextReport(f"o{i}", START + timedelta(hours=6 * i), "1 октября перевёл деньги продавцу", True) for i in range(8)
    ]
    past = [
        TextReport(f"p{i}", START - timedelta(hours=6 * i + 400), "5 августа перевёл деньги продавцу", False)
        for i in range(90)
    ]
    assert not any(c.words for c in find([*past, *rows], now=START + timedelta(days=3)))


def test_suffixes_do_not_part_words() -> None:
    assert set(terms("сопряжения")) == set(terms("сопряжением"))
    assert set(terms("байланыстыру")) == set(terms("байланыстырудың"))
    assert "@foto-dauys.example" in terms("зашла на https://www.foto-dauys.example/x?y=1")
    assert len(PLANTED) >= 6


def test_decisions_are_read_from_a_file_as_the_verb_prints_groups(tmp_path: Path) -> None:
    now = START + timedelta(days=90)
    reports = history() + planted(now - timedelta(days=5), 7, seed=2)
    shown = next(c for c in find(reports, now=now) if c.flagged)
    row = {**shown.as_json(), "kind": "dismissed"}
    (tmp_path / "said.json").write_text(json.dumps([row], default=str), encoding="utf-8")
    assert not any(c.flagged for c in find(reports, now=now, decisions=read_decisions(tmp_path / "said.json")))
    for wrong in ({"kind": "dismissed"}, {**row, "kind": "maybe"}, {**row, "kind": "merged"}):
        (tmp_path / "said.json").write_text(json.dumps([wrong], default=str), encoding="utf-8")
        with pytest.raises(Refusal):
            read_decisions(tmp_path / "said.json")


def test_a_doubt_that_says_nothing_is_told() -> None:
    frame = pl.DataFrame({"report_id": ["a", "b"], "reported_at": ["2025-01-01"] * 2, "text": ["x", "y"], "unsure": ["maybe", "no"]})
    reports, problems = read_reports(frame)
    assert [r.report_id for r in reports] == ["b"]
    assert "maybe" in problems[0].text("en")


def test_the_new_words_are_shown_in_their_sentence() -> None:
    text = "Кеше кешке досымнан хабар келді, мына суреттегі сіз бе деп сілтеме жіберді, https://foto-dauys.example/a ашпаңыз"
    left, hit, right = in_context(text, {*stems(["мына суреттегі"])})
    assert hit == "мына суреттегі"
    assert left.endswith("хабар келді, ")
    assert right.startswith(" сіз бе")
    assert in_context(text, {"@foto-dauys.example"})[1].startswith("https://foto-dauys.example")
    assert in_context(text, {"ештеңе"}) == ("", "", "")
