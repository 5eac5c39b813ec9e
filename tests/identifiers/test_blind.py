"""Texts by another plan than the rules': what a stranger's writing costs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.identifiers.blind import BLIND, OTHERS, STRICT, rates, score


@pytest.fixture(scope="module", params=[BLIND, OTHERS], ids=["blind", "others"])
def scores(request: pytest.FixtureRequest) -> dict[str, tuple[int, int, int]]:
    return score(request.param)


@pytest.mark.parametrize("kind", STRICT)
def test_valid_identifiers_of_other_peoples_texts_are_found(scores: dict[str, tuple[int, int, int]], kind: str) -> None:
    precision, recall = rates(scores[kind])
    assert precision >= 0.98
    assert recall >= 0.98


def test_sums_in_words_and_short_forms_are_found(scores: dict[str, tuple[int, int, int]]) -> None:
    precision, recall = rates(scores["amount"])
    assert precision >= 0.95
    assert recall >= 0.95


@pytest.mark.parametrize(("path", "size"), [(BLIND, 324), (OTHERS, 400)])
def test_the_set_is_as_large_as_told_and_its_spans_hold(path: Path, size: int) -> None:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) == size
    assert {row["lang"] for row in rows} == {"kk", "ru", "en"}
    for row in rows:
        for one in row["identifiers"]:
            assert 0 <= one["start"] < one["end"] <= len(row["text"])
