"""One public file of the Hugging Face hub, straight into a file of ours; a closed network costs seconds."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import quote

from shared.errors import Unavailable

if TYPE_CHECKING:
    import httpx2

__all__ = ["fetch", "offline", "url"]

Progress = Callable[[float, float], None]

CONNECT_S = 5.0
ANSWER_S = 10.0
"""From asking to the first byte, through its redirections. A limit of its own: no timeout of a client bounds the look-up of a name."""
READ_S = 30.0


def offline() -> bool:
    """Whether HF_HUB_OFFLINE forbids asking."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")


def url(location: str, file: str) -> str:
    """Of a file of the repository `location`, at HF_ENDPOINT if that is set."""
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"
    return f"{endpoint}/{location}/resolve/main/{quote(file)}"


def fetch(address: str, partial: Path, size_bytes: int, progress: Progress) -> None:
    """Complete `partial` to `size_bytes`, going on at its last byte. Raises Unavailable and keeps what arrived."""
    import httpx2

    have = partial.stat().st_size if partial.exists() else 0
    if have == size_bytes:
        return
    have = have if have < size_bytes else 0
    token = os.environ.get("HF_TOKEN", "")
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    with httpx2.Client(timeout=httpx2.Timeout(READ_S, connect=CONNECT_S), follow_redirects=True) as client:
        try:
            answer = _ask(client, address, headers)
            with closing(answer), partial.open("ab") as file:
                have = have if answer.status_code == 206 else 0
                _refuse(answer, size_bytes - have)
                file.truncate(have)
                progress(have, size_bytes)
                for chunk in answer.iter_bytes():
                    file.write(chunk[: size_bytes - have])
                    have = min(have + len(chunk), size_bytes)
                    progress(have, size_bytes)
        except httpx2.HTTPError as error:
            raise Unavailable(f"it cannot be reached ({type(error).__name__})") from error
    if have != size_bytes:
        raise Unavailable(f"it broke off at {have} of {size_bytes} bytes")


def _refuse(answer: httpx2.Response, expected: int) -> None:
    """Raise Unavailable unless it is the file that was asked for, as far as its headers say."""
    if answer.status_code not in (200, 206):
        raise Unavailable(f"it answers HTTP {answer.status_code}")
    length = answer.headers.get("Content-Length")
    if length is not None and int(length) != expected:
        raise Unavailable(f"it offers {length} bytes, expected {expected}")


def _ask(client: httpx2.Client, address: str, headers: dict[str, str]) -> httpx2.Response:
    """The answer, its body unread; raises Unavailable when there is none in ANSWER_S."""
    import httpx2

    answers: SimpleQueue[httpx2.Response | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(client.send(client.build_request("GET", address, headers=headers), stream=True))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=ANSWER_S)
    except Empty:
        raise Unavailable(f"it has not answered in {ANSWER_S:.0f} s") from None
    if isinstance(answer, httpx2.HTTPError | httpx2.InvalidURL):
        raise Unavailable(f"it cannot be reached ({type(answer).__name__})") from answer
    if isinstance(answer, Exception):
        raise answer
    return answer
