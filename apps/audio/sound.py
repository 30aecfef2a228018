"""Sound files in and out: WAV, FLAC, MP3, OGG (Vorbis, Opus), AIFF, decoded from memory by libsndfile under limits.

    sound = read_sound(data, "take 3.flac")         # samples (n, channels) float32, full scale 1
    write_sound(sound, "wav24", {"title": "Take 3"})

A file's header is checked before anything is decoded, and what comes out is counted while it is decoded: a header can lie.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from apps.audio.wavfile import INFO_NAMES, write_wav
from shared.errors import BadInput, TooLarge, Unavailable, Unsupported

__all__ = ["MAX_CHANNELS", "MAX_RATE_HZ", "MAX_SECONDS", "SUFFIXES", "Format", "Sound", "peek_seconds", "read_sound", "write_sound"]

Format = Literal["wav16", "wav24", "flac", "ogg", "mp3"]
SUFFIXES: Mapping[str, str] = {"wav16": ".wav", "wav24": ".wav", "flac": ".flac", "ogg": ".ogg", "mp3": ".mp3"}

MAX_SECONDS, MAX_CHANNELS, MAX_RATE_HZ = 1800.0, 8, 192_000
MIN_SECONDS, MIN_RATE_HZ = 0.02, 4000
BLOCK_FRAMES = 4096
"""Of one call of the decoder: what is lost before a fault, and what the Vorbis encoder keeps on its stack."""
MP3_RATES_HZ = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
SILENT, MAX_PEAK = 1e-6, 1000.0
OGG_POLYNOMIAL = 0x104C11DB7
KINDS = "Give a WAV, FLAC, MP3, OGG or AIFF file."
TAGS = ("title", "artist", "comment", "copyright", "date", "software")
"""Origin texts that libsndfile writes; the others join the comment."""


@dataclass(frozen=True, eq=False)
class Sound:
    """samples: (n, channels) float32, full scale 1. container, subtype: libsndfile's names of what it came in ("" where it came in none).

    notes: what a user should know of the file, a sentence each.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    container: str = ""
    subtype: str = ""
    notes: tuple[str, ...] = ()

    @property
    def channels(self) -> int:
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz

    @property
    def bits(self) -> int:
        """16 where the file held no more (PCM of up to 16 bits, lossy formats), else 24."""
        return 24 if self.subtype in ("PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAC_24", "ALAC_32") else 16

    def mono(self) -> NDArray[np.float32]:
        """(n,) the mean of the channels."""
        if self.channels == 1:
            return self.samples[:, 0]
        # a product: ten times as fast as a mean over so short an axis
        return self.samples @ np.full(self.channels, 1 / self.channels, np.float32)

    def with_samples(self, samples: NDArray[np.float32]) -> Sound:
        """Other samples of the same shape and kind, without the notes."""
        return replace(self, samples=samples, notes=())


def read_sound(
    data: bytes,
    name: str = "the file",
    *,
    max_seconds: float = MAX_SECONDS,
    max_channels: int = MAX_CHANNELS,
    max_rate_hz: int = MAX_RATE_HZ,
) -> Sound:
    """Decode a file. A truncated one is read as far as it goes, with a note; a silent one is read, with a note.

    Raises `Unsupported` for what is no sound file, `BadInput` for an empty, damaged or too short one and for NaN or infinite samples,
    `TooLarge` beyond the limits of duration, channels and rate.
    """
    soundfile = _soundfile()
    _refuse_other_kinds(data, name)
    try:
        file = soundfile.SoundFile(io.BytesIO(data))
    except (soundfile.SoundFileError, TypeError, ValueError) as error:
        raise Unsupported(f"{name} cannot be read as a sound: {_reason(error)}.", remedy=KINDS) from error
    with file:
        _check_header(file, name, max_seconds, max_channels, max_rate_hz)
        samples, broke = _decode(file, soundfile.SoundFileError, name, int(max_seconds * file.samplerate))
        rate, container, subtype, declared = file.samplerate, file.format, file.subtype, file.frames
    if len(samples) < MIN_SECONDS * rate:
        raise BadInput(
            f"{name} holds {len(samples)} samples, {1000 * len(samples) / rate:.1f} ms; at least {1000 * MIN_SECONDS:.0f} ms are expected."
        )
    if not np.isfinite(samples).all():
        bad = int((~np.isfinite(samples)).any(axis=1).sum())
        raise BadInput(f"{name} holds NaN or infinite values in {bad} of {len(samples)} samples.", remedy="Export it again, as PCM.")
    peak = float(np.abs(samples).max())
    if peak > MAX_PEAK:
        raise BadInput(f"{name} reaches {peak:.3g} times full scale; up to {MAX_PEAK:.0f} is taken.", remedy="Export it again, as PCM.")
    notes = []
    if broke or len(samples) < declared or _cut_wav(data):
        notes.append(f"The file is damaged or cut off: the first {len(samples) / rate:.1f} s were read.")
    if peak < SILENT:
        notes.append("The file is silent.")
    return Sound(samples, rate, container, subtype, tuple(notes))


