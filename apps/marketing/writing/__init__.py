"""Copy by a language model: one line at a time, each held against the sheet before the next is asked for."""

from apps.marketing.writing.writer import written

__all__ = ["written"]
