"""Weights from disk: safetensors only, pinned by sha256, into a torch module.

Not imported by the engine: a model's `load` calls it, and torch comes in with it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from shared.errors import DeclarationError, LoadFailed, Unavailable, Unsupported
from shared.serving.device import Device
from shared.serving.model import DType, Source

if TYPE_CHECKING:
    import torch

__all__ = ["constructing", "load_module", "read_weights", "verify"]

Module = TypeVar("Module", bound="torch.nn.Module")

# accelerate.init_empty_weights in one thread puts another thread's new layers on the meta device: whoever constructs or
# moves modules holds this. Never hold it while reading files: everybody else's load would wait for the disk.
constructing = threading.Lock()

_verified: set[tuple[str, int, int, str]] = set()  # path, bytes, mtime_ns, sha256: a file is hashed once a process


def load_module(build: Callable[[], Module], path: Path, source: Source, device: Device, dtype: DType) -> Module:
    """`build()` with the weights of `path`, on `device` in `dtype`, in evaluation mode and without gradients.

    Raises what `read_weights` raises, and LoadFailed when weights and module do not match.
    """
    import torch

    weights = read_weights(path, source)
    with constructing:
        module = build()
        try:
            module.load_state_dict(weights, strict=True)
        except RuntimeError as error:
            raise LoadFailed(f"{path.name} does not fit its module: {error}", remedy="Reinstall, or train it again.") from error
        return module.to(device=device.name, dtype=getattr(torch, dtype)).eval().requires_grad_(requires_grad=False)


def read_weights(path: Path, source: Source) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file, on the CPU.

    Raises Unsupported for another format (a pickle can run code), and what `verify` raises.
    """
    if path.suffix != ".safetensors":
        raise Unsupported(f"{path.name} is not a safetensors file.", remedy="Convert it: other formats can run code when read.")
    verify(path, source)
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error}.") from error


def verify(path: Path, source: Source) -> None:
    """Check a file against its source's sha256, once for each of its versions in a process.

    Raises Unavailable if it is missing, DeclarationError if the source pins no sha256, LoadFailed if it differs.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise Unavailable(f"Weights {path} are missing.", remedy=_how_to_get(source)) from error
    seal = (str(path), found.st_size, found.st_mtime_ns, source.sha256)
    if source.sha256 and seal in _verified:
        return
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if not source.sha256:
        raise DeclarationError(f"{source.location!r} pins no sha256.", remedy=f'Declare Source(..., sha256="{sha256}").')
    if sha256 != source.sha256.lower():
        raise LoadFailed(f"{path} is not what was declared: sha256 {sha256}, expected {source.sha256}.", remedy=_how_to_get(source))
    _verified.add(seal)


def _how_to_get(source: Source) -> str:
    return f"Run `sextant models pull {source.location}`." if source.kind == "hub" else "Reinstall the package."
