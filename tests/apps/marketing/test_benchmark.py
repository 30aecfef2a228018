"""The benchmark's own arithmetic, on items of this file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apps.marketing.benchmark import claims_table, measure_tier, read_claims, wilson

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


def test_a_tier_is_measured() -> None:
    tally = measure_tier("composer", 1, ["food"])
    assert len(tally.outputs) == 9
    assert (tally.limits_kept, tally.ready, tally.invented, tally.unsupported_a_description) == (1.0, 1.0, 0, 0.0)
    assert tally.must_covered == 1.0
    assert tally.cpu_s > 0
