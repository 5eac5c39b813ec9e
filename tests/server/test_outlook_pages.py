"""The outlook page and Izker's record: what was published, what waits, and how right it was, in three languages."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from izker.files import write_text
from izker.outlook import bulletin, score_record
from izker.outlook.bulletin_record import REPLAY, keep, own_record, replay, to_replay
from izker.server.analysis import outlook, record_page
from izker.words import LANGUAGES, using

DAY = date(2026, 1, 11)


@pytest.fixture(scope="module")
def extract() -> bulletin.Extract:
    """Two years of a small register: three regions, delays of some weeks."""
    rng = np.random.default_rng(5)
    rows = []
    cells = (("55", "advance_payment", 2.0), ("55", "investment", 1.0), ("75", "impersonation_bank", 4.0), ("75", "advance_payment", 1.0), ("71", "investment", 1.0))
    for region, scheme, rate in cells:
        at = np.repeat(np.arange(730), rng.poisson(rate, 730))
        late = at + rng.geometric(0.1, at.size)
        rows += [(DAY - timedelta(days=729 - int(a)), DAY - timedelta(days=729 - int(b)), region, scheme) for a, b in zip(at, late, strict=True)]
    frame = pl.DataFrame(rows, schema=["occurred", "reported", "region", "scheme"], orient="row")
    return bulletin.Extract(frame.filter(pl.col("reported") <= DAY), True)


@pytest.fixture(scope="module")
def record(extract, tmp_path_factory):
    """Two replayed Sundays and one bulletin published in time, scored."""
    folder = tmp_path_factory.mktemp("record")
    days = to_replay(folder, extract, DAY)
    assert len(days) == 13
    for day in days[:2]:
        replay(folder, extract, day, at=datetime(2026, 1, 12, tzinfo=UTC))
    assert len(to_replay(folder, extract, DAY)) == 11, "what is done is not done again"
    keep(folder, bulletin.build(extract, date(2025, 5, 4)), at=datetime(2025, 5, 5, tzinfo=UTC))
    return folder


def test_the_record_tells_replayed_from_published_in_time(record, extract):
    assert score_record.verify(record) == []
    found = own_record(record, extract, DAY)
    assert (found["live"], found["replayed"]) == (1, 2)
    assert {p.method for p in score_record.publications(record)} == {"izker", REPLAY}
    assert all(p.synthetic for p in score_record.publications(record))


def test_every_level_is_scored_beside_the_simple_benchmarks(record, extract):
    found = own_record(record, extract, DAY)
    for kind in ("nowcast", "forecast"):
        assert list(found[kind]["levels"]) == ["whole", "region", "scheme"]
        for row in found[kind]["levels"].values():
            assert 0.5 <= row["coverage"]["0.95"] <= 1.0
            assert sum(row["pit"]) == row["rows"]
            assert row["benchmarks"]
    raw = found["nowcast"]["levels"]["whole"]["benchmarks"]["reported so far"]
    assert raw["izker"] < raw["wis"], "a nowcast worth its name beats the raw counts"
    assert found["signals"]["tested"] > 0


def test_weeks_that_have_not_settled_are_not_scored(record, extract):
    found = own_record(record, extract, DAY)
    assert max(row["date"] for row in found["weeks"]) <= found["settled"]


@pytest.fixture
def published(record, extract, db):
    """Izker's home with an outlook and its record."""
    found = own_record(record, extract, DAY)
    write_text(outlook.folder() / "calibration.json", json.dumps(found, default=str))
    made = bulletin.build(extract, DAY)
    place = outlook.folder() / DAY.isoformat()
    for language in LANGUAGES:
        with using(language):
            write_text(place / f"{language}.json", json.dumps(outlook._page(made), ensure_ascii=False, default=str))
    write_text(place / "done.json", "{}")
    yield found
    for path in (*place.glob("*.json"), outlook.folder() / "calibration.json"):
        path.unlink()


@pytest.mark.parametrize(("language", "words"), [("kk", "Ізкердің өз нәтижесі"), ("ru", "Собственные результаты"), ("en", "own record")])
def test_the_record_stands_in_three_languages_with_pictures_and_tables(published, duty, language, words):
    duty.cookies["django_language"] = language
    page = duty.get("/outlook/record/").content.decode()
    assert words in page
    assert page.count("<svg") > 12
    assert page.count("<table") >= 6


def test_the_outlook_shows_the_strip_of_past_weeks_and_where_the_texts_stand(published, duty):
    duty.cookies["django_language"] = "en"
    page = duty.get("/outlook/").content.decode()
    assert "fell in the 95" in page
    assert "Sundays before the first bulletin were replayed" in page
    assert "New schemes in text" in page


def test_the_press_reads_the_record_but_no_words_of_victims(published, people, client):
    client.force_login(people["press"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/outlook/record/").status_code == 200
    client.cookies["django_language"] = "en"
    assert "New schemes in text" not in client.get("/outlook/").content.decode()
    assert client.get("/outlook/new/").status_code == 403


def test_a_drift_is_told_on_the_desk(published, duty):
    duty.cookies["django_language"] = "en"
    assert "left their band" not in duty.get("/outlook/").content.decode()
    drifted = json.loads(json.dumps(published, default=str))
    drifted["forecast"]["drift"] |= {"alarm": True, "coverage": 0.6, "interval": [0.4, 0.77]}
    write_text(outlook.folder() / "calibration.json", json.dumps(drifted))
    assert "left their band" in duty.get("/outlook/").content.decode()
    assert "Drift alarm" in duty.get("/outlook/record/").content.decode()


def test_before_anything_is_published_the_pages_say_so(db, duty):
    duty.cookies["django_language"] = "en"
    assert "Nothing has been published yet" in duty.get("/outlook/record/").content.decode()
    assert duty.get("/outlook/").status_code == 200
    assert record_page.summary_of(None) is None
