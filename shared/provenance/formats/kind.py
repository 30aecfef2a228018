"""What a format module offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.provenance.origin import Origin

__all__ = ["MAX_PARTS", "Format"]

MAX_PARTS = 100_000
"""Chunks, boxes, blocks, frames or extensions that are looked at: what takes minutes to walk through is no file of a studio."""


@dataclass(frozen=True)
class Format:
    """fits(data, hint): by magic bytes; hint: the file's name and media type, lower case, where those are not enough.

    write(data, origin): the file with its origin, None where it has no place for it. read(data): None where it says nothing of ours.
    Both may raise anything on a broken file: `shared.provenance.formats` answers None for them.
    """

    place: str
    fits: Callable[[bytes, str], bool]
    write: Callable[[bytes, Origin], bytes | None]
    read: Callable[[bytes], Origin | None]
