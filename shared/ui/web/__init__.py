"""What browsers are sent: small scripts and styles of ours, and fonts with their licences."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "read_text"]

FOLDER = Path(__file__).parent


@cache
def read_text(name: str) -> str:
    """A file of this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")
