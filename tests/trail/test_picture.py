"""The picture shows every tiyn: heights left and right add up, nothing lies over anything else."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # the drawing is our own output

import polars as pl
from hypothesis import given, settings

from izker.trail import trace
from izker.trail.drawing import CLOCK, LETTER, coloured
from izker.trail.picture import labels, ribbons, svg
from izker.trail.reference import Transfer
from tests.trail.ledgers import all_reports, built, transfers


@settings(max_examples=50, deadline=None)
@given(rows=transfers())
def test_amounts_of_ribbons_add_up_to_what_was_stolen_and_bars_do_not_overlap(rows: list[Transfer]) -> None:
    with built(rows) as ledger:
        lots = trace(ledger, all_reports(rows), paths=True).lots
    assert lots is not None
    for (report,), mine in lots.group_by("report_id"):
        picture = ribbons(mine)
        stolen = mine.filter(pl.col("parent_lot").is_null())["amount"].sum()
        assert picture.stolen == sum(r.amount for r in picture.ribbons) == stolen, report
        for a in picture.nodes:
            for b in picture.nodes:
                if a is not b and a.x == b.x:
                    assert a.y + a.height <= b.y + 1e-6 or b.y + b.height <= a.y + 1e-6
        for ribbon in picture.ribbons:
            assert ribbon.xs == sorted(ribbon.xs)
            assert len(ribbon.xs) == len(ribbon.ys)
        ET.fromstring(coloured(svg(picture, labels("en"))))


def test_many_small_ends_are_drawn_together_and_none_is_lost() -> None:
    rows = [Transfer(0, 0, "v", "m", 6000)] + [Transfer(i, i, "m", f"x{i}", 100) for i in range(1, 61)]
    with built(rows) as ledger:
        lots = trace(ledger, pl.DataFrame({"report_id": ["R"], "transfer_id": [0]}), paths=True).lots
    assert lots is not None
    picture = ribbons(lots, most=10)
    assert len(picture.ribbons) == 11
    assert picture.folded == 50
    assert sum(r.amount for r in picture.ribbons) == 6000


def test_the_case_can_know_more_than_the_ledger() -> None:
    rows = [Transfer(0, 0, "v", "m", 100), Transfer(1, 1, "m", "n<&>", 60)]
    with built(rows) as ledger:
        lots = trace(ledger, pl.DataFrame({"report_id": ["R"], "transfer_id": [0]}), paths=True).lots
    assert lots is not None
    picture = ribbons(lots, names={"m": "Есіл Банк, 0100"}, fates={1: ("move", "растау керек", True)})
    assert {r.lot: (r.fate, r.urgent) for r in picture.ribbons} == {0: ("held", False), 1: ("move", True)}
    drawing = svg(picture, labels("kk"), link="#lot-{lot}")
    assert "Есіл Банк, 0100" in drawing
    assert "n&lt;&amp;&gt;" in drawing
    assert 'href="#lot-1"' in drawing
    assert "растау керек" in drawing
    assert "#0" not in drawing  # no colours of its own


def test_an_empty_trail_is_an_empty_picture() -> None:
    rows = [Transfer(0, 0, "v", "m", 0)]
    with built(rows) as ledger:
        lots = trace(ledger, pl.DataFrame({"report_id": ["R"], "transfer_id": [0]}), paths=True).lots
    assert lots is not None
    assert ribbons(lots).ribbons == []
    assert svg(ribbons(lots.clear()), labels("en")).startswith("<svg")


def test_names_stay_within_their_column_however_long_the_chain_is() -> None:
    names = [f"KZ86125KZT50041{i:05d}" for i in range(10)]
    rows = [Transfer(i, i, names[i], names[i + 1], 1000 - i) for i in range(9)]
    with built(rows) as ledger:
        lots = trace(ledger, pl.DataFrame({"report_id": ["R"], "transfer_id": [0]}), paths=True).lots
    assert lots is not None
    picture = ribbons(lots)
    root = ET.fromstring(coloured(svg(picture, labels("ru"))))
    spans = [e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}tspan") if e.get("font-weight") == "600"]
    assert len(spans) == 10  # the victim and nine accounts
    assert max(map(len, spans)) * LETTER + CLOCK <= picture.step
    assert {e.text for e in root.iter("{http://www.w3.org/2000/svg}title")} >= set(names[1:])
    assert picture.exits_x > picture.columns[-1][0]
