"""A thread that beats while something runs, and is not there while nothing does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

__all__ = ["Pulse"]

log = logging.getLogger("sextant.runs")


class Pulse:
    """Calls `beat` every `interval_s` from `wake` on, until `beat` answers False: nothing runs any more."""

    def __init__(self, beat: Callable[[], bool], *, interval_s: float) -> None:
        self._beat = beat
        self._interval_s = interval_s
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._awake = False
        self._stopped = threading.Event()

    def wake(self) -> None:
        """Something runs. The thread waits one interval before it beats, so that a burst of short runs shares one."""
        self._awake = True
        if self._thread is None:
            with self._lock:
                if self._thread is None and not self._stopped.is_set():
                    self._thread = threading.Thread(target=self._loop, name="sextant-pulse", daemon=True)
                    self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        with self._lock:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _loop(self) -> None:
        while not self._stopped.wait(self._interval_s):
            self._awake = False
            try:
                goes_on = self._beat()
            except Exception as error:  # what runs goes on; the next beat tries again
                log.warning("no heartbeat: %s", error)
                goes_on = True
            if goes_on:
                continue
            with self._lock:
                if not self._awake:  # else a run began since the beat looked
                    self._thread = None
                    return
        with self._lock:
            self._thread = None
