from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from shared.api.pool import Pool
from shared.errors import EngineClosed, Overloaded
from tests.shared.api.conftest import ours, wait_until


def test_calls_run_side_by_side_up_to_the_limit() -> None:
    together = threading.Barrier(3)
    pool = Pool(3, 10)

    async def main() -> list[Any]:
        return await asyncio.gather(*(pool.submit(lambda: together.wait(5)) for _ in range(9)))

    assert sorted(asyncio.run(main())) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [thread.name for thread in threading.enumerate()].count("sextant-http") == 3
    pool.close(5)
    assert ours() == set()


def test_an_error_is_the_callers() -> None:
    pool = Pool(1, 10)

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            await pool.submit(lambda: 1 // 0)
        assert await pool.submit(lambda: 1) == 1

    asyncio.run(main())
    pool.close(5)


def test_a_call_that_nobody_waits_for_is_dropped() -> None:
    began: list[int] = []
    gate = threading.Event()
    pool = Pool(1, 10)

    async def main() -> None:
        first = pool.submit(gate.wait)
        second = pool.submit(lambda: began.append(2))
        second.cancel()
        gate.set()
        await first
        await pool.submit(lambda: began.append(3))

    asyncio.run(main())
    assert began == [3]
    pool.close(5)


def test_too_many_are_refused_and_a_close_fails_what_waits() -> None:
    gate = threading.Event()
    pool = Pool(1, 2)

    async def main() -> None:
        busy = pool.submit(gate.wait)
        while pool._waiting:
            await asyncio.sleep(0.001)
        waiting = [pool.submit(lambda: None) for _ in range(2)]
        with pytest.raises(Overloaded) as caught:
            pool.submit(lambda: None)
        assert caught.value.retry_after_s > 0
        await asyncio.to_thread(pool.close, 0.05)
        for call in waiting:
            with pytest.raises(EngineClosed):
                await call
        with pytest.raises(EngineClosed):
            pool.submit(lambda: None)
        gate.set()
        assert await busy is True

    asyncio.run(main())
    wait_until(lambda: ours() == set())


def test_a_loop_that_is_gone_is_told_nothing() -> None:
    pool = Pool(1, 2)

    async def main() -> None:
        pool.submit(lambda: time.sleep(0.1))

    asyncio.run(main())
    pool.close(5)


def test_many_calls_are_all_answered() -> None:
    pool = Pool(4, 10_000)

    async def main() -> list[int]:
        return await asyncio.gather(*(pool.submit(lambda n=n: n) for n in range(2_000)))  # type: ignore[misc]

    assert asyncio.run(main()) == list(range(2_000))
    pool.close(5)


def test_idle_threads_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.api.pool._IDLE_S", 0.05)
    pool = Pool(4, 10)

    async def main() -> None:
        for _ in range(3):
            assert await pool.submit(lambda: 1) == 1
            await asyncio.to_thread(wait_until, lambda: ours() == set())

    asyncio.run(main())
    pool.close(1)
