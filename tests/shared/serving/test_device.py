from __future__ import annotations

import sys
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.serving import CpuDevice, DType, FakeDevice
from shared.serving.device import available_cores, default_dtype, find_device


def test_the_cpu_leaves_memory_for_the_rest_of_the_machine() -> None:
    assert 0 < CpuDevice().ceiling_bytes() < 1 << 50
    assert CpuDevice().slots == 2
    assert CpuDevice().threads == available_cores() >= 1


def test_a_containers_limit_is_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pathlib.Path.read_text", lambda self: str(10 << 30))
    assert CpuDevice().ceiling_bytes() <= 8 << 30


def test_dtypes_by_device() -> None:
    assert default_dtype(CpuDevice()) is DType.FLOAT32
    assert default_dtype(FakeDevice(1)) is DType.FLOAT32


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("DefaultCPUAllocator"), False),
    ],
)
def test_what_counts_as_out_of_memory_on_the_cpu(error: BaseException, expected: bool) -> None:
    assert CpuDevice().is_out_of_memory(error) is expected


def test_a_half_imported_torch_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace())  # type: ignore[arg-type]
    CpuDevice().enter()


def test_intra_op_threads_are_set_only_where_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    count = [8]

    def set_num_threads(number: int) -> None:
        calls.append(number)
        count[0] = number

    torch: Any = SimpleNamespace(get_num_threads=lambda: count[0], set_num_threads=set_num_threads)
    monkeypatch.setitem(sys.modules, "torch", torch)
    device = CpuDevice(threads=2)
    device.enter()
    device.enter()
    assert calls == [2]


def test_auto_without_an_accelerator_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "2.13.0+cpu")
    assert find_device("auto").name == "cpu"

    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    assert find_device("auto").name == "cpu"


def test_auto_falls_back_when_the_build_has_an_accelerator_but_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> Any:
        raise Unavailable("none")

    monkeypatch.setattr(metadata, "version", lambda name: "2.13.0")
    monkeypatch.setattr("shared.serving.accelerator.find_accelerator", none)
    assert find_device("auto").name == "cpu"
    with pytest.raises(Unavailable):
        find_device("cuda")
