"""The files of a request, kept with the run so that it can be repeated once their paths are gone."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from shared.errors import BadInput
from shared.files import InputFile, Store

__all__ = ["keep_files"]

M = TypeVar("M", bound=BaseModel)


def keep_files(request: M, store: Store) -> M:
    """`request` with every file in it kept in `store`; itself when it has none.

    Raises `BadInput` for a file that changed or went away since the request was made, `StorageFailed` for a full disk.
    """
    try:
        kept = _kept(request, store)
    except PydanticCustomError as error:  # `InputFile.open` speaks to pydantic
        raise BadInput(error.message(), remedy="Give the file again.") from None
    assert isinstance(kept, type(request))
    return kept


def _kept(value: Any, store: Store) -> Any:
    """`value` itself when nothing in it is to be kept: most requests are small and have no file."""
    match value:
        case InputFile():
            return value.kept_in(store)
        case BaseModel():
            changes = {}
            for name in type(value).model_fields:
                before = getattr(value, name)
                after = _kept(before, store)
                if after is not before:
                    changes[name] = after
            return value.model_copy(update=changes) if changes else value
        case dict():
            kept = {key: _kept(inner, store) for key, inner in value.items()}
            return kept if any(kept[key] is not value[key] for key in kept) else value
        case list() | tuple():
            items = [_kept(inner, store) for inner in value]
            return type(value)(items) if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
