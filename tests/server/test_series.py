"""Series in the server: linked at filing, changed by people, taken back exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from izker.links import snapshot
from izker.server.analysis import series_book, series_page, series_snapshot
from izker.server.analysis.actions.change_series import ChangeSeries
from izker.server.analysis.actions.correct_scheme import CorrectScheme
from izker.server.analysis.models import SeriesStep
from izker.server.clock import now
from izker.server.intake.actions.file_report import FileReport
from izker.server.intake.form import ReportForm
from izker.words import Refusal

TEXTS = (
    "Звонили с +7 700 123 45 67, сказали перевести деньги на безопасный счёт",
    "+77001234567 нөмірінен банк қызметкерімін деп қоңырау шалды",
    "Купила телефон по объявлению, предоплата, продавец пропал",
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(series_snapshot, "folder", lambda: tmp_path / "series")


@pytest.fixture
def filed(relay):
    at = now() - timedelta(hours=5)
    return [FileReport(None, ReportForm(text=t), source="web", synthetic=True, reported_at=at + timedelta(hours=i)).perform() for i, t in enumerate(TEXTS)]


def test_reports_with_one_phone_form_a_series_and_others_stay_alone(filed):
    found = series_book.series_of(filed[0].report)
    assert found is not None
    assert {row["report"].number for row in found["rows"]} == {filed[0].report.number, filed[1].report.number}
    assert series_book.series_of(filed[2].report) is None


def test_splitting_and_taking_it_back_restores_the_exact_state(filed, people):
    before = series_book.linker().state()
    number = series_book.linker().series_of(filed[0].report.number)
    ChangeSeries(people["analyst"], number, "split", filed[1].report.number).perform()
    series_book.forget()
    assert series_book.series_of(filed[0].report) is None
    ChangeSeries(people["analyst"], number, "undo", "0").perform()
    series_book.forget()
    assert series_book.linker().state() == before


def test_merging_two_series_and_taking_it_back(filed, people):
    before = series_book.linker().state()
    a, b = (series_book.linker().series_of(filed[i].report.number) for i in (0, 2))
    ChangeSeries(people["duty"], a, "merge", b).perform()
    assert len(series_book.linker().members(a)) == 3
    ChangeSeries(people["duty"], a, "undo", "0").perform()
    assert series_book.linker().state() == before


def test_a_change_that_cannot_be_leaves_no_step(filed, people):
    number = series_book.linker().series_of(filed[0].report.number)
    steps = SeriesStep.objects.count()
    for verb, what in (("split", "R-none"), ("merge", number), ("undo", "7"), ("accept", "x"), ("dance", "1")):
        with pytest.raises(Refusal):
            ChangeSeries(people["duty"], number, verb, what).perform()
    assert SeriesStep.objects.count() == steps
    assert series_book.linker().series_of(filed[0].report.number) == number


def test_the_pages_of_series_show_reasons_and_no_full_identifier(filed, duty):
    number = series_book.linker().series_of(filed[0].report.number)
    page = duty.get(f"/series/{number}/").content.decode()
    assert "+7 700 ••• •• 67" in page
    assert "1234567" not in page
    assert number in duty.get("/series/").content.decode()
    assert series_page.list_rows(series_page.listing()[:1])[0]["count"] == 2


def test_an_officers_word_on_the_scheme_goes_to_the_case_and_stays_beside_the_machines(filed, people):
    review = filed[0].report.review
    said = review.scheme
    CorrectScheme(people["duty"], review, "romance").perform()
    filed[0].case.refresh_from_db()
    assert filed[0].case.scheme == "romance"
    assert (review.scheme, review.chosen, review.chosen_by) == (said, "romance", "duty-person")
    with pytest.raises(Refusal):
        CorrectScheme(people["duty"], review, "no_such_scheme").perform()


def test_a_process_that_starts_from_the_snapshot_has_the_exact_linker(filed, people):
    number = series_book.linker().series_of(filed[0].report.number)
    ChangeSeries(people["analyst"], number, "split", filed[1].report.number).perform()
    book = series_book.Book(from_snapshot=False)
    series_snapshot.write(book.catch_up(), book.seen)
    ChangeSeries(people["analyst"], number, "undo", "0").perform()
    FileReport(None, ReportForm(text=TEXTS[0]), source="web", synthetic=True).perform()
    grown, whole = series_book.Book(), series_book.Book(from_snapshot=False)
    assert 0 < grown.seen < SeriesStep.objects.order_by("-id")[0].pk
    assert snapshot.dump(grown.catch_up()) == snapshot.dump(whole.catch_up())
    assert list(series_snapshot.verify()) == []


def test_the_snapshot_is_sealed_and_one_that_does_not_fit_is_passed_over_and_told(filed):
    book = series_book.Book(from_snapshot=False)
    path = series_snapshot.write(book.catch_up(), book.seen)
    assert b"+7700" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    SeriesStep.objects.filter(pk=book.seen).delete()  # another log, as after a restored database
    assert series_snapshot.read() is None
    assert [p.params["name"] for p in series_snapshot.verify()] == [path.name]
    path.write_bytes(path.read_bytes()[:-5] + b"wrong")
    assert series_book.Book().seen == 0


def test_a_snapshot_that_gives_other_series_is_told(filed):
    book = series_book.Book(from_snapshot=False)
    book.catch_up().merge(*(book.linker.series_of(filed[i].report.number) for i in (0, 2)))
    series_snapshot.write(book.linker, book.seen)
    assert len(list(series_snapshot.verify())) == 1


def test_the_worker_writes_one_when_enough_steps_have_come(filed, monkeypatch):
    monkeypatch.setattr(series_snapshot, "EVERY", 3)
    assert series_snapshot.due()
    series_snapshot.main()
    kept = series_snapshot.newest()
    assert kept is not None
    assert kept[0] == SeriesStep.objects.order_by("-id")[0].pk
    assert not series_snapshot.due()
