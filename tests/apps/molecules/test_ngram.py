from __future__ import annotations

import random

from apps.molecules import ngram
from apps.molecules.ngram import NGram


def test_it_writes_what_it_counted() -> None:
    model = NGram(["CCl", "c1cc[nH]c1"], order=8)
    assert {model.sample(random.Random(seed)) for seed in range(20)} == {"CCl", "c1cc[nH]c1"}


def test_a_short_memory_forgets_what_is_open() -> None:
    model = NGram(["C(C)C", "CC", "C(CC)O"], order=2)
    texts = [model.sample(random.Random(seed)) for seed in range(200)]
    assert any(text.count("(") != text.count(")") for text in texts)
    assert texts == [model.sample(random.Random(seed)) for seed in range(200)]


def test_it_stops(monkeypatch) -> None:
    monkeypatch.setattr(ngram, "MAX_SYMBOLS", 5)
    assert len(NGram(["C" * 50], order=2).sample(random.Random(1))) <= 5
