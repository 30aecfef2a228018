"""Zip archives that somebody sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import BadInput

__all__ = ["opened"]


@contextmanager
def opened(data: bytes, damaged: str, *, remedy: str) -> Iterator[zipfile.ZipFile]:
    """The zip archive that `data` is, for a `with` block that reads it.

    damaged: what is said of one that cannot be read, without its full stop; remedy: what to do then.
    Raises BadInput for whatever goes wrong in the block; a BadInput of the block's own goes through as it is.
    A member is as large as its reader lets it become: read no more of it than a limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except BadInput:
        raise
    except Exception as reason:  # zipfile lets out BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, struct.error ...
        raise BadInput(f"{damaged} ({type(reason).__name__}).", remedy=remedy) from None
