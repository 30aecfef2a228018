"""Every test of the engine leaves no thread behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from shared.serving import Engine, FakeDevice
from shared.serving.item import RUNNING


@pytest.fixture(autouse=True)
def _no_threads_left() -> Iterator[None]:
    before, running = set(threading.enumerate()), set(RUNNING)
    yield
    left = [thread for thread in set(threading.enumerate()) - before if thread.is_alive()]
    assert not left
    assert running >= RUNNING  # the process's own engine may have idle lanes from other tests


@pytest.fixture
def device() -> FakeDevice:
    return FakeDevice(1000)


@pytest.fixture
def engine(device: FakeDevice) -> Iterator[Engine]:
    """An engine on a fake device of 1,000 bytes; afterwards nothing of it is in use, by the device's own count."""
    with Engine(device) as engine:
        yield engine
    assert device.allocated_bytes == 0
