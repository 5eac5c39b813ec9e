"""Pictures: well-formed SVG with labels, in every language, and a word instead of a picture where there is no data."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import numpy as np
import pytest

from izker.jurisdictions import regions
from izker.outlook.pictures import bound_chart, fan_chart, sparkline, ticks
from izker.outlook.pictures_map import pit_strip, png, tile_map
from izker.outlook.wis import LEVELS
from izker.words import using

DATES = [date(2025, 7, 21) + timedelta(days=7 * i) for i in range(20)]


def bands() -> np.ndarray:
    return np.linspace(80, 120, 20)[:, None] + np.array([-20, -10, -5, 0, 5, 10, 20])


def words(svg: str) -> str:
    return " ".join(e.text or "" for e in ET.fromstring(svg).iter() if e.tag.endswith("text"))


def test_the_fan_names_what_is_drawn() -> None:
    known = np.where(np.arange(20) < 16, bands()[:, 3] * np.linspace(1, 0.4, 20), np.nan)
    svg = fan_chart(DATES, bands(), LEVELS, known=known, forecast_from=16, title="weekly", unit="frauds a week")
    text = words(svg)
    assert all(
        w in text for w in ("forecast", "nowcast", "reported so far", "95", "50", "frauds a week", "still to come")
    )
    assert 'aria-label="weekly"' in svg
    assert "var(--sky" in svg
    assert "var(" not in fan_chart(DATES, bands(), LEVELS, title="x", palette="print")


def test_the_fan_speaks_kazakh_and_russian() -> None:
    for code, month in (("kk", "шіл"), ("ru", "июл")):
        with using(code):
            assert month in words(fan_chart(DATES, bands(), LEVELS, forecast_from=16, title="x")).lower()


def test_gaps_leave_the_band_open_and_no_data_is_said() -> None:
    q = bands()
    q[5:8] = np.nan
    assert ET.fromstring(fan_chart(DATES, q, LEVELS, title="x")) is not None
    for svg in (
        fan_chart(DATES, np.full((20, 7), np.nan), LEVELS, title="x"),
        fan_chart([], np.empty((0, 7)), LEVELS, title="x"),
        sparkline([np.nan], 3.0),
        bound_chart([], [], [], [], title="x"),
        pit_strip([], title="x"),
    ):
        assert "no data" in words(svg)


def test_hostile_words_are_escaped() -> None:
    svg = fan_chart(DATES, bands(), LEVELS, title='<script>"&', unit="<b>")
    assert "<script>" not in svg
    assert ET.fromstring(svg).attrib["aria-label"] == '<script>"&'


def test_every_region_has_its_tile_and_no_data_is_not_zero() -> None:
    values = dict.fromkeys(list(regions())[:19], 0.0)
    svg = tile_map(values, title="x", marked={"55": "signal"})
    text = words(svg)
    for region in regions().values():
        assert region.label("en").split()[0] in text
    assert text.count("no data") == 1
    assert "signal" in text


def test_bound_chart_marks_what_is_above() -> None:
    o = np.array([5.0, 6, 5, 20])
    svg = bound_chart(DATES[:4], o, [5.0] * 4, [10.0] * 4, title="x", unit="a week")
    assert svg.count("<circle") == 1
    assert all(w in words(svg) for w in ("observed", "expected", "bound"))


def test_misses_are_drawn_thicker_than_hits() -> None:
    svg = pit_strip([0.0, 0.5, 1.0], title="x")
    assert svg.count('stroke-width="2.5"') == 2


@pytest.mark.parametrize(("top", "last"), [(0, 1), (1, 1), (7, 8), (800, 800), (803, 1000)])
def test_ticks_are_round_and_reach_the_top(top: float, last: float) -> None:
    found = ticks(top)
    assert found[0] == 0
    assert found[-1] >= max(top, 1)
    assert found[-1] == last


def test_wrong_shapes_are_a_programmers_error() -> None:
    with pytest.raises(ValueError, match="quantiles are"):
        fan_chart(DATES, np.zeros((3, 7)), LEVELS, title="x")
    with pytest.raises(ValueError, match="page or print"):
        sparkline([1.0], 2.0, palette="neon")


def test_png_is_a_png() -> None:
    made = png(sparkline([1.0, 4.0, 2.0], 3.0, palette="print"))
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
