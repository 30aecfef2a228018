"""The benchmark's own arithmetic, on items of this file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.marketing.language import SMOLLM2
from apps.marketing.measures.claims import claims_table, read_claims
from apps.marketing.measures.fluency import Fluency, is_relevant
from apps.marketing.measures.raw import measure_raw
from apps.marketing.measures.shares import wilson
from apps.marketing.measures.tiers import Piece, measure_tier, plan
from apps.marketing.models import models
from apps.marketing.reading import EXAMPLES, example
from apps.marketing.sheet import Sheet
from shared.serving import Engine

SHEET = {"name": "Tarn Mug", "category": "mug", "facts": [{"key": "volume", "value": "350 ml"}, {"key": "material", "value": "stoneware"}]}
ITEMS = [
    {"sheet_id": "mug", "text": "It holds 350 ml.", "label": "supported"},
    {"sheet_id": "mug", "text": "It holds 500 ml.", "label": "contradicted"},
    {"sheet": SHEET, "text": "It is dishwasher-safe.", "label": "unsupported", "industry": "kitchen"},
]


def test_wilsons_interval() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-4)
    assert wilson(0, 20)[0] == 0.0


def test_claims_are_read_and_counted(tmp_path: Path) -> None:
    (tmp_path / "sheets.json").write_text(json.dumps({"mug": SHEET | {"industry": "tableware"}}))
    (tmp_path / "claims.jsonl").write_text("\n".join(map(json.dumps, ITEMS)))
    recall, alarm, lines = claims_table(read_claims(tmp_path))
    assert (recall, alarm) == (1.0, 0.0)
    assert any("tableware" in line and "recall 1/1, false alarm 0/1" in line for line in lines)
    assert any("kitchen" in line for line in lines)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine("cpu", models=list(models())) as engine:
        yield engine


def test_a_tier_is_measured(engine: Engine) -> None:
    sheets = {"food": example("food")}
    tally = measure_tier("composer", plan(["food"], 9), sheets, engine)
    assert len(tally.outputs) == 9
    assert (tally.limits_kept, tally.ready, tally.invented, tally.unsupported_a_description) == (1.0, 1.0, 0, 0.0)
    assert tally.must_where_there_is_room == 1.0
    assert tally.cpu_s > 0


def test_what_the_composer_wrote_for_a_model_is_not_the_models(engine: Engine) -> None:
    sheets = {"food": example("food")}
    tally = measure_tier("smollm2-135m", [Piece("food", "push", "plain", 0)], sheets, engine)
    assert len(tally.outputs) + tally.given_up == 1
    assert all(variant.tier == "smollm2-135m" for _, variant in tally.outputs)


def test_a_plan_has_a_description_of_every_sheet_and_every_channel_in_turn() -> None:
    pieces = plan(EXAMPLES, 5)
    assert len(pieces) == 30
    assert sum(piece.channel == "product_description" for piece in pieces) == 6
    assert len({piece.channel for piece in pieces}) == 9
    assert len({piece.voice for piece in pieces}) == 4


def test_a_model_asked_plainly_is_judged_as_everybody_is(engine: Engine) -> None:
    sheets = {"food": example("food")}
    pieces = [Piece("food", "email", "plain", 0), Piece("food", "google_rsa", "plain", 0)]
    tally = measure_raw(SMOLLM2, pieces, sheets, engine)
    assert len(tally.outputs) == 1
    assert not tally.outputs[0][1].ready


def test_the_gate_can_be_failed() -> None:
    lines = ["It holds 350 ml of coffee.", "The mug is made of stoneware.", "A mug for a slow morning.", "Fill it up, all 350 ml of it."]
    fluency, sheet = Fluency(), Sheet.model_validate(SHEET)
    good, shuffled, total = fluency.shares([(line, sheet) for line in lines])
    assert (good, total) == (4, 4) and shuffled < 4
    assert not fluency.passes("The mug are made of of stonewear", sheet)
    assert fluency.passes("Tarn Mug: the colour of stoneware", sheet) and fluency.passes("Tarn Mug: the color of stoneware", sheet)
    assert is_relevant(["It holds 350 ml."], sheet) and is_relevant(["What a mug"], sheet)
    assert not is_relevant(["Lovely weather today."], sheet)
