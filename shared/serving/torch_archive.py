"""Tensors out of a `.pt` file without unpickling it.

A `.pt` file is a zip: raw tensor bytes in `*/data/<record>`, and a pickle that says which tensor lies where. A pickle can run code when it
is read, so it is not read: a layout, made once by `describe` and committed as JSON, says the same, and the file's sha256 is pinned.
"""

from __future__ import annotations

import pickle
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.errors import LoadFailed
from shared.serving.load import verify
from shared.serving.model import Source

if TYPE_CHECKING:
    import torch

__all__ = ["Stored", "Stub", "describe", "read_archive"]

DTYPES = {
    "BFloat16Storage": "bfloat16",
    "BoolStorage": "bool",
    "ByteStorage": "uint8",
    "CharStorage": "int8",
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "IntStorage": "int32",
    "LongStorage": "int64",
    "ShortStorage": "int16",
}
"""torch's own names for a storage and for the dtype of its elements."""


@dataclass(frozen=True)
class Stored:
    """Where a tensor lies: its record in the zip, the element it begins at, its shape and the name of its dtype."""

    record: str
    offset: int
    shape: tuple[int, ...]
    dtype: str


def read_archive(path: Path, source: Source, layout: Mapping[str, Stored]) -> dict[str, torch.Tensor]:
    """The tensors that `layout` names, on the CPU. Raises what `verify` raises, LoadFailed when the file is not laid out like that."""
    verify(path, source)
    try:
        with zipfile.ZipFile(path) as archive:
            records = {name.rpartition("/data/")[2]: name for name in archive.namelist() if "/data/" in name}
            return {key: _tensor(archive.read(records[stored.record]), stored) for key, stored in layout.items()}
    except (KeyError, ValueError, RuntimeError, OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise LoadFailed(f"{path.name} is not laid out as expected: {error}.", remedy="Reinstall the package.") from error


def _tensor(content: bytes, stored: Stored) -> torch.Tensor:
    """Raises ValueError when the record does not hold it."""
    import torch

    dtype = getattr(torch, stored.dtype, None)
    if not isinstance(dtype, torch.dtype):
        raise ValueError(f"torch has no dtype {stored.dtype!r}")
    count = torch.Size(stored.shape).numel()
    end = stored.offset + count
    if stored.offset < 0 or count < 0 or end * dtype.itemsize > len(content):
        raise ValueError(
            f"record {stored.record} has {len(content)} bytes, too few for elements {stored.offset} to {end} of {stored.dtype}"
        )
    if count == 0:
        return torch.empty(stored.shape, dtype=dtype)
    # bytearray: torch warns of a buffer that it may not write to
    return torch.frombuffer(bytearray(content), dtype=dtype, count=count, offset=stored.offset * dtype.itemsize).reshape(stored.shape)


class Stub:
    """What stands for any class or function that a pickle names: called, it becomes an instance that keeps what it was given."""

    def __new__(cls, *args: Any, **fields: Any) -> Stub:
        made = super().__new__(cls)
        made.args, made.fields, made.state, made.items = args, fields, None, {}
        return made

    args: tuple[Any, ...]
    fields: dict[str, Any]
    state: Any
    items: dict[Any, Any]

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def __setitem__(self, key: Any, value: Any) -> None:
        self.items[key] = value


def describe(path: Path) -> Any:
    """The structure of a `.pt` file, for a developer who writes a layout: tensors as `Stored`, classes and functions as `Stub` classes.

    Nothing that the pickle names is imported or called. Raises ValueError for a file that is no such zip, for a tensor that is not
    contiguous, and for a pickle that does more than describe data.
    """

    def stored(*args: Any) -> Stored:  # a function of this call: a pickle can set attributes of what it is handed
        return _stored(*args)

    class Ordered(dict[str, Any]):
        """A dict that takes the attributes (`_metadata`) of a state dict."""

    known = {("torch._utils", "_rebuild_tensor_v2"): stored, ("collections", "OrderedDict"): Ordered}

    class Describer(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            return known.get((module, name)) or type(name, (Stub,), {"__module__": module})

        def persistent_load(self, pid: Any) -> Any:
            _, storage, record, *_ = pid
            return str(record), DTYPES[storage.__name__]

    try:
        with zipfile.ZipFile(path) as archive:
            (name,) = [name for name in archive.namelist() if name.rpartition("/")[2] == "data.pkl"]
            with archive.open(name) as file:
                return Describer(file).load()
    except Exception as error:  # what a broken pickle raises has no common type
        raise ValueError(f"{path.name} cannot be described: {type(error).__name__}: {error}") from error


def _stored(storage: tuple[str, str], offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> Stored:
    expected, step = [], 1
    for size in reversed(shape):
        expected.append(step)
        step *= size
    if tuple(reversed(expected)) != tuple(stride) and step > 1:
        raise ValueError(f"a tensor of shape {shape} with strides {stride} is not contiguous")
    record, dtype = storage
    return Stored(record, offset, tuple(shape), dtype)
