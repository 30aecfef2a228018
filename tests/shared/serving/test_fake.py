from __future__ import annotations

import pytest

from shared.serving import FakeDevice
from shared.serving.fake import FakeOutOfMemory


def test_it_counts_what_is_allocated_and_refuses_the_rest() -> None:
    device = FakeDevice(100)
    blocks = [device.allocate(60), device.allocate(40)]
    with pytest.raises(FakeOutOfMemory, match="100 reserved"):
        device.allocate(1)
    for block in blocks:
        device.free(block)
    assert (device.allocated_bytes, device.reserved_bytes, device.peak_bytes, device.refusals) == (0, 100, 100, 1)


def test_freed_bytes_stay_cached_in_pieces_until_the_cache_is_emptied() -> None:
    device = FakeDevice(100)
    device.free(device.allocate(60))
    small = device.allocate(20)
    assert device.reserved_bytes == 60
    with pytest.raises(FakeOutOfMemory):
        device.allocate(50)  # 40 cached, 40 never reserved, 20 taken: not in one piece
    device.empty_cache()
    device.allocate(80)
    device.free(small)
    assert device.peak_bytes == 100


def test_its_ceiling_is_that_of_an_accelerator() -> None:
    device = FakeDevice(100, reserve_bytes=10)
    device.allocate(30)
    assert device.ceiling_bytes() == 90
    device.foreign_bytes = 50
    assert device.ceiling_bytes() == 40


def test_injected_failures_follow_the_seed() -> None:
    def outcomes(seed: int) -> list[bool]:
        device = FakeDevice(1000, oom_probability=0.5, seed=seed)
        found = []
        for _ in range(20):
            try:
                device.allocate(1)
            except FakeOutOfMemory:
                found.append(False)
            else:
                found.append(True)
        return found

    assert FakeDevice(1).is_out_of_memory(FakeOutOfMemory())
    assert outcomes(1) == outcomes(1) != outcomes(2)
    assert 0 < sum(outcomes(1)) < 20
