from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.serving import DType, Engine
from shared.serving.accelerator import RESERVE_BYTES, AcceleratorDevice, find_accelerator
from shared.serving.device import default_dtype
from tests.shared.serving.fakes import declare

GIB = 1 << 30


class StandIn:
    """As much of torch as the device asks for."""

    class OutOfMemoryError(RuntimeError):
        """torch.OutOfMemoryError."""

    def __init__(self, kind: str | None = "cuda", count: int = 2, *, bf16: bool = True) -> None:
        self.free, self.total, self.reserved = 10 * GIB, 16 * GIB, 4 * GIB
        self.cleared: list[str] = []
        self.current: list[int] = []
        self.cuda = SimpleNamespace(
            mem_get_info=lambda index: (self.free, self.total),
            memory_reserved=lambda index: self.reserved,
            empty_cache=lambda: self.cleared.append("cuda"),
            is_bf16_supported=lambda *, including_emulation: bf16 and not including_emulation,
        )
        self.mps = SimpleNamespace(recommended_max_memory=lambda: self.total, driver_allocated_memory=lambda: self.reserved)
        self.accelerator = SimpleNamespace(
            is_available=lambda: kind is not None,
            current_accelerator=lambda: SimpleNamespace(type=kind),
            device_count=lambda: count,
            set_device_index=self.current.append,
            get_memory_info=lambda index: (self.free, self.total),
            memory_reserved=lambda index: self.reserved,
            empty_cache=lambda: self.cleared.append("accelerator"),
        )


def test_the_ceiling_counts_the_allocators_cache_as_ours() -> None:
    torch = StandIn()
    device = AcceleratorDevice(torch, "cuda", 1)
    assert device.ceiling_bytes() == 14 * GIB - RESERVE_BYTES
    torch.free = 15 * GIB  # cannot exceed the whole
    assert device.ceiling_bytes() == 16 * GIB - RESERVE_BYTES
    torch.free = torch.reserved = 0
    assert device.ceiling_bytes() == 0


@pytest.mark.parametrize(("kind", "expected"), [("xpu", 14 * GIB), ("mps", 16 * GIB)])
def test_other_accelerators_have_a_ceiling_too(kind: str, expected: int) -> None:
    assert AcceleratorDevice(StandIn(kind), kind).ceiling_bytes() == expected - RESERVE_BYTES


@pytest.mark.parametrize(
    ("kind", "bf16", "dtype"),
    [("cuda", True, DType.BFLOAT16), ("cuda", False, DType.FLOAT16), ("xpu", False, DType.BFLOAT16), ("mps", True, DType.FLOAT16)],
)
def test_bfloat16_where_it_is_supported_else_float16(kind: str, bf16: bool, dtype: DType) -> None:
    assert default_dtype(AcceleratorDevice(StandIn(kind, bf16=bf16), kind)) is dtype


def test_what_counts_as_out_of_memory() -> None:
    torch = StandIn()
    device = AcceleratorDevice(torch, "cuda")
    assert device.is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert device.is_out_of_memory(RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"))
    assert not device.is_out_of_memory(RuntimeError("CUDA error: an illegal memory access was encountered"))
    assert not device.is_out_of_memory(ValueError("CUDA out of memory"))


def test_the_cache_and_the_threads_device_go_through_torch() -> None:
    cuda, xpu = StandIn(), StandIn("xpu")
    AcceleratorDevice(cuda, "cuda", 1).empty_cache()
    AcceleratorDevice(cuda, "cuda", 1).enter()
    AcceleratorDevice(xpu, "xpu").empty_cache()
    assert (cuda.cleared, cuda.current, xpu.cleared) == (["cuda"], [1], ["accelerator"])


def test_accelerators_by_name() -> None:
    assert find_accelerator("auto", StandIn()).name == "cuda:0"
    assert find_accelerator("cuda:1", StandIn()).name == "cuda:1"
    assert find_accelerator("mps", StandIn("mps", 1)).name == "mps:0"


@pytest.mark.parametrize(("name", "kind"), [("cuda", None), ("mps", "cuda"), ("cuda:2", "cuda"), ("cuda:x", "cuda")])
def test_an_accelerator_that_is_not_here_is_unavailable(name: str, kind: str | None) -> None:
    with pytest.raises(Unavailable, match=name):
        find_accelerator(name, StandIn(kind))


def test_without_torch_an_accelerator_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", absent)
    with pytest.raises(Unavailable, match="needs torch"):
        find_accelerator("cuda")


def test_an_engine_found_by_name_has_the_cpu_to_fall_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = StandIn()
    monkeypatch.setattr("shared.serving.engine.find_device", lambda name: AcceleratorDevice(torch, "cuda"))
    model, _ = declare(nbytes=20 * GIB)
    model_there, _ = declare("small")
    with Engine("cuda") as engine:
        fallback = engine._sites[1]
        fallback.ledger._read_ceiling = lambda: 64 * GIB
        item = engine.submit(model, 1)
        assert item.result() == 2
        there = engine.submit(model_there, 1)
        assert there.result() == 2
    assert item.used is not None
    assert there.used is not None
    assert (item.used.device, item.used.dtype) == ("cpu", "float32")
    assert (there.used.device, there.used.dtype) == ("cuda:0", "bfloat16")


@pytest.mark.gpu
def test_a_real_accelerator_runs_out_of_memory_and_recovers() -> None:
    import torch

    device = find_accelerator("auto", torch)
    assert device.ceiling_bytes() > 0

    def run(requests: Any, step: Any) -> list[int]:
        if len(requests) > 1:
            torch.empty(1 << 50, device=device.name)
        return [int(torch.tensor(request, device=device.name).item()) for request in requests]

    model, _ = declare(run=run, max_batch=4)
    with Engine(device) as engine:
        assert [item.result() for item in engine.submit_many(model, range(4))] == [0, 1, 2, 3]
