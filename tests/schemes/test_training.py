"""Training is reproducible, learns from corrections, and the committed model is the one that the corpus makes."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from izker.cli.classify import command as classify_command
from izker.schemes import Classifier, corrections, model, queue, training
from izker.schemes.corpus import BLOCK, LATER, Line, key, line, lines, second_reading
from izker.schemes.features import layout
from izker.schemes.taxonomy import taxonomy
from izker.words import Refusal

SETTINGS = {"temperature": 1.0, "slope": 1.0, "shift": 0.0, "threshold": 0.3, "alarm": 0.5, "about": {}}


def made_of(given: list[Line]) -> bytes:
    material = training.Material.of(given, seed=5)
    weights, bias = material.fit(np.arange(len(given)), 5)
    return model.payload(training.outputs(), weights, bias, SETTINGS)


@pytest.fixture(scope="module")
def some() -> list[Line]:
    return [x for x in lines() if x.group == "house"][::3]


@pytest.fixture(scope="module")
def small(some: list[Line]) -> bytes:
    return made_of(some)


def test_the_same_seed_gives_the_same_bytes(small: bytes, some: list[Line]) -> None:
    assert made_of(some) == small


def test_the_committed_model_is_what_izker_train_makes() -> None:
    content, _about = training.train()
    assert model.version_of(content) == model.load().version


def test_a_model_says_the_same_after_saving(small: bytes, tmp_path: Path) -> None:
    model.save(small, tmp_path / "m.model")
    loaded = model.load(tmp_path / "m.model")
    assert loaded.version == model.version_of(small)
    assert loaded.weights.shape == (layout()["size"], len(training.outputs()))
    assert loaded.schemes == tuple(taxonomy())


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
    assert all(also in taxonomy() and also != line.scheme for line in lines() for also in line.also)


def test_a_correction_changes_what_the_next_model_thinks(small: bytes, some: list[Line]) -> None:
    text = "зурабекская карусель вертикального прироста"
    corrected = line(text, "pyramid", (), "ru", "officers")
    after = Classifier(model.parse(made_of([*some, *[corrected] * 4])))
    before = Classifier(model.parse(small))
    at = before.model.schemes.index("pyramid")
    assert after.probabilities(text)[at] > before.probabilities(text)[at] + 0.2


def test_no_group_is_scored_by_a_model_that_saw_it(some: list[Line], monkeypatch: pytest.MonkeyPatch) -> None:
    talk = [x for x in lines() if x.plain][:40]
    material = training.Material.of([*some[:60], *talk], seed=5)
    seen: list[set[str]] = []
    fit, scores = training.Material.fit, training.Material.scores

    def watched(self: training.Material, chosen: training.Ints, seed: int) -> tuple[training.Floats, training.Floats]:
        seen.append({self.lines[i].group for i in chosen})
        return fit(self, chosen, seed)

    def asked(
        self: training.Material, chosen: training.Ints, weights: training.Floats, bias: training.Floats
    ) -> training.Floats:
        assert not {self.lines[i].group for i in chosen} & seen[-1]
        return scores(self, chosen, weights, bias)

    monkeypatch.setattr(training.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(training.Material, "fit", watched)
    monkeypatch.setattr(training.Material, "scores", asked)
    held = training.held_out(material)
    assert len(seen) == min(training.FOLDS, len({x.group for x in material.lines}))
    assert sorted(x.text for x in held.lines) == sorted(x.text for x in material.lines if not x.opening)


def test_the_ministrys_class_follows_from_the_marks() -> None:
    assert line("x", "marketplace_phishing", ("prepaid",), "ru", "a").ministry_class == "advance_payment"
    assert line("x", "marketplace_phishing", ("phishing_page",), "ru", "a").ministry_class == "other"
    assert line("x", "loan_in_name", ("impersonation_bank",), "ru", "a").ministry_class == "impersonation"
    found = {(x.scheme, x.ministry_class) for x in lines()}
    assert found == set(training.outputs())


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


def test_small_talk_is_held_out_by_halves_and_in_blocks() -> None:
    talk = [x for x in lines() if x.plain]
    assert {x.group for x in talk} == {"talk 0", "talk 1"}
    assert len({x.group for x in talk[:BLOCK]}) == 1
    assert not any(x.plain for x in lines() if not x.group.startswith("talk"))


def test_the_second_reading_names_statements_and_codes_that_exist() -> None:
    known = {key(x.text): x for x in lines()}
    for name, codes in second_reading().items():
        assert known[name].read_twice
        assert set(codes) <= set(taxonomy())
        assert set(codes) <= {known[name].scheme, *known[name].also}
    judged = [x for x in lines() if x.read_twice and x.group in LATER]
    assert len({x.group for x in judged}) == len(LATER)
    assert len(judged) > 1000


def test_a_model_is_refused_with_another_lexicon(small: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "fingerprint", lambda: "other")
    with pytest.raises(Refusal):
        model.parse(small)
