"""The child process with functions that do what a decoder must not, for the tests alone: they have the parent start this script instead."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
Result = tuple[dict[str, Any], dict[str, Any]]


def echo(data: bytes, **arguments: Any) -> Result:
    print("noise on the standard output")
    facts = {"bytes": len(data), "arguments": arguments, "environment": dict(os.environ), "path": sys.path, "folder": os.getcwd()}
    return facts, {"data": ("uint8", (len(data),), data), "none": ("float32", (0, 3), b"")}


def descriptors(data: bytes) -> Result:
    open_ones = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        open_ones.append(number)
    return {"open": open_ones}, {}


def allocate(data: bytes) -> Result:
    held = []
    while True:
        held.append(bytearray(64 << 20))


def sleep(data: bytes) -> Result:
    time.sleep(600)
    return {}, {}


def spin(data: bytes) -> Result:
    while True:
        pass


def abort(data: bytes) -> Result:
    os.abort()


def leave(data: bytes) -> Result:
    os._exit(0)


def fail(data: bytes) -> Result:
    raise RuntimeError("a reader's own fault")


def connect(data: bytes) -> Result:
    with suppress(Exception):  # a library that swallows what it meets
        socket.create_connection(("127.0.0.1", 9), timeout=5)
    return {}, {}


def look_up(data: bytes) -> Result:
    socket.getaddrinfo("example.org", 80)
    return {}, {}


def write(data: bytes, path: str = "") -> Result:
    Path(path).write_bytes(b"taken over")
    return {}, {}


def write_low(data: bytes, path: str = "") -> Result:
    os.open(path, os.O_CREAT | os.O_WRONLY)
    return {}, {}


def remove(data: bytes, path: str = "") -> Result:
    Path(path).unlink()
    return {}, {}


def start(data: bytes) -> Result:
    subprocess.run(["/bin/true"])
    return {}, {}


def fork(data: bytes) -> Result:
    os.fork()
    return {}, {}


def load_machine_code(data: bytes) -> Result:
    import ctypes

    ctypes.CDLL(None)
    return {}, {}


def huge_array(data: bytes) -> Result:
    return {}, {"pixels": ("uint8", (40_000, 40_000, 3), b"")}


def negative_array(data: bytes) -> Result:
    return {}, {"pixels": ("uint8", (-1, 5), b"")}


def object_array(data: bytes) -> Result:
    return {}, {"pixels": ("object", (1,), b"12345678")}


def short_array(data: bytes) -> Result:
    return {}, {"pixels": ("uint8", (100,), b"1234")}


def many_arrays(data: bytes) -> Result:
    return {}, {str(number): ("uint8", (0,), b"") for number in range(100)}


def huge_facts(data: bytes) -> Result:
    return {"text": "x" * (5 << 20)}, {}


def not_numbers(data: bytes) -> Result:
    return {"number": float("nan")}, {}


def untrue_picture(data: bytes) -> Result:
    return {"format": "PNG", "width": 3, "script": "<script>"}, {"pixels": ("uint8", (1, 1, 3), b"123")}


def nested(data: bytes) -> Result:
    os.write(3, b"\x40\x0d\x03\0\0\0\0\0" + b"[" * 200_000)  # 3: where the answer goes
    os._exit(0)


def every(data: bytes, sizes: list[int], function: str, max_seconds: float = 1800.0) -> Result:
    """What a function says of many files one after another: [{facts} or {error, message}]."""
    module_name, name = child.FUNCTIONS[function]
    module = importlib.import_module(module_name)
    if function == "sound":
        module.MAX_SECONDS = max_seconds
    outcomes, at = [], 0
    for size in sizes:
        if function == "image":
            module.ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            facts, arrays = getattr(module, name)(data[at : at + size])
            _, shape, buffer = next(iter(arrays.values()))
            json.dumps(facts, allow_nan=False)
            outcomes.append({"facts": facts, "shape": shape, "bytes": memoryview(buffer).nbytes})
        except MemoryError:
            outcomes.append({"error": "MemoryError", "message": ""})
        except Exception as error:
            outcomes.append({"error": type(error).__name__, "message": str(error)})
        at += size
    return {"outcomes": outcomes}, {}


specification = importlib.util.spec_from_file_location("child", ROOT / "apps/deepfake/decoding/child.py")
assert specification is not None and specification.loader is not None
child = importlib.util.module_from_spec(specification)
specification.loader.exec_module(child)
OWN = {
    name: ("__main__", name)
    for name, value in list(globals().items())
    if getattr(value, "__module__", "") == "__main__" and callable(value)
}

if __name__ == "__main__":
    child.FUNCTIONS.update(OWN)
    child.main()
