"""The facts of a file in words, for the page and the report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.deepfake.decoding.facts import ImageFacts, SoundFacts

__all__ = ["image_facts", "sound_facts", "visible"]

LONGEST = 300
MOST_TAGS = 12
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def visible(text: str) -> str:
    """With a square for each control character, and each that turns the direction of writing: a name with them shows another ending."""
    return _UNSEEN.sub("\N{WHITE SQUARE}", text)


def image_facts(facts: ImageFacts) -> dict[str, str]:
    """What was decoded, and everything that was done to the stored values on the way."""
    shown = {
        "Size": f"{facts.width} x {facts.height} pixels",
        "Stored as": f"{facts.format}, {facts.mode}" + (f", {facts.bits} bits a channel" if facts.bits else ""),
    }
    if facts.jpeg is not None:
        shown["Coding"] = f"chroma {facts.jpeg.sampling}, {'progressive' if facts.jpeg.progressive else 'baseline'}"
    if facts.pictures > 1:
        shown["Pictures"] = f"{facts.pictures}, of which the first was examined"
    if facts.profile is not None:
        shown["Colour profile"] = facts.profile.description or f"{facts.profile.bytes} bytes"
    if facts.following is not None:
        shown["After its end"] = f"{facts.following.bytes:,} bytes: {facts.following.words}"
    if facts.conversions:
        shown["Before the checks"] = " ".join(one.sentence for one in facts.conversions)
    if facts.damage is not None:
        shown["Damage"] = facts.damage.sentence
    shown |= {f"EXIF {name}": value[:LONGEST] for name, value in list(facts.exif.items())[:MOST_TAGS]}
    return shown


def sound_facts(facts: SoundFacts) -> dict[str, str]:
    """What was decoded, and what the decoder noticed."""
    level = "silent" if facts.rms_dbfs is None else f"{facts.rms_dbfs:.1f} dBFS RMS"
    shown = {
        "Duration": f"{facts.duration_s:.2f} s",
        "Stored as": f"{facts.container}, {facts.codec}, {facts.rate_hz:,} Hz, {facts.channels} channel{'s' if facts.channels > 1 else ''}",
        "Bit rate": f"{facts.bit_rate_bps / 1000:,.0f} kbit/s",
        "Level": f"peak {facts.peak:.3f} of full scale, {level}, {facts.clipped:.2%} clipped",
    }
    if facts.video:
        shown["Pictures"] = "The file holds a video; only its sound was examined."
    if facts.truncated_at_s is not None:
        shown["Damage"] = f"It breaks off at {facts.truncated_at_s:.1f} s; what comes before was examined."
    if facts.encoder_marks:
        shown["Encoder"] = ", ".join(facts.encoder_marks)
    if facts.notes:
        shown["Notes"] = " ".join(facts.notes)
    shown |= {f"Tag {name}": value[:LONGEST] for name, value in list(facts.tags.items())[:MOST_TAGS]}
    return shown
