"""A device for tests: it counts its own bytes, caches what is freed as torch does, and raises out of memory itself."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

from shared.serving.model import DType

__all__ = ["Block", "FakeDevice", "FakeOutOfMemory"]


class FakeOutOfMemory(RuntimeError):
    """An allocation that the fake device refused."""


@dataclass(eq=False)
class Block:
    """Bytes held on the device."""

    size_bytes: int


class FakeDevice:
    """`total_bytes` of memory behind a caching allocator.

    Models call `allocate` and `free`. Freed blocks stay reserved until `empty_cache`, or until a request that one of
    them is large enough for. oom_probability: the chance that an allocation fails for no reason, drawn from
    `seed`. foreign_bytes: held by somebody else. peak_bytes: most bytes ever allocated at a time, by its own count.
    """

    name = "fake:0"
    dtypes = (DType.FLOAT32,)

    def __init__(self, total_bytes: int, *, slots: int = 1, reserve_bytes: int = 0, oom_probability: float = 0.0, seed: int = 0) -> None:
        self.total_bytes = total_bytes
        self.slots = slots
        self.reserve_bytes = reserve_bytes
        self.oom_probability = oom_probability
        self.foreign_bytes = 0
        self.allocated_bytes = 0
        self.peak_bytes = 0
        self.peak_reserved_bytes = 0
        self.refusals = 0
        self.cache_clears = 0
        self._cache: list[Block] = []
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    @property
    def reserved_bytes(self) -> int:
        """Allocated bytes and those cached."""
        return self.allocated_bytes + sum(block.size_bytes for block in self._cache)

    def allocate(self, size_bytes: int) -> Block:
        """Raises FakeOutOfMemory when it does not fit beside what is reserved, or by chance."""
        with self._lock:
            if self._random.random() < self.oom_probability:
                self.refusals += 1
                raise FakeOutOfMemory(f"fake: out of memory by chance, {size_bytes:,} bytes")
            block = self._reuse(size_bytes) or self._reserve(size_bytes)
            self.allocated_bytes += block.size_bytes
            self.peak_bytes = max(self.peak_bytes, self.allocated_bytes)
            self.peak_reserved_bytes = max(self.peak_reserved_bytes, self.reserved_bytes)
            return block

    def free(self, block: Block) -> None:
        with self._lock:
            self.allocated_bytes -= block.size_bytes
            self._cache.append(block)

    def ceiling_bytes(self) -> int:
        with self._lock:
            free = self.total_bytes - self.foreign_bytes - self.reserved_bytes
            return max(0, min(self.total_bytes, free + self.reserved_bytes) - self.reserve_bytes)

    def enter(self) -> None:
        """Threads need no preparation."""

    def empty_cache(self) -> None:
        with self._lock:
            self._cache.clear()
            self.cache_clears += 1

    def is_out_of_memory(self, error: BaseException) -> bool:
        return isinstance(error, FakeOutOfMemory)

    def _reuse(self, size_bytes: int) -> Block | None:
        """The smallest cached block that is large enough, split; pieces never join again: that is fragmentation."""
        fitting = [block for block in self._cache if block.size_bytes >= size_bytes]
        if not fitting:
            return None
        best = min(fitting, key=lambda block: block.size_bytes)
        self._cache.remove(best)
        if best.size_bytes > size_bytes:
            self._cache.append(Block(best.size_bytes - size_bytes))
        return Block(size_bytes)

    def _reserve(self, size_bytes: int) -> Block:
        if self.reserved_bytes + self.foreign_bytes + size_bytes > self.total_bytes:
            self.refusals += 1
            raise FakeOutOfMemory(f"fake: out of memory, {size_bytes:,} bytes asked, {self.reserved_bytes:,} reserved")
        return Block(size_bytes)
