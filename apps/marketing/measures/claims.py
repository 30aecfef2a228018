"""Recall and false alarm of the claim check on items that were written apart from it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from apps.marketing.claims import check_claims
from apps.marketing.measures.shares import share
from apps.marketing.sheet import Sheet
from apps.marketing.verifying import Check

__all__ = ["claims_table", "read_claims"]


def read_claims(folder: Path) -> list[dict[str, Any]]:
    """The items with their sheets: {sheet, text, label, industry}."""
    sheets_file = folder / "sheets.json"
    sheets = json.loads(sheets_file.read_text("utf-8")) if sheets_file.is_file() else {}
    found = []
    for line in (folder / "claims.jsonl").read_text("utf-8").splitlines():
        if line.strip():
            item = json.loads(line)
            given = item["sheet"] if isinstance(item.get("sheet"), dict) else sheets[item.get("sheet_id") or item["sheet"]]
            item["sheet"] = Sheet.model_validate({key: value for key, value in given.items() if key in Sheet.model_fields})
            item.setdefault("industry", given.get("industry") or item["sheet"].category or item["sheet"].name)
            found.append(item)
    return found


def claims_table(items: Iterable[dict[str, Any]], check: Check = check_claims) -> tuple[float, float, list[str]]:
    """(recall, false alarm, lines to print): a text is flagged where `check` finds one unsupported or contradicted claim in it."""
    flagged: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for item in items:
        flagged[item["industry"], item["label"]].append(not check(item["text"], item["sheet"]).ok)
    wrong = [one for (_, label), each in flagged.items() if label != "supported" for one in each]
    right = [one for (_, label), each in flagged.items() if label == "supported" for one in each]
    lines = [f"claim recall       {share(sum(wrong), len(wrong))}", f"false alarm        {share(sum(right), len(right))}"]
    for label in sorted({label for _, label in flagged}):
        each = [one for (_, other), many in flagged.items() if other == label for one in many]
        lines.append(f"  flagged of {label:<14}{share(sum(each), len(each))}")
    for industry in sorted({industry for industry, _ in flagged}):
        bad = [one for (other, label), many in flagged.items() if other == industry and label != "supported" for one in many]
        good = [one for (other, label), many in flagged.items() if other == industry and label == "supported" for one in many]
        lines.append(f"  {industry[:30]:<32}recall {sum(bad)}/{len(bad)}, false alarm {sum(good)}/{len(good)}")
    return sum(wrong) / max(1, len(wrong)), sum(right) / max(1, len(right)), lines
