from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import EngineClosed, OutOfMemory
from shared.serving.entry import Entry, Grant, State
from shared.serving.fake import Block, FakeDevice
from shared.serving.ledger import Ledger


def admit(ledger: Ledger, entry: Entry, working: int = 0, slots: int = 1) -> Grant:
    """What a lane does to be admitted, with models that are nothing but bytes."""
    grant = ledger.admit(entry, working, slots)
    while grant.victims:
        ledger.settle(grant)
    if grant.must_load:
        ledger.loaded(entry, object())  # type: ignore[arg-type]
    return grant


def resident(ledger: Ledger, name: str, nbytes: int) -> Entry:
    entry = ledger.entry(name, nbytes)
    admit(ledger, entry)
    ledger.release(entry, 0, 1)
    return entry


def states(*entries: Entry) -> list[State]:
    return [entry.state for entry in entries]


def test_the_least_recently_used_idle_model_goes() -> None:
    ledger = Ledger(lambda: 100, slots=1)
    a, b, c = (resident(ledger, name, 30) for name in "abc")
    assert ledger.try_pin(a, 0, 1)
    ledger.release(a, 0, 1)
    d = ledger.entry("d", 40)
    grant = ledger.admit(d, 0, 1)
    assert grant.victims == [b]
    assert ledger.used == 100
    assert ledger.settle(grant) == []
    ledger.loaded(d, object())  # type: ignore[arg-type]
    assert states(a, b, c, d) == [State.RESIDENT, State.ABSENT, State.RESIDENT, State.RESIDENT]


def test_a_pinned_model_is_never_evicted() -> None:
    ledger = Ledger(lambda: 100, slots=2)
    a = ledger.entry("a", 60)
    admit(ledger, a)
    assert ledger.take_idle() is None
    b = ledger.entry("b", 60)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(admit, ledger, b)
        time.sleep(0.02)
        assert not waiting.done()
        ledger.release(a, 0, 1)
        waiting.result(timeout=5)
    assert states(a, b) == [State.ABSENT, State.RESIDENT]


def test_more_than_the_device_has_is_refused_at_once() -> None:
    ledger = Ledger(lambda: 100, slots=1)
    with pytest.raises(OutOfMemory, match=r"'a' needs 110 bytes here; the device has 100"):
        ledger.admit(ledger.entry("a", 60), 50, 1)


def test_a_victims_bytes_beyond_the_need_stay_counted_until_it_is_closed() -> None:
    ledger = Ledger(lambda: 100, slots=2)
    resident(ledger, "big", 90)
    first = ledger.admit(ledger.entry("first", 20), 0, 1)
    assert ledger.used == 90
    ledger.settle(first)
    assert ledger.used == 20


def test_a_ceiling_that_fell_evicts_further_models() -> None:
    ceiling = [100]
    ledger = Ledger(lambda: ceiling[0], slots=1)
    a, b, _ = (resident(ledger, name, 30) for name in "abc")
    grant = ledger.admit(ledger.entry("d", 40), 0, 1)
    assert grant.victims == [a]
    ceiling[0] = 80
    assert ledger.settle(grant) == [b]
    assert ledger.settle(grant) == []
    assert ledger.used == 70


def test_a_resident_model_passes_a_waiter_if_that_ones_bytes_stay_whole() -> None:
    ledger = Ledger(lambda: 100, slots=4)
    busy, other = ledger.entry("busy", 40), resident(ledger, "other", 10)
    admit(ledger, busy)
    admit(ledger, other)
    with ThreadPoolExecutor(1) as pool:
        big = pool.submit(admit, ledger, ledger.entry("big", 80))
        while not ledger._waiters:
            time.sleep(0.001)
        assert not ledger.try_pin(other, 0, 1)  # the inline path never overtakes
        overtaking = ledger.admit(other, 5, 1)
        assert overtaking.error is None
        ledger.release(other, 5, 1)
        ledger.release(busy, 0, 1)
        big.result(timeout=5)


def test_the_first_waiters_victims_take_no_new_work() -> None:
    ledger = Ledger(lambda: 100, slots=4)
    busy = ledger.entry("busy", 60)
    admit(ledger, busy)
    with ThreadPoolExecutor(2) as pool:
        big = pool.submit(admit, ledger, ledger.entry("big", 80))
        while not ledger._waiters:
            time.sleep(0.001)
        again = pool.submit(admit, ledger, busy)
        time.sleep(0.02)
        assert not again.done()
        ledger.release(busy, 0, 1)
        ledger.release(big.result(timeout=5).entry, 0, 1)
        again.result(timeout=5)


