"""Extractive summaries: the sentences of a document that say most of it, word for word, each with its place.

Sentences are scored by their TF-IDF cosine with the whole document (or with a query) and chosen by maximal marginal relevance
(Carbonell and Goldstein, 1998), so that two sentences saying one thing are not both taken. Nothing is rewritten.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.marketing.sentences import sentence_spans
from shared.errors import BadInput, TooLarge

__all__ = ["Sentence", "summarize_text"]

MAX_CHARACTERS = 10_000_000
_CANDIDATES = 400
_TERM = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*|[\u3040-\u30ff\u4e00-\u9fff]")
_STOPWORDS = frozenset({
    "a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because",
    "been", "before", "being", "below", "between", "both", "but", "by", "can", "could", "did", "do", "does", "doing", "down",
    "during", "each", "few", "for", "from", "further", "had", "has", "have", "having", "he", "her", "here", "hers", "him",
    "his", "how", "i", "if", "in", "into", "is", "it", "its", "itself", "just", "may", "me", "might", "more", "most", "must",
    "my", "no", "nor", "not", "now", "of", "off", "on", "once", "one", "only", "or", "other", "our", "out", "over", "own",
    "per", "same", "she", "should", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these",
    "they", "this", "those", "through", "to", "too", "under", "until", "up", "upon", "us", "very", "was", "we", "were", "what",
    "when", "where", "which", "while", "who", "whom", "why", "will", "with", "would", "you", "your",
})  # fmt: skip
_FEWEST_TERMS = 4
_REPEATED_ON_PAGES = 0.5


@dataclass(frozen=True)
class Sentence:
    """page: from 1; start and end: code points in the text of that page, so that `pages[page - 1][start:end] == text`; score: cosine with
    the document or the query, 0 to 1."""

    text: str
    start: int
    end: int
    page: int
    score: float


@dataclass(frozen=True)
class _Scored:
    place: tuple[int, int, int]
    terms: dict[str, float]
    score: float


def summarize_text(
    text: str | Sequence[str], sentences: int = 5, *, length: int | None = None, query: str = "", diversity: float = 0.3
) -> list[Sentence]:
    """The sentences that say most, in the order of the document.

    text: one text, or one a page; sentences: how many at most; length: how many characters at most, all together; query: what the summary
    should be about; diversity: 0 takes the highest scores, 1 only what differs from what is taken. Raises BadInput for a document without
    a sentence, TooLarge above ten million characters.
    """
    pages = [text] if isinstance(text, str) else list(text)
    _check(pages, sentences, length, diversity)
    places = _places(pages)
    if not places:
        raise BadInput("The document has no sentence to take.", remedy="Give running text; a scanned PDF has to be recognised (OCR) first.")
    scored = _score(pages, places, query)
    chosen = _choose(scored, sentences, length, diversity)
    kept = [Sentence(pages[page][start:end], start, end, page + 1, round(score, 6)) for (page, start, end), score in chosen]
    return sorted(kept, key=lambda each: (each.page, each.start))


def _check(pages: list[str], sentences: int, length: int | None, diversity: float) -> None:
    if sentences < 1 or (length is not None and length < 1):
        raise BadInput("A summary of nothing was asked for.", remedy="Ask for at least one sentence and one character.", field="sentences")
    if not 0 <= diversity <= 1:
        raise BadInput(f"diversity is {diversity}.", remedy="It lies between 0 and 1.", field="diversity")
    if (size := sum(map(len, pages))) > MAX_CHARACTERS:
        raise TooLarge(f"The document has {size:,} characters; at most {MAX_CHARACTERS:,} are summarized.", remedy="Give a part of it.")


def _places(pages: list[str]) -> list[tuple[int, int, int]]:
    """(page, start, end) of every sentence, without running heads and feet: what stands on half of the pages."""
    all_places = [(page, start, end) for page, text in enumerate(pages) for start, end in sentence_spans(text)]
    if len(pages) < 4:
        return all_places
    on_pages: dict[str, set[int]] = {}
    for page, start, end in all_places:
        on_pages.setdefault(_without_numbers(pages[page][start:end]), set()).add(page)
    most = max(2, _REPEATED_ON_PAGES * len(pages))
    kept = [place for place in all_places if len(on_pages[_without_numbers(pages[place[0]][place[1] : place[2]])]) < most]
    return kept or all_places


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "0", " ".join(text.casefold().split()))


def _score(pages: list[str], places: list[tuple[int, int, int]], query: str) -> list[_Scored]:
    counts = [Counter(_terms(pages[page][start:end])) for page, start, end in places]
    frequency = Counter(term for count in counts for term in count)
    rarity = {term: math.log((1 + len(counts)) / (1 + seen)) + 1 for term, seen in frequency.items()}
    vectors = [_unit({term: (1 + math.log(times)) * rarity[term] for term, times in count.items()}) for count in counts]
    whole: Counter[str] = Counter()
    for vector in vectors:
        whole.update(vector)
    target = _unit(dict(whole))
    asked = _unit({term: rarity[term] for term in _terms(query) if term in rarity})
    scored = []
    for index, (place, vector) in enumerate(zip(places, vectors, strict=True)):
        central = _cosine(vector, target) * _worth(counts[index], index, len(places))
        score = 0.8 * _cosine(vector, asked) + 0.2 * central if asked else central
        scored.append(_Scored(place, vector, min(1.0, score)))
    return scored


def _worth(count: Counter[str], index: int, total: int) -> float:
    """Scraps say little, and documents open with what they are about: a tenth more for the first sentences."""
    terms = sum(count.values())
    size = min(1.0, terms / _FEWEST_TERMS) if terms < _FEWEST_TERMS else 1.0 if terms <= 40 else 40 / terms
    return size * (1.1 if index < max(3, total // 50) else 1.0)


def _choose(scored: list[_Scored], sentences: int, length: int | None, diversity: float) -> list[tuple[tuple[int, int, int], float]]:
    """Maximal marginal relevance over the highest scores; ties go to the earlier sentence."""
    order = sorted(range(len(scored)), key=lambda at: (-scored[at].score, at))[: max(_CANDIDATES, 2 * sentences)]
    candidates = [scored[at] for at in order]
    matrix = _matrix(candidates)
    relevance = np.array([each.score for each in candidates]) / (max(each.score for each in candidates) or 1.0)
    nearest = np.zeros(len(candidates))
    free = np.ones(len(candidates), dtype=bool)
    chosen: list[tuple[tuple[int, int, int], float]] = []
    left = length
    while len(chosen) < sentences and free.any():
        gain = np.where(free, (1 - diversity) * relevance - diversity * nearest, -np.inf)
        best = int(np.argmax(gain))
        free[best] = False
        _, start, end = candidates[best].place
        if left is not None and end - start > left:
            continue
        if nearest[best] > 0.95:
            continue  # the same sentence a second time
        left = None if left is None else left - (end - start)
        chosen.append((candidates[best].place, candidates[best].score))
        nearest = np.maximum(nearest, matrix @ matrix[best])
    return chosen


def _matrix(candidates: list[_Scored]) -> np.ndarray:
    """(n, terms) float32, rows of length 1."""
    column = {term: at for at, term in enumerate(dict.fromkeys(term for each in candidates for term in each.terms))}
    matrix = np.zeros((len(candidates), max(1, len(column))), dtype=np.float32)
    for row, each in enumerate(candidates):
        for term, weight in each.terms.items():
            matrix[row, column[term]] = weight
    return matrix


def _terms(text: str) -> list[str]:
    return [_stem(word) for word in _TERM.findall(text.casefold()) if word not in _STOPWORDS]


def _stem(word: str) -> str:
    """Plurals and two verb endings only: enough to match `tents` and `tent`, too little to merge different words."""
    for ending, least in (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def _unit(vector: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / norm for term, weight in vector.items()} if norm else {}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(weight * other.get(term, 0.0) for term, weight in one.items())
