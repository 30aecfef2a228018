"""The weights of the second opinion out of labelled claims: python -m apps.marketing.claims.training FOLDER (needs scikit-learn).

FOLDER: `sheets.json` and `development.jsonl`, whose items have text, sheet, label and half (the part they belong to)."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from apps.marketing.claims.checking import rule_spans
from apps.marketing.claims.opinion import WEIGHTS, features
from apps.marketing.sheet import Sheet

__all__ = ["fit", "rows"]

BLIND = frozenset(("w1", "w2", "w3", "plain"))
"""Parts that were measured before they were read. The others were tuned item by item, and an item of them counts a fifth."""


def rows(folder: Path) -> list[tuple[str, dict[str, float], bool]]:
    """Part, features and whether it is wrong of each item of a folder."""
    sheets = {name: Sheet.model_validate(sheet) for name, sheet in json.loads((folder / "sheets.json").read_text("utf-8")).items()}
    items: list[dict[str, Any]] = [json.loads(line) for line in (folder / "development.jsonl").read_text("utf-8").splitlines()]
    return [(item["half"], features(*rule_spans(item["text"], sheets[item["sheet"]])), item["label"] != "supported") for item in items]


def fit(found: Collection[tuple[str, dict[str, float], bool]], without: str = "") -> dict[str, float]:
    """Feature -> weight, the intercept under the empty name; `without`: the part to leave out."""
    from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    used = [row for row in found if row[0] != without]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([row[1] for row in used])
    model = LogisticRegression(C=0.3, max_iter=3000)
    model.fit(matrix, [row[2] for row in used], sample_weight=[1.0 if row[0] in BLIND else 0.2 for row in used])
    pairs = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    weights = {str(name): round(float(value), 3) for name, value in pairs if abs(value) >= 0.01}
    return {"": round(float(model.intercept_[0]), 3), **weights}


if __name__ == "__main__":
    WEIGHTS.write_text(json.dumps(fit(rows(Path(sys.argv[1]))), indent=0, sort_keys=True) + "\n", encoding="utf-8")
