"""The weights of the second opinion and of a sentence's verdict out of labelled claims (needs scikit-learn).

    python -m apps.marketing.claims.training FOLDER --apart PART ... [--network WEIGHTS] [--measure]

FOLDER: `sheets.json` and `development.jsonl`, whose items have text, sheet, label and half (the part they belong to). The second opinion
(`words/opinion.json`) is fitted on the parts that the rules were made with; the one that is weighed beside the network
(`words/opinion_beside.json`) on all but those that stand apart. The verdict (`words/verdict.json`) weighs rules, opinion and network, so it
is fitted on the parts that stand apart, which none of the three was made with.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from apps.marketing.claims.checking import check_claims, passages_of, rule_spans
from apps.marketing.claims.opinion import BESIDE, WEIGHTS, features, forget
from apps.marketing.claims.reconsidering import VERDICT, evidence_for
from apps.marketing.entailment import pair
from apps.marketing.entailment.model import WEIGHTS as NETWORK
from apps.marketing.measures.shares import share
from apps.marketing.sheet import Sheet
from shared.serving import Source

__all__ = ["fit", "rows", "verdict_rows"]

MADE_WITH = frozenset(("w1", "w2", "w3", "plain"))
"""Parts that were measured before the rules were mended with them. The later ones are harder than what people write: an opinion that
learned from them doubts facts in their own words."""
TUNED = frozenset(("tune", "test", "third", "fourth", "fifth", "sixth", "seventh", "eighth"))
"""Parts on which the rules were tuned item by item: an item of them counts a fifth."""


def _read(folder: Path) -> tuple[dict[str, Sheet], list[dict[str, Any]]]:
    sheets = {name: Sheet.model_validate(sheet) for name, sheet in json.loads((folder / "sheets.json").read_text("utf-8")).items()}
    return sheets, [json.loads(line) for line in (folder / "development.jsonl").read_text("utf-8").splitlines()]


def rows(folder: Path, parts: Collection[str]) -> list[tuple[str, dict[str, float], bool]]:
    """Part, features and whether it is wrong of each item of some parts."""
    sheets, items = _read(folder)
    return [
        (item["half"], features(*rule_spans(item["text"], sheets[item["sheet"]])), item["label"] != "supported")
        for item in items
        if item["half"] in parts
    ]


def fit(found: Collection[tuple[str, dict[str, float], bool]]) -> dict[str, float]:
    """Feature -> weight, the intercept under the empty name."""
    return _fitted([row[1] for row in found], [row[2] for row in found], [0.2 if row[0] in TUNED else 1.0 for row in found])


def _print_shares(folder: Path, parts: Collection[str], network: Path) -> None:
    """Recall and false alarm of the rules alone, and of rules and network."""
    verifier = _verifier(network)
    sheets, items = _read(folder)
    found: dict[str, list[tuple[bool, bool]]] = {"rules alone": [], "rules and network": []}
    for item in items:
        if item["half"] in parts:
            text, sheet = item["text"], sheets[item["sheet"]]
            said = [text[start:end] for start, end in passages_of(text)]
            judged = dict(zip(said, verifier.judge([pair(each, sheet) for each in said]), strict=True))
            wrong = item["label"] != "supported"
            found["rules alone"].append((wrong, not check_claims(text, sheet).ok))
            found["rules and network"].append((wrong, not check_claims(text, sheet, judged=judged).ok))
    for name, flags in found.items():
        recall, alarm = ([flag for wrong, flag in flags if wrong == wanted] for wanted in (True, False))
        print(f"{name}: recall {share(sum(recall), len(recall))}, false alarm {share(sum(alarm), len(alarm))}")


def _verifier(network: Path) -> Any:
    from apps.marketing.entailment.network import Verifier

    return Verifier("cpu", network, Source("embedded", str(network), "", hashlib.sha256(network.read_bytes()).hexdigest()))


def verdict_rows(folder: Path, parts: Collection[str], network: Path) -> list[tuple[str, dict[str, float], bool]]:
    """Part, evidence and whether it is wrong of each item. Of a text of several passages the one that looks worst stands for it."""
    verifier = _verifier(network)
    sheets, items = _read(folder)
    found = []
    for item in items:
        if item["half"] not in parts:
            continue
        text, sheet = item["text"], sheets[item["sheet"]]
        places = passages_of(text)
        judged = verifier.judge([pair(text[start:end], sheet) for start, end in places])
        _, evidence, spans = rule_spans(text, sheet)
        each = [
            evidence_for(evidence, [span for span in spans if start < span.end and span.start < end], text[start:end], said)
            for (start, end), said in zip(places, judged, strict=True)
        ]
        worst = max(each, key=lambda one: one["entailment"] + 2 * one["flagged"])
        found.append((item["half"], worst, item["label"] != "supported"))
    return found


def _fitted(found: Sequence[dict[str, float]], wrong: Sequence[bool], weights: Sequence[float] | None = None) -> dict[str, float]:
    from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    vectorizer = DictVectorizer()
    model = LogisticRegression(C=0.3, max_iter=3000)
    model.fit(vectorizer.fit_transform(found), wrong, sample_weight=weights)
    pairs = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    fitted = {str(name): round(float(value), 3) for name, value in pairs if abs(value) >= 0.01}
    return {"": round(float(model.intercept_[0]), 3), **fitted}


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the second opinion and the verdict of the claim check.")
    parser.add_argument("data", type=Path, help="folder with sheets.json and development.jsonl")
    parser.add_argument("--apart", nargs="+", required=True, help="parts to fit the verdict on, and nothing else")
    parser.add_argument("--network", type=Path, default=NETWORK, help="the entailment weights that its evidence comes from")
    parser.add_argument("--measure", action="store_true", help="fit nothing; print what the check finds in the parts that stand apart")
    given = parser.parse_args()
    if given.measure:
        _print_shares(given.data, given.apart, given.network)
        return
    every = {item["half"] for item in _read(given.data)[1]}
    _write(WEIGHTS, fit(rows(given.data, MADE_WITH | TUNED)))
    _write(BESIDE, fit(rows(given.data, every - set(given.apart))))
    forget()
    read = verdict_rows(given.data, given.apart, given.network)
    _write(VERDICT, _fitted([row[1] for row in read], [row[2] for row in read]))


def _write(path: Path, weights: dict[str, float]) -> None:
    path.write_text(json.dumps(weights, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
