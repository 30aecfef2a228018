"""Load for an HTTP server: a few keep-alive connections that each wait for their answer before they ask again."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

__all__ = ["Load", "cpu_s", "press"]


@dataclass(frozen=True)
class Load:
    """What came of it. latencies_s: of every request; seconds: from the first to the last."""

    latencies_s: list[float]
    seconds: float


def press(url: str, body: bytes, *, clients: int, requests: int) -> Load:
    """`requests` POSTs of `body` to `url`. Raises RuntimeError for any answer but 200."""
    return asyncio.run(_press(url, body, clients, requests))


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and all that it started, as far as they live."""
    total = 0.0
    root = psutil.Process(pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


async def _press(url: str, body: bytes, clients: int, requests: int) -> Load:
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    message = head.encode() + body
    left = iter(range(requests))
    latencies_s: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for _ in left:
            began = time.perf_counter()
            writer.write(message)
            await _answer(reader)
            latencies_s.append(time.perf_counter() - began)
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(latencies_s, time.perf_counter() - started)


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1"))
    lower = head.lower()
    start = lower.find(b"content-length:")
    if start >= 0:
        await reader.readexactly(int(lower[start + 15 : lower.index(b"\r\n", start)]))
        return
    while size := int(await reader.readuntil(b"\r\n"), 16):  # Ray Serve answers in chunks
        await reader.readexactly(size + 2)
    await reader.readexactly(2)
