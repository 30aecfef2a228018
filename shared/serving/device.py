"""Where models run: the `Device` protocol, the CPU, and the choice of a device by name.

Nothing here imports torch: models that need none (numpy, onnxruntime, an endpoint) run without it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from shared.errors import Unavailable
from shared.serving.model import DType

__all__ = ["CpuDevice", "Device", "available_cores", "default_dtype", "find_device"]

GIB = 1 << 30
CPU_SLOTS = 2  # one slot gives bulk work 42 % more FLOP/s but costs a 1 ms model beside it its latency (p99 18.5 against 5.2 ms)


class Device(Protocol):
    """One device. `name` is torch's own for it ("cpu", "cuda:1"); `slots`: batches that may run on it at a time."""

    @property
    def name(self) -> str: ...

    @property
    def slots(self) -> int: ...

    @property
    def dtypes(self) -> Sequence[DType]:
        """Supported number formats, the preferred one first."""

    def ceiling_bytes(self) -> int:
        """Bytes that models may hold together, what they hold now included; read anew at each call."""

    def enter(self) -> None:
        """Prepare the calling thread for a run."""

    def empty_cache(self) -> None:
        """Give the allocator's unused bytes back."""

    def is_out_of_memory(self, error: BaseException) -> bool:
        """Whether `error` says that an allocation on it failed."""


def default_dtype(device: Device) -> DType:
    """bfloat16 where the device supports it, else float16 on accelerators, float32 on the CPU."""
    return device.dtypes[0]


def available_cores() -> int:
    """Cores this process may run on: less than the machine has in a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class CpuDevice:
    """The CPU. Its ceiling is physical memory (or the container's limit) less a fifth, at least 1 GiB, for the rest.

    threads: intra-op threads of each run, by default all cores: two slots then oversubscribe, which costs little as
    long as idle OpenMP threads sleep instead of spinning (131 against 69 runs/s when saturated).
    """

    name = "cpu"
    dtypes = (DType.FLOAT32,)

    def __init__(self, slots: int = CPU_SLOTS, threads: int | None = None) -> None:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read by OpenMP when torch is imported, which is later
        self.slots = slots
        self.threads = threads or available_cores()

    def ceiling_bytes(self) -> int:
        total = _total_memory_bytes()
        return total - max(GIB, total // 5)

    def enter(self) -> None:
        """Intra-op threads are a setting of each thread in torch; only a process that uses torch has it."""
        torch = sys.modules.get("torch")
        if torch is None:
            return
        get_num_threads = getattr(torch, "get_num_threads", None)  # absent while torch is half imported
        if get_num_threads is not None and get_num_threads() != self.threads:
            torch.set_num_threads(self.threads)

    def empty_cache(self) -> None:
        """The CPU's allocator keeps none."""

    def is_out_of_memory(self, error: BaseException) -> bool:
        """numpy raises MemoryError; torch a RuntimeError that names its CPU allocator."""
        return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error))


def find_device(name: str) -> Device:
    """The device called `name`: auto, cpu, cuda, cuda:1, mps, xpu.

    Raises Unavailable when this machine has none of that name.
    """
    if name == "cpu":
        return CpuDevice()
    if name == "auto" and not _torch_may_have_accelerator():
        return CpuDevice()
    from shared.serving.accelerator import find_accelerator

    try:
        return find_accelerator(name)
    except Unavailable:
        if name == "auto":
            return CpuDevice()
        raise


def _torch_may_have_accelerator() -> bool:
    """False if torch is absent or a CPU build, told by its version: importing it to ask takes 2 s."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return not version("torch").endswith("+cpu")
    except PackageNotFoundError:
        return False


def _total_memory_bytes() -> int:
    """Physical memory or, if lower, the container's limit (cgroup v2, then v1)."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8 * GIB
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text()))
        except (OSError, ValueError):  # absent, or "max"
            continue
    return total
