from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import EngineClosed
from shared.serving import Engine, default, default_engine
from shared.settings import settings
from tests.shared.serving.fakes import declare


@pytest.fixture(autouse=True)
def _own_default(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process's real default engine may serve other tests: put one in its place and close it."""
    monkeypatch.setattr(default, "_engine", None)
    monkeypatch.setenv("SEXTANT_DEVICE", "cpu")
    monkeypatch.setenv("SEXTANT_MEMORY_BUDGET_BYTES", "5000")
    settings.cache_clear()
    yield
    default_engine().close()


def test_there_is_one_made_from_the_settings() -> None:
    with ThreadPoolExecutor(4) as pool:
        engines = set(pool.map(lambda _: default_engine(), range(8)))
    assert engines == {default_engine()}
    assert (default_engine().device.name, default_engine().status().budget_bytes) == ("cpu", 5000)


def test_once_closed_by_hand_the_next_call_makes_another() -> None:
    first = default_engine()
    first.close()
    assert default_engine() is not first
    assert default_engine().run(declare()[0], 1) == 2


def test_in_a_forked_child_it_stays_dead() -> None:
    engine: Engine = default_engine()
    engine.die_in_fork()
    assert default_engine() is engine
    with pytest.raises(EngineClosed, match="spawn"):
        engine.run(declare()[0], 1)
    engine.forked = False
