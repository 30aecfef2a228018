"""Files that go into a task and come out of it: known by their sha256, read through a store.

A file's own name is a label: it is shown and gives a hint of the kind, it is never used as a path.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, PrivateAttr, ValidationInfo, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.errors import BadInput, DeclarationError, NotFound
from shared.stores import MemoryStore, Store

__all__ = ["Artifact", "File", "InputFile", "MemoryStore", "Store", "digest", "safe_name"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_CHUNK_BYTES = 1 << 20


def digest(stream: BinaryIO) -> tuple[str, int]:
    """sha256 and size in bytes of what is left in `stream`."""
    sha, size = hashlib.sha256(), 0
    for chunk in iter(lambda: stream.read(_CHUNK_BYTES), b""):
        sha.update(chunk)
        size += len(chunk)
    return sha.hexdigest(), size


def safe_name(name: str) -> str:
    """`name` if it can stand as a file name anywhere; raises `DeclarationError`, since apps choose these names, not users."""
    if not _SAFE.fullmatch(name):
        raise DeclarationError(f"{name!r} is no artifact name: letters, digits, '.', '_' and '-' only, at most 120.")
    return name


def label(name: str) -> str:
    """What is kept of a user's file name: its last part, printable, at most 200 characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable())[:200] or "file"


