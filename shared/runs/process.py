"""Who runs a run: this process, told apart from every other, and whether another one still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import cache

import psutil

__all__ = ["SILENT_LIMIT_S", "Process", "this_host", "this_process"]

SILENT_LIMIT_S = 60.0  # twelve heartbeats
_INITIAL_PID_NAMESPACE = "pid:[4026531836]"  # PROC_PID_INIT_INO, Linux's include/linux/proc_ns.h
_SAME_START_S = 1.5  # psutil's start time is boot time + ticks, and processes round the boot time differently


@dataclass(frozen=True)
class Process:
    """A process: the same pid with another start time is another process. started_at: seconds since 1970."""

    host: str
    pid: int
    started_at: float

    def ended(self, silent_s: float) -> bool:
        """Whether it is dead, given how long ago its last heartbeat was.

        On this host a process without a pid is dead, and so is a zombie: it ran its last instruction, though it keeps pid
        and start time until its parent looks. Another host's process is judged by its heartbeat. So is a pid whose start time
        differs: mostly another process took it, but setting the clock moves start times too.
        """
        if self.host != this_host():
            return silent_s > SILENT_LIMIT_S
        try:
            now = psutil.Process(self.pid)
            if now.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
                return True
            same = abs(now.create_time() - self.started_at) <= _SAME_START_S
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            same = False
        return not same and silent_s > SILENT_LIMIT_S


def this_process() -> Process:
    """The process that asks, also after a fork."""
    return _process(os.getpid())


@cache
def this_host() -> str:
    """Where a pid means something: the host's name and, in a container, its pid namespace.

    Two containers may share a host name and a database, and a pid of one says nothing in the other.
    """
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:  # no Linux
        namespace = _INITIAL_PID_NAMESPACE
    name = socket.gethostname()
    return name if namespace == _INITIAL_PID_NAMESPACE else f"{name}/{namespace}"


@cache
def _process(pid: int) -> Process:
    return Process(this_host(), pid, psutil.Process(pid).create_time())
