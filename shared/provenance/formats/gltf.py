"""GLB and glTF: `asset.extras.provenance` (glTF 2.0, 3.9). Only the asset's text changes, no other JSON and no buffer."""

from __future__ import annotations

import json
import re
import struct
from typing import Any

from shared.provenance.formats.kind import Format
from shared.provenance.formats.marks import MAX_TEXT_BYTES, origin_of, texts_of
from shared.provenance.origin import Origin

__all__ = ["GLB", "GLTF"]

KEY = "provenance"
JSON_CHUNK = 0x4E4F534A
MAX_JSON_BYTES = 64 << 20
MAX_READ_CHARACTERS = 8 << 20
"""Of a stranger's JSON, in which the asset is looked for: as Python objects it takes thirty times its length in memory."""
GAP = re.compile(r"[ \t\n\r]*")
DECODER = json.JSONDecoder()


def gap(text: str, at: int) -> int:
    found = GAP.match(text, at)
    return found.end() if found else at


def asset_span(text: str) -> tuple[int, int]:
    """Of the value of the root's `asset`. Raises `ValueError` for what is no glTF 2."""
    at = gap(text, 0)
    if text[at : at + 1] != "{":
        raise ValueError("no object")
    at, span = gap(text, at + 1), None
    while text[at : at + 1] == '"':
        key, at = DECODER.raw_decode(text, at)
        begin = gap(text, gap(text, at) + 1)
        _, end = DECODER.raw_decode(text, begin)
        if key == "asset":
            span = (begin, end)
            break
        at = gap(text, end)
        at = gap(text, at + 1) if text[at : at + 1] == "," else at
    if span is None:
        raise ValueError("no asset")
    return span


def asset_of(text: str) -> tuple[dict[str, Any], int, int]:
    begin, end = asset_span(text)
    asset = DECODER.raw_decode(text, begin)[0]
    if not isinstance(asset, dict) or not str(asset.get("version", "")).startswith("2."):
        raise ValueError("no glTF 2")
    return asset, begin, end


def with_origin(text: str, origin: Origin) -> str | None:
    asset, begin, end = asset_of(text)
    extras = asset.get("extras", {})
    if not isinstance(extras, dict):
        return None
    asset["extras"] = {**extras, KEY: texts_of(origin)}
    indent = re.search(r"\n([ \t]+)\"", text[:begin])  # a file written for people stays legible
    new = json.dumps(asset, indent=indent[1] if indent else None, separators=None if indent else (",", ":"))
    return text[:begin] + (new.replace("\n", "\n" + indent[1]) if indent else new) + text[end:]


def origin_from(text: str) -> Origin | None:
    extras = asset_of(text[:MAX_READ_CHARACTERS])[0].get("extras")
    said = extras.get(KEY) if isinstance(extras, dict) else None
    return origin_of(said) if isinstance(said, dict) and len(str(said)) <= MAX_TEXT_BYTES else None


def json_of(data: bytes) -> tuple[str, int]:
    """(a GLB's JSON, where its chunk ends). Raises `ValueError`, `struct.error`."""
    version, length, size, kind = struct.unpack_from("<IIII", data, 4)
    if version != 2 or kind != JSON_CHUNK or length > len(data) or 20 + size > length or size > MAX_JSON_BYTES:
        raise ValueError("no GLB 2")
    return data[20 : 20 + size].decode(), 20 + size


def write_glb(data: bytes, origin: Origin) -> bytes | None:
    text, end = json_of(data)
    new = with_origin(text.rstrip(" "), origin)
    if new is None:
        return None
    packed = new.encode()
    packed += b" " * (-len(packed) % 4)
    (length,) = struct.unpack_from("<I", data, 8)
    head = struct.pack("<IIII", 2, length + len(packed) - (end - 20), len(packed), JSON_CHUNK)
    return data[:4] + head + packed + data[end:]


def write_gltf(data: bytes, origin: Origin) -> bytes | None:
    new = with_origin(data.decode(), origin)
    return None if new is None else new.encode()


def is_gltf(data: bytes, hint: str) -> bool:
    """JSON with an asset: other JSON that has one as well is refused by its version."""
    return data[:64].lstrip()[:1] == b"{" and len(data) <= MAX_JSON_BYTES and b'"asset"' in data


GLB = Format(
    "asset.extras in the JSON chunk", lambda data, hint: data.startswith(b"glTF"), write_glb, lambda data: origin_from(json_of(data)[0])
)
GLTF = Format("asset.extras", is_gltf, write_gltf, lambda data: origin_from(data.decode()))
