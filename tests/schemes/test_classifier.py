"""Verdicts: sound, calibrated in form, explained, silent where they should be, the same in every script."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from izker.schemes import Classifier, classify, taxonomy
from izker.schemes.classifier import ARABIC, EMPTY
from izker.schemes.noise import latin, letterless

CASES = [
    (
        "Банктің қауіпсіздік қызметінен қоңырау шалып, картаңыздан ақша кетіп жатыр деп SMS кодты сұрады",
        "impersonation_bank",
    ),
    ("Хабарландыру бойынша алдын ала төлем жасадым, сатушы тауарды жібермей бұғаттап тастады", "advance_payment"),
    ("Жалаңаш суретіңді таратамын деп қорқытып, ақша талап етіп жатыр", "extortion"),
    (
        "Позвонил следователь КНБ, обвинил в финансировании терроризма, велел молчать и взять кредит",
        "impersonation_police",
    ),
    ("Увидел рекламу инвестиций, брокер просил вносить ещё, а вывести деньги не дают", "investment"),
    ("На меня оформили микрокредит без моего ведома, звонят коллекторы", "loan_in_name"),
    ("The buyer of my sofa sent a delivery link, I entered my card and money was taken", "marketplace_phishing"),
    ("A man I met on a dating site promised to marry me and asked money for surgery", "romance"),
    ("привет, идём сегодня на футбол?", "none"),
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


@pytest.mark.parametrize(("text", "scheme"), CASES)
def test_a_plain_story_of_each_kind_is_named(classifier: Classifier, text: str, scheme: str) -> None:
    verdict = classifier.classify([text])[0]
    assert verdict.scheme == scheme
    assert verdict.channel is not None


@pytest.mark.parametrize("text", [t for t, _s in CASES[:3]])
def test_kazakh_keeps_its_scheme_without_its_letters_and_in_latin(classifier: Classifier, text: str) -> None:
    plain = classifier.classify([text])[0]
    assert classifier.classify([letterless(text)])[0].scheme == plain.scheme
    same = [classifier.classify([latin(text, style)])[0].scheme == plain.scheme for style in range(4)]
    assert sum(same) >= 3


def test_the_words_that_decided_stand_in_the_text(classifier: Classifier) -> None:
    for text, scheme in CASES[:-1]:
        verdict = classifier.classify([text])[0]
        assert verdict.because, scheme
        assert all(word in verdict.text for word in verdict.because)


def test_rules_cite_the_spans_that_fired_them(classifier: Classifier) -> None:
    verdict = classifier.classify([CASES[1][0]])[0]
    assert verdict.rules
    for rule in verdict.rules:
        assert rule.scheme in taxonomy()
        for start, end in rule.spans:
            assert verdict.text[start:end].strip()


def test_facets_are_read_beside_the_scheme(classifier: Classifier) -> None:
    verdict = classifier.classify(["Позвонили из банка, продиктовала код из смс, взяла кредит и перевела"])[0]
    assert verdict.channel == "call"
    assert "otp_code" in verdict.technique
    assert verdict.money_route == "own_loan"


def test_arabic_script_is_left_to_a_person_with_the_reason(classifier: Classifier) -> None:
    verdict = classifier.classify(["مەن بانكتەن قوڭىراۋ الدىم كودتى ايتتىم"])[0]
    assert verdict.abstained
    assert verdict.reason == ARABIC
    assert not verdict.alarm


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "12345", "\u200b"])
def test_a_text_without_words_is_left_to_a_person(classifier: Classifier, text: str) -> None:
    verdict = classifier.classify([text])[0]
    assert verdict.abstained
    assert verdict.reason == EMPTY


@settings(max_examples=150, deadline=2000)
@given(st.text(max_size=300))
def test_any_text_gets_a_sound_verdict(text: str) -> None:
    verdict = classify([text])[0]
    assert verdict.scheme in taxonomy()
    assert 0 <= verdict.probability <= 1
    assert 0 <= verdict.fraud <= 1
    assert not (verdict.alarm and verdict.abstained)
    assert sum(p for _s, p in verdict.alternatives) <= 1.001 - verdict.probability + 0.001
    assert verdict.ministry_class in {"impersonation", "advance_payment", "investment", "other", "none"}


def test_a_megabyte_is_classified_at_once(classifier: Classifier) -> None:
    classifier.classify(["warm"])
    start = time.perf_counter()
    classifier.classify(["банк код " * 120_000, "<a" * 500_000])
    assert time.perf_counter() - start < 2


def test_a_text_has_one_verdict_alone_or_in_company(classifier: Classifier) -> None:
    together = classifier.classify([t for t, _s in CASES])
    assert together == [classifier.classify([t])[0] for t, _s in CASES]
