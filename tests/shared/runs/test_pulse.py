from __future__ import annotations

import threading

from shared.runs.pulse import Pulse
from tests.shared.runs.conftest import ours, wait_until


def test_it_beats_until_nothing_runs_and_again_when_woken() -> None:
    answers = [True, True, False, False]
    beats: list[bool] = []

    def beat() -> bool:
        beats.append(answers[len(beats)])
        return beats[-1]

    pulse = Pulse(beat, interval_s=0.01)
    assert not ours(), "no thread before anything runs"
    pulse.wake()
    wait_until(lambda: len(beats) == 3)
    wait_until(lambda: not ours())
    pulse.wake()
    wait_until(lambda: len(beats) == 4)
    wait_until(lambda: not ours())
    pulse.stop()


def test_a_run_that_begins_while_it_is_about_to_end_is_not_forgotten() -> None:
    beats: list[int] = []

    def beat() -> bool:
        beats.append(1)
        if len(beats) == 1:
            pulse.wake()
        return False

    pulse = Pulse(beat, interval_s=0.01)
    pulse.wake()
    wait_until(lambda: len(beats) == 2)
    pulse.stop()


def test_a_failed_beat_is_tried_again() -> None:
    failed = threading.Event()

    def beat() -> bool:
        if not failed.is_set():
            failed.set()
            raise OSError("database gone")
        return False

    pulse = Pulse(beat, interval_s=0.01)
    pulse.wake()
    wait_until(lambda: failed.is_set() and not ours())
    pulse.stop()


def test_a_stopped_one_stays_stopped() -> None:
    pulse = Pulse(lambda: True, interval_s=0.01)
    pulse.wake()
    pulse.stop()
    pulse.wake()
    assert not ours()