def peek_seconds(data: bytes) -> float:
    """How long a file says it is, at most MAX_SECONDS; 0 where it cannot be read: `read_sound` says why."""
    soundfile = _soundfile()
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            return float(min(file.frames / file.samplerate, MAX_SECONDS))
    except (soundfile.SoundFileError, TypeError, ValueError):
        return 0.0


def write_sound(sound: Sound, form: Format, info: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a file; beyond full scale it is clipped. info: texts by the names of `wavfile.INFO_NAMES`.

    Raises `BadInput` for what a format cannot hold: MP3 has two channels and 48 kHz at most.
    """
    if form not in get_args(Format):
        raise BadInput(f"There is no format {form!r}.", remedy=f"There are: {', '.join(get_args(Format))}.", field="format")
    texts = dict(info or {})
    unknown = set(texts) - set(INFO_NAMES)
    if unknown:
        raise BadInput(f"There is no origin text {', '.join(sorted(unknown))}.", remedy=f"There are: {', '.join(INFO_NAMES)}.")
    if form in ("wav16", "wav24") and sound.channels <= 2:
        signal = sound.samples[:, 0] if sound.channels == 1 else sound.samples
        return write_wav(signal, sample_rate_hz=sound.rate_hz, bits=int(form[3:]), info=texts)
    if form == "mp3" and (sound.channels > 2 or sound.rate_hz not in MP3_RATES_HZ):
        raise BadInput(
            f"An MP3 file cannot hold {sound.channels} channels at {sound.rate_hz} Hz.", remedy="Choose WAV or FLAC.", field="format"
        )
    return _encode(sound, form, texts)


def _encode(sound: Sound, form: Format, texts: dict[str, str]) -> bytes:
    soundfile = _soundfile()
    container, subtype = {
        "wav16": ("WAVEX", "PCM_16"),
        "wav24": ("WAVEX", "PCM_24"),
        "flac": ("FLAC", f"PCM_{sound.bits}"),
        "ogg": ("OGG", "VORBIS"),
        "mp3": ("MP3", "MPEG_LAYER_III"),
    }[form]
    if "keywords" in texts:
        texts["comment"] = "; ".join(filter(None, (texts.get("comment"), texts.pop("keywords"))))
    target = io.BytesIO()
    with soundfile.SoundFile(target, "w", sound.rate_hz, sound.channels, subtype, format=container) as file:
        for name in TAGS:
            if name in texts:
                setattr(file, name, texts[name].replace("\0", " "))
        for start in range(0, len(sound.samples), BLOCK_FRAMES):
            file.write(np.clip(sound.samples[start : start + BLOCK_FRAMES], -1, 1))
    return _same_serial(target.getvalue()) if form == "ogg" else target.getvalue()


def _same_serial(ogg: bytes) -> bytes:
    """An Ogg stream with serial number 1 instead of a random one: the same sound gives the same bytes.

    A page's checksum (RFC 3533: a CRC of 32 bits, from 0) is linear, so it changes by the checksum of what is changed alone.
    """
    data, at = bytearray(ogg), 0
    changes: dict[int, int] = {}
    while data[at : at + 4] == b"OggS" and at + 27 <= len(data):
        size = 27 + data[at + 26]
        size += sum(data[at + 27 : at + size])
        change = int.from_bytes(data[at + 14 : at + 18], "big") ^ 0x01000000
        if size not in changes:
            changes[size] = _product(change, _power_of_x(8 * (size - 14)))  # its four bytes and those after them
        data[at + 14 : at + 18] = b"\1\0\0\0"
        checksum = int.from_bytes(data[at + 22 : at + 26], "little") ^ changes[size]
        data[at + 22 : at + 26] = checksum.to_bytes(4, "little")
        at += size
    return bytes(data)


def _product(a: int, b: int) -> int:
    """Of polynomials over two elements, modulo the checksum's."""
    total = 0
    while b:
        total ^= a if b & 1 else 0
        a, b = (a << 1) ^ (OGG_POLYNOMIAL if a & 0x80000000 else 0), b >> 1
    return total


def _power_of_x(exponent: int) -> int:
    power, square = 1, 2
    while exponent:
        power = _product(power, square) if exponent & 1 else power
        square, exponent = _product(square, square), exponent >> 1
    return power


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError) as missing:
        raise Unavailable("Sound files are read by the package soundfile.", remedy="Install it: pip install soundfile") from missing
    return soundfile


