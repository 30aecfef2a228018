from __future__ import annotations

from pathlib import Path

from shared import audit
from tests.suite.conftest import Sextant


def test_an_empty_trail_is_an_empty_list(sextant: Sextant) -> None:
    assert sextant("audit", "--json").json == []
    assert sextant("audit").status == 0


def test_the_newest_rows_come_first(sextant: Sextant) -> None:
    for app, rule in (("molecules", "rule-1"), ("deepfake", "rule-2"), ("molecules", "rule-3")):
        audit.record(app, "score", "refused", rule, "secret")
    assert [row["reason"] for row in sextant("audit", "--json").json] == ["rule-3", "rule-2", "rule-1"]
    assert [row["reason"] for row in sextant("audit", "--app", "molecules", "--json").json] == ["rule-3", "rule-1"]
    assert [row["reason"] for row in sextant("audit", "--limit", 1, "--json").json] == ["rule-3"]
    shown = sextant("audit", "--app", "molecules").out
    assert shown.index("rule-3") < shown.index("rule-1") and "molecules/score" in shown and "secret" not in shown


def test_a_trail_that_cannot_be_read_is_a_sentence(sextant: Sextant, sextant_home: Path) -> None:
    (sextant_home / "audit.jsonl").mkdir()
    refused = sextant("audit")
    assert refused.status == 1 and "cannot be read" in refused.one_line


def test_it_is_listed(sextant: Sextant) -> None:
    assert "audit" in sextant("--help").out
