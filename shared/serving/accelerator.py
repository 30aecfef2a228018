"""CUDA, MPS and XPU, through `torch.accelerator`; `torch` is passed in, so that tests can stand in for it."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from shared.errors import Unavailable
from shared.serving.model import DType

__all__ = ["AcceleratorDevice", "find_accelerator"]

RESERVE_BYTES = 512 << 20  # for the context, kernels' workspaces and fragmentation
FAILED_ALLOCATIONS = (
    "CUDA out of memory",
    "MPS backend out of memory",
    "XPU out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)


class AcceleratorDevice:
    """One accelerator. One slot: its streams would share its cores anyway, and batches share better than threads."""

    def __init__(self, torch: Any, kind: str, index: int = 0, *, reserve_bytes: int = RESERVE_BYTES) -> None:
        self._torch = torch
        self._kind = kind
        self._index = index
        self._reserve_bytes = reserve_bytes
        self._dtypes = (DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32) if self._supports_bf16() else (DType.FLOAT16, DType.FLOAT32)
        self.name = f"{kind}:{index}"
        self.slots = 1

    @property
    def dtypes(self) -> Sequence[DType]:
        return self._dtypes

    def ceiling_bytes(self) -> int:
        """min(total - reserve, free + what torch's allocator has reserved - reserve): the allocator's cache is ours."""
        free, total, reserved = self._memory_bytes()
        return max(0, min(total, free + reserved) - self._reserve_bytes)

    def enter(self) -> None:
        """The current device is a setting of each thread."""
        self._torch.accelerator.set_device_index(self._index)

    def empty_cache(self) -> None:
        if self._kind == "cuda":
            self._torch.cuda.empty_cache()
        else:
            self._torch.accelerator.empty_cache()

    def is_out_of_memory(self, error: BaseException) -> bool:
        """torch's own class, or a library's RuntimeError that names a failed allocation (cuBLAS, cuDNN, MPS)."""
        if isinstance(error, self._torch.OutOfMemoryError):
            return True
        return isinstance(error, RuntimeError) and any(words in str(error) for words in FAILED_ALLOCATIONS)

    def _memory_bytes(self) -> tuple[int, int, int]:
        """(free, total, reserved by torch's allocator)."""
        if self._kind == "cuda":
            free, total = self._torch.cuda.mem_get_info(self._index)
            return free, total, self._torch.cuda.memory_reserved(self._index)
        if self._kind == "mps":  # unified memory: Metal's recommended working set is what there is
            total, reserved = self._torch.mps.recommended_max_memory(), self._torch.mps.driver_allocated_memory()
            return total - reserved, total, reserved
        free, total = self._torch.accelerator.get_memory_info(self._index)
        return free, total, self._torch.accelerator.memory_reserved(self._index)

    def _supports_bf16(self) -> bool:
        if self._kind == "cuda":
            return bool(self._torch.cuda.is_bf16_supported(including_emulation=False))
        return self._kind == "xpu"


def find_accelerator(name: str, torch: Any = None) -> AcceleratorDevice:
    """The accelerator called `name` ("auto" = the one this build of torch has; "cuda:1" = its second).

    Raises Unavailable when torch or the accelerator is missing, or it has no such index.
    """
    if torch is None:
        try:
            torch = importlib.import_module("torch")
        except ImportError as error:
            raise Unavailable(f"Device {name!r} needs torch.", remedy="Install torch, or use --device cpu.") from error
    current = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    kind, _, number = name.partition(":")
    if current is None or kind not in ("auto", current.type):
        has = f"has {current.type}" if current is not None else "has no accelerator that torch can use"
        raise Unavailable(f"Device {name!r} is not here: this machine {has}.", remedy="Set SEXTANT_DEVICE=auto or cpu.")
    index = int(number) if number.isdigit() else 0
    if (number and not number.isdigit()) or index >= torch.accelerator.device_count():
        raise Unavailable(f"Device {name!r} is not here: expected an index below {torch.accelerator.device_count()}.")
    return AcceleratorDevice(torch, current.type, index)
