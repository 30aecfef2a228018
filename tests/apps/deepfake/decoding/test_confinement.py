from __future__ import annotations

import json
import subprocess
import sys

import pytest

from apps.deepfake.decoding import confinement
from tests.checkout import ROOT

CODE = """
import json, os, resource, socket, subprocess, sys, threading
sys.path.insert(0, sys.argv[1])
from apps.deepfake.decoding.confinement import confine
tries = {
    "socket": socket.socket, "pair": socket.socketpair, "write": lambda: open(os.devnull, "w"), "fork": os.fork,
    "exec": lambda: os.execv(sys.executable, ["x"]), "start": lambda: subprocess.run([sys.executable]),
    "kill": lambda: os.kill(os.getpid(), 0), "unlink": lambda: os.unlink("/nowhere/x"),
    "rename": lambda: os.rename("/nowhere/x", "/nowhere/y"),
    "mkdir": lambda: os.mkdir("/nowhere/x"),
}
done = confine()
refused = []
for name, attempt in tries.items():
    try:
        attempt()
    except PermissionError:
        refused.append(name)
    except OSError:
        pass
try:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ValueError:
    refused.append("limits")
thread = threading.Thread(target=lambda: None)
thread.start(), thread.join()
resource.getrlimit(resource.RLIMIT_AS)
print(json.dumps([done, refused, sorted([*tries, "limits"]), len(open(__import__("os").__file__).read()) > 0]))
"""


def test_the_kernel_refuses_what_decoding_never_needs() -> None:
    """In machine code too: these calls do not pass Python's audit hook, which is not set here."""
    result = subprocess.run([sys.executable, "-I", "-c", CODE, str(ROOT)], capture_output=True, text=True, timeout=60, check=True)
    done, refused, tried, reads = json.loads(result.stdout)
    assert reads
    if done:  # a container may forbid filters, and macOS has none
        assert sorted(refused) == tried


@pytest.mark.parametrize("machine", sorted(confinement.CALLS))
def test_every_jump_of_the_filter_lands_within_it(machine: str) -> None:
    lines = list(confinement._program(confinement.CALLS[machine]))
    for at, (code, yes, no, _) in enumerate(lines):
        if code in (confinement.JUMP_IF_EQUAL, confinement.JUMP_IF_ANY_BIT, confinement.JUMP_IF_AT_LEAST):
            assert at + 1 + max(yes, no) < len(lines)
    assert lines[-1] == (confinement.RETURN, 0, 0, confinement.ALLOW)
