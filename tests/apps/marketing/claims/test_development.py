"""The development set: recall and false alarms of each part. All parts were read in the end, so none is a held-out figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apps.marketing.claims import check_claims
from apps.marketing.sheet import Sheet

HERE = Path(__file__).parent
SHEETS = {name: Sheet.model_validate(sheet) for name, sheet in json.loads((HERE / "sheets.json").read_text(encoding="utf-8")).items()}
ITEMS = [json.loads(line) for line in (HERE / "development.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_set_is_broad() -> None:
    assert len(ITEMS) >= 300 and len(SHEETS) >= 15
    assert {item["label"] for item in ITEMS} == {"supported", "contradicted", "unsupported"}


@pytest.mark.parametrize("half", sorted({item["half"] for item in ITEMS}))
def test_recall_and_false_alarm(half: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "apps.marketing.lexicon", None)
    flagged = [(item["label"], not check_claims(item["text"], SHEETS[item["sheet"]]).ok) for item in ITEMS if item["half"] == half]
    claims = [flag for label, flag in flagged if label != "supported"]
    fair = [flag for label, flag in flagged if label == "supported"]
    assert sum(claims) / len(claims) >= 0.95
    assert sum(fair) / len(fair) <= 0.09
