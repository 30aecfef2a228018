"""Sounds within the child process: one channel at 16 kHz, and what the file and its samples say.

`open_sound` decodes block by block and never holds more of the original than a block: eight channels at 192 kHz of half an hour
would be 11 GB.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.decoding.kind import SOUNDS, kind_of
from apps.deepfake.decoding.resampling import Resampler
from apps.deepfake.decoding.streams import Broken, Stream, open_stream
from shared.errors import BadInput, TooLarge, Unsupported

__all__ = ["MAX_CHANNELS", "MAX_RATE_HZ", "MAX_SECONDS", "MIN_RATE_HZ", "RATE_HZ", "open_sound"]

RATE_HZ = 16_000
MAX_SECONDS, MIN_SECONDS = 1800.0, 0.02
MIN_RATE_HZ, MAX_RATE_HZ, MAX_CHANNELS = 8000, 192_000, 8
SILENT_PEAK = 1e-4
"""-80 dB: the dither of 16 bits reaches -84 dB."""
CLIPPED = 0.9999
WILD = 100.0
"""Times full scale: float files hold such values by mistake only, and one of them would drown the rest in a filter."""
CANCELLED = 0.1
SHORTER_S = 0.1
"""Less than what the header says by so much, a file is cut off; encoders' padding is below it."""
UNKNOWN_BYTES = 0x7FFFFF00
"""A container written into a pipe promises 2 or 4 GB and means nothing by it."""
MAX_TAGS, MAX_TAG = 50, 500
MARKS = re.compile(
    rb"LAME ?\d\.\d{1,3}(?:[.abr]\d?)?|Lav[fc]\d[\d.]{1,12}|libopus \d[\w.\-]{1,20}|libFLAC \d[\w.]{1,10}"
    rb"|Xiph\.Org libVorbis [\w ()\[\]:\-,.]{1,60}"
)
MARKED_BYTES = 1 << 16

Arrays = dict[str, tuple[str, tuple[int, ...], Any]]


def open_sound(data: bytes) -> tuple[dict[str, Any], Arrays]:
    """(facts, {"samples": ("float32", (n,), buffer)}) of a file's first sound; the samples are finite.

    Raises `Unsupported` for another kind of file, `TooLarge` for more than 30 minutes, 8 channels or 192 kHz by its header, `BadInput`
    below 8 kHz or 20 ms and where nothing can be decoded. Beyond 30 minutes, where its header hides them, it is cut: `cut` says so.
    """
    kind = kind_of(data)
    if kind.kind != "sound":
        raise Unsupported(f"The file is {kind.words}, not a sound.", remedy=kind.remedy or f"Give {SOUNDS}.")
    stream = open_stream(data, kind)
    _check_header(stream)
    heard = _Heard(stream)
    reason = heard.listen()
    seconds = heard.frames / stream.rate_hz
    if seconds < MIN_SECONDS:
        why = f": {reason}" if reason else ""
        raise BadInput(
            f"{1000 * seconds:.0f} ms of sound can be decoded from the file; at least {1000 * MIN_SECONDS:.0f} ms are expected{why}.",
            remedy="Get the file again from where it comes from.",
        )
    short = stream.declared_s is not None and not heard.cut and seconds < stream.declared_s - max(SHORTER_S, 0.002 * stream.declared_s)
    truncated_at_s = round(seconds, 3) if reason is not None or short or _cut_off(data) else None
    facts = {
        "container": stream.container,
        "media_type": kind.media_type,
        "codec": stream.codec,
        "rate_hz": stream.rate_hz,
        "channels": stream.channels,
        "bits": stream.bits,
        "bit_rate_bps": max(0, stream.bit_rate_bps or round(8 * len(data) / seconds)),
        "duration_s": round(seconds, 3),
        "declared_s": None if stream.declared_s is None else round(stream.declared_s, 3),
        "truncated_at_s": truncated_at_s,
        "cut": heard.cut,
        "video": stream.video,
        "streams": stream.streams,
        "tags": _tags(stream.tags),
        "encoder_marks": sorted({found.decode("ascii").strip() for found in MARKS.findall(data[:MARKED_BYTES])})[:10],
        **heard.figures(),
    }
    facts["notes"] = [*_notes(facts, heard)]
    samples = np.concatenate(heard.parts)
    return facts, {"samples": ("float32", samples.shape, samples)}


