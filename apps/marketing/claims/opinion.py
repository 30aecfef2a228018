"""A second opinion on short texts: a logistic regression over what the rules found and over how much of a text the sheet bears.

Its weights are in `words/opinion.json`; `training.py` makes them. It only moves what is near the line:
it withdraws weak doubts of a text that the sheet bears, and doubts the sentence that nothing bears."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from apps.marketing.claims.evidence import EMPTY, Evidence
from apps.marketing.claims.lists import FOLDER, listed
from apps.marketing.claims.reading import NEGATORS, Reading, Unit
from apps.marketing.claims.spans import FLAGS
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["BESIDE", "WEIGHTS", "features", "forget", "opinion", "unborne"]

WEIGHTS, BESIDE = FOLDER / "opinion.json", FOLDER / "opinion_beside.json"
"""Of an opinion that decides, and of one that is weighed beside what the entailment network says."""
CUES = frozenset(listed("cues"))
"""Function words and verbs of promise whose presence leans one way or the other."""
LIMITS = re.compile(r"\b(?:not|no|only|except|none|without|up to|excluded)\b", re.IGNORECASE)


class Judged(Protocol):
    """What a finding and a span share."""

    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def facts(self) -> Sequence[str]: ...
    @property
    def why(self) -> str: ...


@cache
def _weights(path: Path) -> dict[str, float]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def forget() -> None:
    """Read the weights anew: they were fitted again."""
    _weights.cache_clear()


def opinion(reading: Reading, found: Evidence, findings: Sequence[Judged], path: Path = WEIGHTS) -> float:
    """How likely a text claims what its sheet does not bear, 0 to 1; 0.5 without weights. path: WEIGHTS or BESIDE."""
    weights = _weights(path)
    score = weights.get("", 0.0) + sum(weights.get(name, 0.0) * value for name, value in features(reading, found, findings).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def features(reading: Reading, found: Evidence, findings: Sequence[Judged]) -> dict[str, float]:
    """findings: settled, of the reading. Names and values, each about 0 to 1."""
    words = vocabulary()
    units = [unit for unit in reading.units if unit.name not in EMPTY]
    borne = [unit for unit in units if unit.name in found.entries]
    telling = [unit for unit in borne if not words.is_plain(unit.word)]
    loose = [unit for unit in units if unit.name not in found.entries]
    sentences = {unit.sentence for unit in reading.units}
    bare = sentences - {unit.sentence for unit in telling} - {reading.sentences[quantity.first] for quantity in reading.quantities}
    supported = [one for one in findings if one.status == "supported"]
    result = {
        "length": len(units) / 10,
        "borne": len(borne) / 5,
        "telling": len(telling) / 5,
        "share borne": len(borne) / max(1, len(units)),
        "share telling": len(telling) / max(1, len(units)),
        "loose": len(loose) / 10,
        "supported": len(supported) / 5,
        "nothing supported": float(not supported),
        "number supported": float(any(one.kind == "number" for one in supported)),
        "numbers": len(reading.quantities) / 3,
        "facts": len({fact for one in supported for fact in one.facts}) / 4,
        "sentences": len(sentences) / 3,
        "bare sentences": len(bare) / 3,
        "all bare": float(bare == sentences),
        "question": float(any("?" in token.text for token in reading.tokens)),
        "shout": float(any("!" in token.text for token in reading.tokens)),
        **_of_words(loose),
        **_of_limits(reading, found, supported),
        **_of_findings(findings),
    }
    return {name: value for name, value in result.items() if value}


def _of_words(loose: Sequence[Unit]) -> dict[str, float]:
    words = vocabulary()
    kinds = {
        "unknown": [unit for unit in loose if unit.kind == "word" and not words.is_plain(unit.word)],
        "scenery": [unit for unit in loose if words.is_scenery(unit.word)],
        "claiming": [unit for unit in loose if words.is_claiming(unit.word)],
        "doing": [unit for unit in loose if unit.name in words.doing],
        "feature": [unit for unit in loose if unit.name in words.features],
        "concept": [unit for unit in loose if unit.kind not in ("word", "puffery", "thing")],
        "puffery": [unit for unit in loose if unit.kind == "puffery" or words.is_puffery(unit.word)],
        "comparative": [unit for unit in loose if unit.word.endswith("er") and len(unit.word) > SHORT],
        "adverb": [unit for unit in loose if unit.word.endswith("ly")],
        "third person": [unit for unit in loose if unit.word.endswith("s") and len(unit.word) > SHORT],
    }
    result = {f"words {name}": min(len(each), MANY) / MANY for name, each in kinds.items()}
    return result | {f"cue {unit.word}": 0.5 for unit in loose if unit.word in CUES}


SHORT, MANY = 4, 4


def _of_limits(reading: Reading, found: Evidence, supported: Sequence[Judged]) -> dict[str, float]:
    """Whether the facts that the text touches have a not, an only, an up to, and the text has none."""
    denies = any(token.text in NEGATORS or token.text.endswith("n't") for token in reading.tokens)
    touched = {fact for one in supported for fact in one.facts}
    limited = sum(bool(LIMITS.search(found.values.get(fact, ""))) for fact in touched)
    cues = {f"cue {token.text}": 0.5 for token in reading.tokens if token.text in CUES}
    return {"denies": float(denies), "limited": min(limited, MANY) / MANY, "limits left out": float(limited > 0 and not denies), **cues}


def _of_findings(findings: Sequence[Judged]) -> dict[str, float]:
    flagged = [one for one in findings if one.status in FLAGS]
    result = {"flags": min(len(flagged), MANY) / MANY, "flagged": float(bool(flagged))}
    for one in flagged:
        result[f"kind {one.kind} {one.status}"] = 1.0
        result[f"why {' '.join(one.why.split()[:3])}"] = 1.0
    return result


def unborne(reading: Reading, covered: set[int]) -> tuple[int, int] | None:
    """The longest run of words of one clause that no span covers, as a range of tokens; none where every word is covered."""
    best: tuple[int, int] | None = None
    first = None
    for at in range(len(reading.tokens) + 1):
        token = reading.tokens[at] if at < len(reading.tokens) else None
        inside = token is not None and token.kind == "word" and at not in covered
        if first is not None and (not inside or reading.sentences[at] != reading.sentences[first]):
            if best is None or at - first > best[1] - best[0]:
                best = first, at
            first = None
        if inside and first is None:
            first = at
    return best
