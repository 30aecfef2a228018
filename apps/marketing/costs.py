"""How much a request is to write, in lines, for the estimate before it starts (`make bench-marketing` measures it)."""

from __future__ import annotations

__all__ = ["LINES", "seconds_a_line", "seconds_an_answer"]

LINES = {
    "google_rsa": 11, "email": 2, "sms": 1, "x": 2, "meta": 3, "product_description": 8, "linkedin": 4, "push": 2, "amazon_bullets": 5,
}  # fmt: skip
"""Of a piece for each channel."""
SECONDS = {"composer": 0.03, "qwen2.5-coder-1.5b": 5.0, "qwen2.5-coder-0.5b": 2.6, "smollm2-135m": 2.0, "endpoint": 2.0}
"""A line that is kept, with the tries that are not, on two CPU cores."""


def seconds_a_line(model: str | None) -> float:
    return SECONDS.get(model or "composer", SECONDS["endpoint"])


def seconds_an_answer(model: str | None) -> float:
    """Of a question: the median of forty; the first one loads the model and reads its examples too, half a minute."""
    return 0.05 if model in (None, "sheet") else 7.0