class _Heard:
    """What a stream held: the mono signal at 16 kHz in parts, and figures of the original's."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._resampler = Resampler(stream.rate_hz, RATE_HZ)
        self.parts: list[NDArray[np.float32]] = []
        self.frames = self.replaced = self._clipped = 0
        self.cut = False
        self._peak = self._sum = self._squares = self._mono_squares = 0.0

    def listen(self) -> str | None:
        """Decode to the end or to the limit; why it broke off, if it did."""
        most = int(MAX_SECONDS * self._stream.rate_hz)
        reason = None
        try:
            for block in self._stream.blocks:
                self.cut = self.frames + len(block) > most
                self._take(block[: most - self.frames])
                if self.cut:
                    break
        except Broken as broken:
            reason = str(broken)
        self.parts.append(self._resampler.finish())
        return reason

    def _take(self, block: NDArray[np.float32]) -> None:
        wrong = ~(np.abs(block) <= WILD)  # NaN compares false
        if wrong.any():
            self.replaced += int(wrong.sum())
            block = np.where(wrong, np.float32(0), block)
        mono = block[:, 0] if block.shape[1] == 1 else block @ np.full(block.shape[1], 1 / block.shape[1], np.float32)
        self.frames += len(block)
        loud = np.abs(block)
        self._peak = max(self._peak, float(loud.max(initial=0)))
        self._clipped += int((loud >= CLIPPED).sum())
        self._sum += float(mono.sum(dtype=np.float64))
        self._squares += float(np.square(block, dtype=np.float64).sum()) / block.shape[1]
        self._mono_squares += float(np.square(mono, dtype=np.float64).sum())
        self.parts.append(self._resampler.feed(np.ascontiguousarray(mono)))

    def figures(self) -> dict[str, Any]:
        rms = math.sqrt(self._squares / self.frames)
        return {
            "peak": round(self._peak, 6),
            "rms_dbfs": round(20 * math.log10(rms), 2) if rms > 1e-10 else None,
            "dc": round(self._sum / self.frames, 6),
            "clipped": round(self._clipped / (self.frames * self._stream.channels), 6),
            "silent": self._peak < SILENT_PEAK,
            "replaced": self.replaced,
        }

    @property
    def cancels(self) -> bool:
        """Whether the channels are each other's opposite, so that their mean is nearly nothing."""
        return self._stream.channels > 1 and self._mono_squares < CANCELLED**2 * self._squares


def _check_header(stream: Stream) -> None:
    if not 1 <= stream.channels <= MAX_CHANNELS:
        kind = TooLarge if stream.channels > MAX_CHANNELS else BadInput
        raise kind(
            f"The file has {stream.channels} channels; 1 to {MAX_CHANNELS} are examined.", remedy="Give the channel in question alone."
        )
    if not MIN_RATE_HZ <= stream.rate_hz <= MAX_RATE_HZ:
        kind = TooLarge if stream.rate_hz > MAX_RATE_HZ else BadInput
        raise kind(
            f"The file has a sample rate of {stream.rate_hz} Hz; {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz are examined.",
            remedy="Give the recording as it was published.",
        )
    if stream.declared_s is not None and stream.declared_s > MAX_SECONDS:
        raise TooLarge(
            f"The file says that it lasts {stream.declared_s / 60:.0f} minutes; up to {MAX_SECONDS / 60:.0f} minutes are examined.",
            remedy="Cut out the passage in question, without compressing it anew.",
        )


def _notes(facts: dict[str, Any], heard: _Heard) -> list[str]:
    """What an investigator should know before reading any score."""
    found = {
        "It is a video: its pictures are not examined, only its sound.": facts["video"],
        f"It holds {facts['streams']} sounds; the first is examined.": facts["streams"] > 1,
        f"Only the first {MAX_SECONDS / 60:.0f} minutes are examined.": facts["cut"],
        f"It breaks off or is damaged after {facts['truncated_at_s']} s: what came before is examined.": facts["truncated_at_s"]
        is not None,
        "It is silent.": facts["silent"],
        f"{facts['replaced']} of its values are no numbers or far beyond full scale; they were taken as zero.": facts["replaced"],
        f"Its {facts['channels']} channels were averaged.": facts["channels"] > 1,
        "Its channels cancel each other: their average holds less than 1 % of the sound's power.": heard.cancels and not facts["silent"],
        f"It was sampled at {facts['rate_hz']} Hz: it holds nothing above {facts['rate_hz'] // 2} Hz.": facts["rate_hz"] < RATE_HZ,
        f"{100 * facts['clipped']:.1f} % of its values are at full scale: it is clipped.": facts["clipped"] >= 0.001,
    }
    return [sentence for sentence, holds in found.items() if holds]


def _tags(tags: dict[str, str]) -> dict[str, str]:
    def shown(text: str) -> str:
        return "".join(mark if mark.isprintable() else " " for mark in text[:MAX_TAG]).strip()

    return {shown(name): shown(text) for name, text in list(tags.items())[:MAX_TAGS] if shown(text)}


def _cut_off(data: bytes) -> bool:
    """Whether a container promises more bytes than there are, or an Ogg stream ends without its last page (RFC 3533: flag 4)."""
    if data[:4] in (b"RIFF", b"FORM"):
        promised = 8 + int.from_bytes(data[4:8], "little" if data[:4] == b"RIFF" else "big")
    elif data[:4] == b".snd":
        promised = int.from_bytes(data[4:8], "big") + int.from_bytes(data[8:12], "big")
    elif data[:4] == b"OggS":
        last = data.rfind(b"OggS")
        return not (data[last + 5 : last + 6] or b"\0")[0] & 4
    else:
        return False
    return len(data) < promised < UNKNOWN_BYTES
