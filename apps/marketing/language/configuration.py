"""Which language model: the variables that begin with SEXTANT_LLM.

SEXTANT_LLM            none: no language model at all, the composer writes; a tier's name: that one alone; unset: the best one here
SEXTANT_LLM_ENDPOINT   URL of an OpenAI-compatible server (`https://host/v1`); https where no scheme is given
SEXTANT_LLM_MODEL      the model's name there
SEXTANT_LLM_KEY        its key, if it wants one
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from shared.errors import BadInput, Unavailable

__all__ = ["Endpoint", "chosen", "endpoint", "refuse_switched_off"]

NONE = "none"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Endpoint:
    """url: without a slash at its end."""

    url: str
    model: str
    key: str = field(default="", repr=False)


def chosen() -> str:
    """What SEXTANT_LLM says, "" when nothing."""
    return os.environ.get("SEXTANT_LLM", "").strip().lower()


def refuse_switched_off(name: str) -> None:
    """Raise Unavailable when SEXTANT_LLM leaves the model `name` out."""
    wanted = chosen()
    if wanted not in ("", name):
        raise Unavailable(f"SEXTANT_LLM={wanted} leaves {name} out.", remedy="Unset SEXTANT_LLM to use it.")


def endpoint() -> Endpoint | None:
    """The server that is configured, if any. Raises BadInput for one that cannot be used, naming the variable."""
    written = os.environ.get("SEXTANT_LLM_ENDPOINT", "").strip()
    if not written:
        return None
    url = (written if "://" in written else f"https://{written}").rstrip("/")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise BadInput(
            "SEXTANT_LLM_ENDPOINT is no address of a server.", remedy="Write it like https://host/v1; a key goes to SEXTANT_LLM_KEY."
        )
    model, key = os.environ.get("SEXTANT_LLM_MODEL", "").strip(), os.environ.get("SEXTANT_LLM_KEY", "").strip()
    if not model:
        raise BadInput("SEXTANT_LLM_ENDPOINT is set without SEXTANT_LLM_MODEL.", remedy="Set it to the model's name there.")
    if key and parts.scheme == "http" and host not in _LOOPBACK:
        raise BadInput("SEXTANT_LLM_KEY would travel unencrypted to SEXTANT_LLM_ENDPOINT.", remedy="Use an https address.")
    return Endpoint(url, model, key)
