"""Sound as the files of this studio: named for a game engine, with their origin inside."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.app import Artifact, Context

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Piece", "encoded", "file_name"]


_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "ø": "oe", "å": "aa"})


def file_name(text: str) -> str:
    """Lower case, words joined by `_`: what every engine and file system takes."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPELLED))
    return re.sub(r"[^a-z0-9]+", "_", "".join(letter for letter in plain if not unicodedata.combining(letter))).strip("_")[:40] or "sound"


@dataclass(frozen=True, eq=False)
class Piece:
    """What a file is made of. signal: (n,) or (n, channels) float32; texts: by the names of `wavfile.INFO_NAMES`; loop: in WAV alone."""

    signal: np.ndarray
    rate_hz: int
    stem: str
    texts: Mapping[str, str]
    loop: tuple[int, int] | None = None


def encoded(piece: Piece, form: str, context: Context) -> Artifact:
    """form: wav (16 bits), wav24, float (WAV, 32 bits), flac, ogg or mp3. Raises `BadInput` for what the format cannot hold."""
    signal = piece.signal
    if form == "float":
        import soundfile

        out = io.BytesIO()
        soundfile.write(out, signal, piece.rate_hz, format="WAV", subtype="FLOAT")
        return context.artifact(f"{piece.stem}.wav", out.getvalue(), "audio/wav")
    if form.startswith("wav") and (signal.ndim == 1 or signal.shape[1] <= 2):
        from apps.audio.wavfile import Loop, write_wav

        mono = signal[:, 0] if signal.ndim == 2 and signal.shape[1] == 1 else signal
        bits, loops = 24 if form == "wav24" else 16, [Loop(*piece.loop)] if piece.loop else []
        content = write_wav(mono, sample_rate_hz=piece.rate_hz, bits=bits, loops=loops, info=piece.texts)
        return context.artifact(f"{piece.stem}.wav", content, "audio/wav")
    from apps.audio.sound import Sound, write_sound

    samples = signal if signal.ndim == 2 else signal[:, None]
    kind: Any = {"wav": "wav16"}.get(form, form)
    content = write_sound(Sound(samples, piece.rate_hz), kind, piece.texts)
    suffix = "wav" if kind.startswith("wav") else kind
    return context.artifact(f"{piece.stem}.{suffix}", content, {"mp3": "audio/mpeg"}.get(suffix, f"audio/{suffix}"))
