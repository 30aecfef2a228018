"""The kernel's own refusals for this process, where it is Linux on x86-64 or ARM64: a seccomp filter (`man 2 seccomp`).

Refused with EPERM: sockets, other programs and processes, opening a file for writing, changing names, rights and limits.
Python's audit hook sees Python alone; a decoder taken over by a file runs machine code, and that meets this filter.
Elsewhere, and in a container that forbids filters, nothing happens: the other limits hold.
"""

from __future__ import annotations

import ctypes  # here, for numpy too: importing it loads a library, which the audit hook refuses later on
import errno
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["confine"]

NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER_MODE = 38, 22, 2  # include/uapi/linux/prctl.h, seccomp.h
LOAD_WORD, JUMP_IF_EQUAL, JUMP_IF_ANY_BIT, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06  # bpf_common.h
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16  # struct seccomp_data
X32 = 0x40000000
CLONE_THREAD = 0x00010000
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
EVERYWHERE = (424, 425, 426, 427, 428, 429, 430, 432, 438, 452)
"""pidfd_send_signal, io_uring (3), open_tree, move_mount, fsopen, fsmount, pidfd_getfd, fchmodat2."""
ABSENT = (435, 437)  # clone3, openat2: told absent (ENOSYS), the C library takes clone and openat, whose arguments a filter can read


@dataclass(frozen=True)
class Calls:
    """System call numbers of one architecture. refused: whatever their arguments; by_bits: (number, argument, bits of which none may be
    set); clone: refused but for a thread."""

    audit: int
    refused: tuple[int, ...]
    by_bits: tuple[tuple[int, int, int], ...]
    clone: int


# arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h, in groups: the network; programs, processes and
# signals; names and rights of files; the system.
CALLS = {
    "x86_64": Calls(
        audit=0xC000003E,
        refused=(
            *(41, 42, 43, 44, 46, 49, 50, 53, 288, 307),
            *(57, 58, 59, 322, 101, 310, 311, 62, 200, 234),
            *(76, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 133, 258, 259, 260, 263, 264, 265, 266, 268, 316),
            *(160, 165, 166, 248, 249, 250, 272, 298, 308, 321, 323),
        ),
        by_bits=((2, 1, WRITING), (257, 2, WRITING), (302, 2, 0xFFFFFFFF)),
        clone=56,
    ),
    "aarch64": Calls(
        audit=0xC00000B7,
        refused=(
            *(198, 199, 200, 201, 202, 203, 206, 211, 242, 269),
            *(221, 281, 117, 270, 271, 129, 130, 131),
            *(33, 34, 35, 36, 37, 38, 45, 52, 53, 54, 55, 276),
            *(39, 40, 97, 164, 217, 218, 219, 241, 268, 280, 282),
        ),
        by_bits=((56, 2, WRITING), (261, 2, 0xFFFFFFFF)),
        clone=220,
    ),
}


def confine() -> bool:
    """Refuse from now on; whether the kernel agreed."""
    calls = CALLS.get(os.uname().machine)
    if sys.platform != "linux" or calls is None or sys.maxsize < 1 << 32:
        return False

    class Instruction(ctypes.Structure):
        _fields_ = [("code", ctypes.c_ushort), ("when", ctypes.c_ubyte), ("otherwise", ctypes.c_ubyte), ("value", ctypes.c_uint32)]

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("first", ctypes.POINTER(Instruction))]

    lines = [Instruction(*line) for line in _program(calls)]
    program = Program(len(lines), (Instruction * len(lines))(*lines))
    prctl: Any = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(SET_SECCOMP, FILTER_MODE, ctypes.addressof(program), 0, 0) == 0)


def _program(calls: Calls) -> Iterator[tuple[int, int, int, int]]:
    """(code, lines to skip if true, if false, value) of each instruction."""
    refuse, absent = (RETURN, 0, 0, ERRNO | errno.EPERM), (RETURN, 0, 0, ERRNO | errno.ENOSYS)
    yield LOAD_WORD, 0, 0, ARCHITECTURE_AT
    yield JUMP_IF_EQUAL, 1, 0, calls.audit
    yield refuse
    yield LOAD_WORD, 0, 0, NUMBER_AT
    yield JUMP_IF_AT_LEAST, 0, 1, X32
    yield refuse
    for number in (*calls.refused, *EVERYWHERE):
        yield JUMP_IF_EQUAL, 0, 1, number
        yield refuse
    for number in ABSENT:
        yield JUMP_IF_EQUAL, 0, 1, number
        yield absent
    for number, argument, bits in calls.by_bits:
        yield JUMP_IF_EQUAL, 0, 4, number
        yield LOAD_WORD, 0, 0, ARGUMENTS_AT + 8 * argument
        yield JUMP_IF_ANY_BIT, 0, 1, bits
        yield refuse
        yield RETURN, 0, 0, ALLOW
    yield JUMP_IF_EQUAL, 0, 3, calls.clone
    yield LOAD_WORD, 0, 0, ARGUMENTS_AT
    yield JUMP_IF_ANY_BIT, 1, 0, CLONE_THREAD
    yield refuse
    yield RETURN, 0, 0, ALLOW
