"""Training is reproducible, learns from corrections, and the committed model is the one that the corpus makes."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from izker.cli.classify import command as classify_command
from izker.schemes import Classifier, corrections, model, queue, training
from izker.schemes.compose import FOLDS, GROUP, Composer, lines
from izker.schemes.features import layout
from izker.schemes.taxonomy import taxonomy
from izker.words import Refusal


@pytest.fixture(scope="module")
def small() -> bytes:
    samples = list(Composer(list(lines()), 5).samples(1500))
    weights, bias = training.fit(samples, 5)
    return model.payload(
        training.classes(),
        weights,
        bias,
        {"temperature": 1.0, "slope": 1.0, "shift": 0.0, "threshold": 0.3, "alarm": 0.5, "about": {}},
    )


def test_the_same_seed_gives_the_same_bytes(small: bytes) -> None:
    samples = list(Composer(list(lines()), 5).samples(1500))
    weights, bias = training.fit(samples, 5)
    settings = {"temperature": 1.0, "slope": 1.0, "shift": 0.0, "threshold": 0.3, "alarm": 0.5, "about": {}}
    assert model.payload(training.classes(), weights, bias, settings) == small


def test_the_committed_model_is_what_izker_train_makes() -> None:
    content, _about = training.train()
    assert model.version_of(content) == model.load().version


def test_a_model_says_the_same_after_saving(small: bytes, tmp_path: Path) -> None:
    model.save(small, tmp_path / "m.model")
    loaded = model.load(tmp_path / "m.model")
    assert loaded.version == model.version_of(small)
    assert loaded.weights.shape == (layout()["size"], len(taxonomy()))


@pytest.mark.parametrize("content", [b"", b"not a model", lzma.compress(b"{}\n"), lzma.compress(b"\xff\xff")])
def test_a_broken_model_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.model"
    path.write_bytes(content)
    with pytest.raises(Refusal):
        model.load(path)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        model.load(tmp_path / "absent.model")


def test_the_shipped_model_is_small() -> None:
    assert model.DEFAULT.stat().st_size < 5_000_000


def test_every_scheme_has_statements_in_each_language() -> None:
    for code in taxonomy():
        for language in ("kk", "ru", "en"):
            assert sum(line.scheme == code and line.language == language for line in lines()) >= 12, (code, language)


def test_no_line_stands_twice_and_second_schemes_are_codes() -> None:
    texts = [line.text for line in lines()]
    assert len(texts) == len(set(texts))
    assert all(not line.also or line.also in taxonomy() for line in lines())


@given(st.integers(0, 2**20))
def test_composed_samples_carry_known_schemes(seed: int) -> None:
    for sample in Composer(list(lines()), seed).samples(3):
        assert sample.scheme in taxonomy()
        assert sample.text.strip()


def test_a_correction_changes_what_the_next_model_thinks(small: bytes) -> None:
    text = "зурабекская карусель вертикального прироста"
    line = corrections.Line("pyramid", "", "ru", "whole", text, 0)
    samples = list(Composer(list(lines()), 5).samples(1500))
    extra = [training.Sample(line.text, line.scheme, "", "ru")] * 12
    weights, bias = training.fit([*samples, *extra], 5)
    settings = {"temperature": 1.0, "slope": 1.0, "shift": 0.0, "threshold": 0.3, "alarm": 0.5, "about": {}}
    after = Classifier(model.parse(model.payload(training.classes(), weights, bias, settings)))
    before = Classifier(model.parse(small))
    at = training.classes().index("pyramid")
    assert after.probabilities(text)[at] > before.probabilities(text)[at] + 0.2


def test_corrections_are_read_and_bad_rows_told(tmp_path: Path) -> None:
    path = tmp_path / "corrections.jsonl"
    good = {"text": "меня обманули", "scheme": "other", "by": "officer1", "at": "2026-01-20T10:00:00Z"}
    rows = [
        good,
        {**good, "scheme": "romance"},
        {**good, "text": "x", "scheme": "nonsense"},
        {**good, "text": ""},
        {**good, "text": "y", "by": None},
    ]
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    kept, problems = corrections.read(path)
    assert [(k.text, k.scheme) for k in kept] == [("меня обманули", "romance")]
    assert len(problems) == 3


def test_the_queue_asks_about_unsure_and_different_texts() -> None:
    classifier = Classifier.load()
    sure = "Банк қызметкері атынан қоңырау шалып, SMS кодты сұрап, қауіпсіз шотқа аудартты"
    vague = "написал незнакомый человек что то про деньги и пропал"
    other = "someone did something with a document yesterday"
    asked = queue.ask(classifier, [sure, vague, vague + " вчера", other, ""], 3)
    assert asked[0].index != 0
    assert {1, 2} - {q.index for q in asked} or asked[-1].novelty < 0.6
    assert all(0 <= q.novelty <= 1 and 0 <= q.uncertainty <= 1 for q in asked)


def test_the_queue_of_nothing_is_empty() -> None:
    assert queue.ask(Classifier.load(), [], 5) == []


def test_weights_are_quantised_to_eight_bits(small: bytes) -> None:
    parsed = model.parse(small)
    steps = parsed.weights[:, 0][parsed.weights[:, 0] != 0]
    assert np.unique(np.abs(steps)).size <= 127


def test_the_verb_prints_a_json_line_a_text(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text('id,text\n7,"Позвонили из банка, просили код"\n8,"привет"\n', encoding="utf-8")
    result = CliRunner().invoke(classify_command, [str(path), "--json"])
    assert result.exit_code == 0, result.output
    first, second = (json.loads(line) for line in result.output.splitlines())
    assert first["id"] == "7"
    assert first["scheme"] == "impersonation_bank"
    assert {"ministry_class", "probability", "abstained", "channel", "technique", "money_route", "because"} <= set(
        second
    )


def test_the_verb_keeps_good_rows_beside_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"id": 1, "text": ""}\n{"id": 2, "text": "привет как дела"}\n', encoding="utf-8")
    result = CliRunner().invoke(classify_command, [str(path), "--json"])
    assert result.exit_code == 1
    assert sum(line.startswith("{") for line in result.output.splitlines()) == 2


def test_neighbouring_lines_and_their_translations_are_held_out_together() -> None:
    folds: dict[tuple[str, str], list[int]] = {}
    for line in lines():
        if line.kind == "whole":
            folds.setdefault((line.scheme, line.language), []).append(line.fold)
    first = folds["none", "kk"][:GROUP]
    assert len(first) == GROUP
    assert len(set(first)) == 1
    for scheme in taxonomy():
        assert folds[scheme, "kk"][0] == folds[scheme, "ru"][0] == folds[scheme, "en"][0]
    assert {line.fold for line in lines()} == set(range(FOLDS))
