"""A description in English -> which class of sound, and what its adjectives ask for.

    describe("a distant, heavy explosion")      # kind "explosion", wishes {"weight": 1.2, ...}, distance_m 80
    describe("flurbish").kind                   # None: `nearest` holds the three classes to choose from

Words and phrases of `effects/words.json`, compared by stem, else by their character trigrams (which forgives endings and typos);
words behind a preposition count less ("rain ON a tin roof"). Below the threshold, or with two classes level, nothing is guessed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

__all__ = ["MARGIN", "THRESHOLD", "Description", "Nearest", "describe"]

THRESHOLD = 0.5
"""A strong word behind a preposition reaches 0.6; a hint alone 0.35."""
FEW_UNDERSTOOD, COVERED = 0.8, 0.3
"""The threshold where less than 30 % of the telling words are understood: "best price for shoes online"."""
MARGIN = 0.04
"""Below this between the first two, ask."""
MAX_LETTERS = 500
HINT, PHRASE, BEHIND_PREPOSITION = 0.35, 1.5, 0.6
FIRST_WORD = 0.4
"""What the first word is worth more than the last: in English the thing that sounds tends to come first."""
ABBREVIATION = 0.7
CLOSE, UNSURE, SHORT_LETTERS = 0.8, 0.4, 6
NEGATED = 0.0
"""What is named behind `no` or `without`, until a comma or `and`, is what is not wanted."""
LIKENESS = 0.68
"""Trigrams shared (Dice) from which on a word is taken for a synonym with another ending or a slip of the pen."""
_WORDS = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
SYNONYMS: dict[str, dict[str, str]] = _WORDS["synonyms"]
ADJECTIVES: dict[str, dict[str, float]] = {word: line["moves"] for line in _WORDS["adjectives"] for word in line["words"].split()}
STRONGER, WEAKER, NEGATIONS, CONTEXT, STOPWORDS, FOREIGN = (
    frozenset(_WORDS[name].split()) for name in ("stronger", "weaker", "negations", "context", "stopwords", "foreign")
)
_EXTENSION = re.compile(r"\.(wav|wave|mp3|ogg|opus|flac|aiff?|m4a)\b", re.IGNORECASE)
_HEADING = re.compile(r"^\s*(?:INT|EXT)\.\s*([^-\u2013:]*)[-\u2013:](.*)$", re.DOTALL)
"""EXT. FARM, DAWN - rooster crows: the place comes first in a script."""
CONTROLS = ("distance_m", "intensity", "brightness")


@dataclass(frozen=True)
class Nearest:
    """A class that the text may mean; score 0 to about 3, of no unit."""

    kind: str
    score: float


@dataclass(frozen=True)
class Description:
    """kind: the class, or None: then `nearest` says which three to ask about. wishes: {axis: standard deviations}.

    distance_m, intensity (-1 to 1), brightness (dB an octave): for `finishing.Finish`. understood: the words that decided.
    """

    text: str
    kind: str | None
    nearest: tuple[Nearest, ...]
    wishes: Mapping[str, float] = field(default_factory=dict)
    distance_m: float = 1.0
    intensity: float = 0.0
    brightness: float = 0.0
    understood: tuple[str, ...] = ()


def describe(text: str) -> Description:
    """Never raises: what is empty, nonsense or in another language comes back with `kind` None and the three nearest classes."""
    words = _words(text[:MAX_LETTERS])
    scores, understood = _scores(words)
    ranked = sorted(scores, key=lambda kind: -scores[kind])
    if scores[ranked[0]] < THRESHOLD:
        closeness = _closeness(text[:MAX_LETTERS])
        ranked.sort(key=lambda kind: (-scores[kind], -closeness[kind]))
    sure = (
        scores[ranked[0]] >= (THRESHOLD if _covered(words, understood) else FEW_UNDERSTOOD)
        and scores[ranked[0]] - scores[ranked[1]] >= MARGIN
        and not _foreign(words)
    )
    wishes, controls = _wishes([word for word, _ in words])
    return Description(
        text,
        ranked[0] if sure else None,
        tuple(Nearest(kind, round(scores[kind], 3)) for kind in ranked[:3]),
        wishes,
        distance_m=controls.get("distance_m", 1.0),
        intensity=max(-1.0, min(1.0, controls.get("intensity", 0.0))),
        brightness=max(-6.0, min(6.0, controls.get("brightness", 0.0))),
        understood=tuple(understood) if sure else (),
    )


def _words(text: str) -> list[tuple[str, float]]:
    """(word, weight): lower case without accents; 0.6 behind a preposition, until a comma or `and`."""
    text = _HEADING.sub(r"\2 in \1", text)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-zA-Z]{3})\d+\b", " ", _EXTENSION.sub(" ", text))  # DogBarking2.wav
    plain = unicodedata.normalize("NFKD", spaced.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("8-bit", "8bit").replace("'s", "")
    found: list[tuple[str, float]] = []
    weight = 1.0
    for token in re.findall(r"[^\W_]+|[,;.:]", plain):
        if token in NEGATIONS:
            weight = NEGATED
        elif token in CONTEXT and weight != NEGATED:
            weight = BEHIND_PREPOSITION
        elif token in (",", ";", ".", ":", "and", "while"):
            weight = 1.0
        if token[0].isalnum():
            found.extend((part, weight) for part in _unglued(token))
    return found


@cache
def _stem(word: str) -> str:
    for endings in (("s",), ("ing", "ie", "ed"), ("er", "e", "y")):
        for ending in endings:
            if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
                word = word[: -len(ending)]
                break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word


@cache
def _unglued(word: str) -> tuple[str, ...]:
    """(word,), or its two parts where it is unknown and both of them are known: babycrying, ticktock."""
    known = _vocabulary()
    if len(word) < 7 or _stem(word) in known:
        return (word,)
    parts = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
    return next((pair for pair in parts if all(_stem(part) in known for part in pair)), (word,))


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(stem for entries in _table().values() for stems, _ in entries for stem in stems)


@cache
def _trigrams(word: str) -> frozenset[str]:
    framed = f"  {word} "
    return frozenset(framed[index : index + 3] for index in range(len(framed) - 2))


def _likeness(one: str, other: str) -> float:
    a, b = _trigrams(one), _trigrams(other)
    return 2 * len(a & b) / (len(a) + len(b))


@cache
def _table() -> dict[str, list[tuple[tuple[str, ...], float]]]:
    """{class: [(stems of a word or phrase, its weight)]}; a word that several classes share counts less in each."""
    table: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    shared: dict[tuple[str, ...], int] = {}
    for kind, line in SYNONYMS.items():
        entries: dict[tuple[str, ...], float] = {}
        for entry in (*line["words"].split(", "), *line["hints"].split(", ")):
            stems = tuple(_stem(word) for word in entry.split())
            weight = PHRASE if len(stems) > 1 else 1.0
            entries.setdefault(stems, weight if entry in line["words"].split(", ") else HINT)
        table[kind] = list(entries.items())
        for stems, weight in entries.items():
            shared[stems] = shared.get(stems, 0) + (weight >= 1)
    return {kind: [(s, w / max(shared[s], 1) ** 0.5) for s, w in entries] for kind, entries in table.items()}


def _scores(words: list[tuple[str, float]]) -> tuple[dict[str, float], list[str]]:
    """{class: score} and the words that counted. A phrase uses up its words, for every class."""
    stems = [_stem(word) for word, _ in words]
    scores = dict.fromkeys(SYNONYMS, 0.0)
    understood: list[str] = []
    used: set[int] = set()

    def worth(at: int) -> float:
        return words[at][1] * (1 + FIRST_WORD * (1 - at / len(words)))

    for kind, entries in _table().items():
        for entry, weight in entries:
            if len(entry) < 2:
                continue
            for at in range(len(stems) - len(entry) + 1):
                if tuple(stems[at : at + len(entry)]) == entry:
                    scores[kind] += weight * worth(at)
                    used.update(range(at, at + len(entry)))
                    understood.append(" ".join(words[index][0] for index in range(at, at + len(entry))))
    for at, (word, weight) in enumerate(words):
        if weight == NEGATED or at in used or word in STOPWORDS or word in CONTEXT or len(word) < 2:
            continue
        gains = _gains(stems[at])
        for kind, gain in gains.items():
            scores[kind] += gain * worth(at)
        if gains:
            understood.append(word)
    return scores, understood


def _same(stem: str) -> dict[str, float]:
    return {kind: w for kind, entries in _table().items() for s, w in entries if s == (stem,)}


@cache
def _gains(stem: str) -> dict[str, float]:
    """{class: weight} of one word: those with the same stem, else the likest ones if they are like enough."""
    same = _same(stem)
    if same or len(stem) < 4:
        return same
    begun = {kind for kind, entries in _table().items() for s, w in entries if len(s) == 1 and w > HINT and s[0].startswith(stem)}
    if len(begun) == 1:  # expl, heli
        return dict.fromkeys(begun, ABBREVIATION)
    like = {
        kind: max((w * _trusted(_likeness(stem, s[0]), len(stem)) for s, w in entries if len(s) == 1), default=0.0)
        for kind, entries in _table().items()
    }
    return {kind: gain for kind, gain in like.items() if gain > 0}


def _trusted(likeness: float, letters: int) -> float:
    """What a likeness is worth: alone, that of a short word which is not very close ("crowd" to "crow") decides nothing."""
    if likeness < LIKENESS:
        return 0.0
    return likeness if likeness >= CLOSE or letters > SHORT_LETTERS else UNSURE * likeness


def _closeness(text: str) -> dict[str, float]:
    """{class: likeness of its likest word to any word of the text}: an order for questions, never an answer."""
    words = [_stem(word) for word, _ in _words(text) if word not in STOPWORDS]
    return {kind: max((_likeness(w, s[0]) for w in words for s, _ in entries), default=0.0) for kind, entries in _table().items()}


def _covered(words: list[tuple[str, float]], understood: list[str]) -> bool:
    """Whether enough of what the text is about was understood."""
    known = {word for phrase in understood for word in phrase.split()}
    plain = STOPWORDS | CONTEXT | STRONGER | WEAKER | NEGATIONS
    telling = [word for word, _ in words if word not in plain and (word in known or word not in ADJECTIVES) and not word.isdigit()]
    return sum(word in known for word in telling) >= COVERED * len(telling)


def _foreign(words: list[tuple[str, float]]) -> bool:
    return any(word in FOREIGN for word, _ in words)


def _wishes(words: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """({axis: standard deviations}, {control: value}); `very` strengthens, `slightly` weakens, `not` turns round what follows."""
    wishes: dict[str, float] = {}
    controls: dict[str, float] = {}
    factor = 1.0
    for word in words:
        if word in STRONGER or word in WEAKER:
            factor *= 1.5 if word in STRONGER else 0.5
            continue
        if word in NEGATIONS:
            factor = -0.5
            continue
        for axis, amount in ADJECTIVES.get(word, {}).items():
            if axis == "distance_m":
                controls[axis] = amount * max(factor, 0.3) if factor > 0 else 1.0
            elif axis in CONTROLS:
                controls[axis] = controls.get(axis, 0.0) + factor * amount
            else:
                wishes[axis] = max(-2.0, min(2.0, wishes.get(axis, 0.0) + factor * amount))
        if word not in STOPWORDS:
            factor = 1.0
    return wishes, controls