class _Content(BaseModel):
    """A file by what it is: where its bytes lie does not count when two are compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))


class InputFile(_Content):
    """A file given to a task.

    Made from a path (only where the validation context says `paths=True`: Python and the command line, never HTTP),
    from bytes, from a `(name, bytes)` pair, or from the sha256 of a file in the context's `files` store.
    """

    sha256: str = Field(pattern=_SHA256.pattern, description="content hash")
    name: str = Field(default="file", max_length=200, description="the name it came with: a label, never a path")
    size_bytes: int = Field(default=0, ge=0)

    _source: Path | bytes | Store | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _take(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(value, cls):
            return value
        context = info.context or {}
        if isinstance(value, str) and _SHA256.fullmatch(value) and context.get("files") is not None:
            value = {"sha256": value}
        if isinstance(value, dict):
            return cls._stored(handler(value), context.get("files"))
        source, name = _open_input(value, paths=bool(context.get("paths")))
        if isinstance(source, bytes):
            sha256, size_bytes = digest(io.BytesIO(source))
        else:
            with _opened(source) as stream:
                sha256, size_bytes = digest(stream)
        taken = handler({"sha256": sha256, "name": name, "size_bytes": size_bytes})
        taken._source = source
        return taken

    @classmethod
    def _stored(cls, file: Self, files: Store | None) -> Self:
        if files is None:
            return file
        try:
            file = file.model_copy(update={"size_bytes": files.size(file.sha256)})
        except NotFound as error:
            raise PydanticCustomError("file_not_stored", "{problem}", {"problem": str(error)}) from None
        file._source = files
        return file

    def open(self) -> BinaryIO:
        """The bytes, from the start; raises `NotFound` when nothing holds them."""
        match self._source:
            case None:
                raise NotFound(f"{self.name}: its bytes are not here, only its hash.", remedy="Give the file again.")
            case bytes() as data:
                return io.BytesIO(data)
            case Path() as path:
                return _opened(path)
            case store:
                return store.open(self.sha256)

    def read(self) -> bytes:
        """All bytes; raises `BadInput` when the file changed since the request was made."""
        with self.open() as stream:
            data = stream.read()
        if isinstance(self._source, Path) and hashlib.sha256(data).hexdigest() != self.sha256:
            raise BadInput(f"{self.name} changed while it was being used.", remedy="Start again once it is complete.")
        return data

    def kept_in(self, store: Store) -> Self:
        """This file with its bytes in `store`, so that the run can be repeated."""
        if self._source is store:
            return self
        with self.open() as stream:
            sha256, _ = store.put(stream)
        if sha256 != self.sha256:
            raise BadInput(f"{self.name} changed while it was being used.", remedy="Start again once it is complete.")
        kept = self.model_copy()
        kept._source = store
        return kept


def _open_input(value: Any, *, paths: bool) -> tuple[Path | bytes, str]:
    match value:
        case bytes():
            return value, "file"
        case (str() as name, bytes() as data):
            return data, label(name)
        case "" if paths:
            raise PydanticCustomError("file_path", "an empty path")
        case str() | os.PathLike() if paths:
            path = Path(os.fspath(value)).expanduser()
            if path.is_dir():
                raise PydanticCustomError("file_is_folder", "{name} is a folder, a file is expected", {"name": path.name})
            if not path.is_file():
                raise PydanticCustomError("file_missing", "no file at {path}", {"path": str(path)})
            return path, label(path.name)
        case str() | os.PathLike():
            raise PydanticCustomError("file_path", "a path is not accepted here: send the file itself or its sha256")
    raise PydanticCustomError("file_type", "expected a file, got {kind}", {"kind": type(value).__name__})


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise PydanticCustomError("file_unreadable", "cannot read {path}: {why}", {"path": str(path), "why": error.strerror}) from None


@dataclass(frozen=True)
class File:
    """What a file field takes: `Annotated[InputFile, File(kinds=("png",), max_bytes=...)]`.

    `kinds` are name endings without the dot ("" = a name without an ending); a folder is searched for these, a form offers
    these. What a file really is, the task finds out from its bytes.
    """

    kinds: tuple[str, ...] = ()
    max_bytes: int = 1 << 30

    def takes(self, name: str) -> bool:
        """Whether a file of this name is of one of the kinds."""
        lower = name.lower()
        return not self.kinds or any(lower.endswith(f".{kind}") if kind else "." not in lower for kind in self.kinds)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler(source)
        return core_schema.no_info_after_validator_function(
            self._check_kept, core_schema.with_info_before_validator_function(self._check_raw, inner)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "x-kinds": list(self.kinds), "x-max-bytes": self.max_bytes}

    def _check_raw(self, value: Any, info: core_schema.ValidationInfo) -> Any:
        """Refuse by size before a single byte is hashed; only who may name paths learns anything about one."""
        size_bytes = len(value) if isinstance(value, bytes) else 0
        if (info.context or {}).get("paths") and isinstance(value, str | os.PathLike):
            path = Path(os.fspath(value)).expanduser()
            size_bytes = path.stat().st_size if path.is_file() else 0
        self._check_size(size_bytes)
        return value

    def _check_kept(self, value: Any) -> Any:
        for file in value if isinstance(value, list) else [value]:
            if isinstance(file, InputFile):
                self._check_size(file.size_bytes)
        return value

    def _check_size(self, size_bytes: int) -> None:
        if size_bytes > self.max_bytes:
            message = "the file has {size} bytes, at most {limit} are accepted"
            raise PydanticCustomError("file_too_large", message, {"size": size_bytes, "limit": self.max_bytes})


class Artifact(_Content):
    """A file that a task made."""

    name: str = Field(description="file name, safe on every system")
    media_type: str = Field(description="IANA media type")
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern=_SHA256.pattern)

    _store: Store | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _bind(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        artifact = handler(value)
        files = (info.context or {}).get("files")
        if files is not None and artifact._store is None:
            artifact._store = files
        return artifact

    @classmethod
    def make(cls, name: str, data: bytes | BinaryIO, media_type: str, store: Store) -> Self:
        """Put `data` into `store` under its hash; raises `StorageFailed` and leaves nothing behind when it does not fit."""
        return cls.stored(name, media_type, store.put(data), store)

    @classmethod
    def stored(cls, name: str, media_type: str, kept: tuple[str, int], store: Store) -> Self:
        """The file of this sha256 and this many bytes, which `store` has."""
        artifact = cls(name=safe_name(name), media_type=media_type, size_bytes=kept[1], sha256=kept[0])
        artifact._store = store
        return artifact

    def open(self) -> BinaryIO:
        if self._store is None:
            raise NotFound(f"{self.name}: its bytes are not here, only its hash.", remedy="Open it through the run it belongs to.")
        return self._store.open(self.sha256)

    def read(self) -> bytes:
        with self.open() as stream:
            return stream.read()


def artifacts_of(value: Any) -> Iterator[Artifact]:
    """Every artifact in a result, in the order of its fields."""
    if isinstance(value, Artifact):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from artifacts_of(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from artifacts_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from artifacts_of(inner)
