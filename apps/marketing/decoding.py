"""Bytes of a file somebody sent, as text: the encoding found, and said where it was guessed."""

from __future__ import annotations

import codecs

from shared.errors import BadInput, TooLarge, Unsupported

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARIES = (
    (b"PK\x03\x04", "a ZIP, Word or Excel file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
)


def decode(data: bytes, name: str, *, max_bytes: int) -> tuple[str, list[str]]:
    """The text with `\\n` between lines, and what was assumed to read it.

    Raises TooLarge, Unsupported for a binary file, BadInput for bytes that are text in no encoding tried.
    """
    if len(data) > max_bytes:
        raise TooLarge(f"{name} has {len(data):,} bytes; at most {max_bytes:,} are read.", remedy="Split it into several files.")
    for start, kind in _BINARIES:
        if data.startswith(start):
            raise Unsupported(f"{name} is {kind}, not text.", remedy="Save it as CSV, YAML, JSON or plain text.")
    text, notes = _decoded(data, name)
    if "\x00" in text:
        raise Unsupported(f"{name} has zero bytes, so it is not text.", remedy="Save it as UTF-8 text.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, name), []
    if encoding := _sixteen_bits(data):
        return _strict(data, encoding, name), [f"{name} has no byte order mark; it was read as {encoding.upper()}."]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as wrong:
        byte, line = data[wrong.start], data[: wrong.start].count(b"\n") + 1
    note = (
        f"{name} is not UTF-8 (byte 0x{byte:02x} in line {line}); it was read as Windows-1252. "
        f"Check accents and currency signs, or save it as UTF-8."
    )
    return _strict(data, "cp1252", name), [note]


def _sixteen_bits(data: bytes) -> str:
    """Text of Latin letters in UTF-16 has a zero in every second byte."""
    sample = data[:2000]
    if len(sample) < 4:
        return ""
    even, odd = sample[0::2].count(0) / len(sample[0::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else ""


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        message = f"{name} cannot be read as {encoding.upper()}: byte {wrong.start} does not belong there."
        raise BadInput(message, remedy="Save it again as UTF-8 text.") from None
