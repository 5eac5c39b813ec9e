"""Every word stands in Kazakh, Russian and English: ours, Django's and allauth's."""

from __future__ import annotations

import pytest
from django.test import Client
from tools import borrowed, catalogue

from izker.words import LANGUAGES, N_, Problem, Refusal, _, using


def test_no_string_of_ours_lacks_its_kazakh_or_russian():
    assert catalogue.missing() == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_string_of_django_and_allauth_lacks_its_words(language):
    assert borrowed.missing(language) == []


@pytest.mark.parametrize(("language", "word"), [("kk", "Ақша қашан кетті?"), ("ru", "Когда ушли деньги?"), ("en", "When did the money leave?")])
def test_the_form_speaks_the_chosen_language(db, language, word):
    client = Client()
    client.post("/setlang/", {"language": language})
    page = client.get("/report/").content.decode()
    assert word in page
    assert f'<html lang="{language}">' in page


def test_synthetic_data_says_so_on_every_page(duty, relay):
    for path in ("/", "/report/", "/today/", "/cases/", "/series/", "/review/", "/requests/", "/figures/", "/outlook/"):
        duty.post("/setlang/", {"language": "kk"})
        response = duty.get(path)
        assert response.status_code == (422 if path == "/figures/" else 200), path  # an empty register has no figures to show
        assert "СИНТЕТИКАЛЫҚ ДЕРЕКТЕР" in response.content.decode(), path


def test_errors_of_the_library_speak_the_language_in_force():
    refusal = Refusal(N_("the file is empty (0 bytes of content): export it again"), file="a.csv", row=3)
    said = set()
    for language in LANGUAGES:
        with using(language):
            said.add(str(refusal))
    assert len(said) == 3
    assert all("a.csv" in text for text in said)


def test_a_problem_tells_its_place():
    assert Problem("x", file="f.xlsx", sheet="R1", row=7, column="damage").place("en") == "f.xlsx, sheet R1, row 7, column damage"
    assert _("a string nobody wrote down", "kk") == "a string nobody wrote down"