def _refuse_other_kinds(data: bytes, name: str) -> None:
    if not data:
        raise BadInput(f"{name} is empty.", remedy=KINDS)
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"<":
        what = "a web page" if b"html" in head.lower() else "an XML document"
        raise Unsupported(f"{name} is {what}, not a sound.", remedy="Download the file itself, not the page that links to it.")
    if all(byte in b"\t\r\n" or 32 <= byte < 127 for byte in data[:512]):
        raise Unsupported(f"{name} is a text file, not a sound.", remedy=KINDS)


def _check_header(file: Any, name: str, max_seconds: float, max_channels: int, max_rate_hz: int) -> None:
    if file.channels > max_channels:
        raise TooLarge(f"{name} has {file.channels} channels; up to {max_channels} are taken.", remedy="Mix it down first.")
    if not MIN_RATE_HZ <= file.samplerate <= max_rate_hz:
        kind = TooLarge if file.samplerate > max_rate_hz else BadInput
        raise kind(
            f"{name} has a sample rate of {file.samplerate} Hz; {MIN_RATE_HZ} to {max_rate_hz} Hz are taken.",
            remedy="Resample it, to 48000 Hz for instance.",
        )
    # libsndfile says 2**63 - 1 where a stream's length is unknown: then the count while decoding decides
    if file.frames < 1 << 62 and file.frames > max_seconds * file.samplerate:
        raise _too_long(name, max_seconds)


def _decode(file: Any, trouble: type[Exception], name: str, max_frames: int) -> tuple[NDArray[np.float32], bool]:
    """((n, channels) samples, whether the decoder gave up before the end)."""
    blocks, total, broke = [], 0, False
    while True:
        try:
            block = file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
        except trouble:
            broke = True
            break
        if not len(block):
            break
        total += len(block)
        if total > max_frames:
            raise _too_long(name, max_frames / file.samplerate)
        blocks.append(block)
    return np.concatenate(blocks) if blocks else np.zeros((0, file.channels), np.float32), broke


def _too_long(name: str, max_seconds: float) -> TooLarge:
    most = f"{max_seconds / 60:.0f} minutes" if max_seconds >= 120 else f"{max_seconds:.0f} seconds"
    return TooLarge(f"{name} lasts longer than {most}.", remedy="Cut it into parts.")


def _cut_wav(data: bytes) -> bool:
    """Whether a RIFF header promises more bytes than there are; one written into a pipe promises 4 GB and means nothing by it."""
    if data[:4] != b"RIFF" or len(data) < 12:
        return False
    promised = int.from_bytes(data[4:8], "little")
    return len(data) - 8 < promised < 0xFFFFFF00


def _reason(error: Exception) -> str:
    text = str(error).split(": ", 1)[-1].strip().rstrip(".")
    return text[:1].lower() + text[1:] if text else "unknown format"