def test_slots_are_given_in_order_of_arrival() -> None:
    ledger = Ledger(lambda: 100, slots=1)
    entries = [resident(ledger, str(n), 1) for n in range(4)]
    admit(ledger, entries[0])
    order: list[int] = []
    threads: list[threading.Thread] = []

    def take(number: int) -> None:
        admit(ledger, entries[number])
        order.append(number)
        ledger.release(entries[number], 0, 1)

    for number in (3, 1, 2):
        threads.append(threading.Thread(target=take, args=(number,)))
        threads[-1].start()
        while len(ledger._waiters) < len(threads):
            time.sleep(0.001)
    ledger.release(entries[0], 0, 1)
    for thread in threads:
        thread.join()
    assert order == [3, 1, 2]


def test_a_load_that_failed_gives_its_bytes_back() -> None:
    ledger = Ledger(lambda: 100, slots=1)
    a = ledger.entry("a", 60)
    ledger.admit(a, 10, 1)
    ledger.loaded(a, None)
    ledger.release(a, 10, 1)
    assert (ledger.used, a.state, a.pins) == (0, State.ABSENT, 0)


def test_a_model_unloaded_while_it_runs_goes_when_it_is_done() -> None:
    ledger = Ledger(lambda: 100, slots=1)
    a = ledger.entry("a", 60)
    admit(ledger, a)
    assert ledger.take_idle(only=a) is None
    assert ledger.release(a, 0, 1) is a
    ledger.closed(a)
    assert (ledger.used, a.state) == (0, State.ABSENT)
    assert admit(ledger, a).error is None


def test_closing_wakes_who_waits() -> None:
    ledger = Ledger(lambda: 100, slots=1)
    admit(ledger, ledger.entry("a", 60))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ledger.admit, ledger.entry("b", 60), 0, 1)
        time.sleep(0.01)
        ledger.close()
        with pytest.raises(EngineClosed):
            waiting.result(timeout=5)


@settings(max_examples=30, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 60), min_size=2, max_size=8),
    slots=st.integers(1, 3),
    threads=st.integers(1, 4),
    seed=st.integers(0, 10**6),
    forget=st.booleans(),
)
def test_never_over_budget_pins_stay_and_bytes_return(sizes: list[int], slots: int, threads: int, seed: int, forget: bool) -> None:
    """Real threads on a device that counts for itself; one model a thread at a time, as lanes do it."""
    device = FakeDevice(100)
    ledger = Ledger(device.ceiling_bytes, slots)
    entries = [ledger.entry(str(n), size) for n, size in enumerate(sizes)]
    lanes = [threading.Lock() for _ in sizes]
    weights: dict[Entry, Block] = {}

    def close(entry: Entry) -> None:
        device.free(weights.pop(entry))
        device.empty_cache()

    def work(number: int) -> None:
        chance = random.Random(seed + number)
        for _ in range(12):
            index = chance.randrange(len(entries))
            entry, working = entries[index], chance.randrange(40)
            with lanes[index]:
                grant = ledger.admit(entry, working, 1)
                victims = grant.victims
                while victims:
                    for victim in victims:
                        close(victim)
                    victims = ledger.settle(grant)
                if grant.must_load:
                    weights[entry] = device.allocate(entry.nbytes)
                    ledger.loaded(entry, object())  # type: ignore[arg-type]
                block = device.allocate(working)
                assert entry in weights
                device.free(block)
                device.empty_cache()
                doomed = ledger.release(entry, working, 1)
                if doomed is not None:
                    close(doomed)
                    ledger.closed(doomed)
            if forget and (idle := ledger.take_idle()) is not None:
                close(idle)
                ledger.closed(idle)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, number) for number in range(threads)]:
            done.result(timeout=20)
    assert device.refusals == 0
    assert max(device.peak_bytes, ledger.peak) <= 100
    assert ledger.used == device.allocated_bytes == sum(entry.nbytes for entry in weights)
    while (idle := ledger.take_idle()) is not None:
        close(idle)
        ledger.closed(idle)
    assert ledger.used == device.allocated_bytes == 0
