"""Sounds as the browser takes them: 16-bit WAV files on this server, of a long recording a part."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from shared.errors import BadInput
from shared.ui.host import executor
from shared.ui.media import media_url

if TYPE_CHECKING:
    import numpy as np

    from shared.app import Artifact

__all__ = ["PART_S", "Extent", "extent", "file_url", "part_url"]

PART_S = 120
"""Three states of two minutes at 48 kHz in stereo are 70 MB on the way and 140 in the browser."""
KEPT_BYTES = 16 << 20
"""Files up to this size are kept between the passes of a script, 24 of them; longer ones are read again."""


@dataclass(frozen=True)
class Extent:
    """How long a recording is."""

    rate_hz: int
    channels: int
    seconds: float


def file_url(artifact: Artifact, place: str) -> str:
    """A file as it is. place: its name on the page."""
    return media_url(_bytes(artifact.sha256), artifact.media_type, place)


def part_url(sha256: str, start_s: float, place: str) -> str:
    """`PART_S` of a recording from `start_s` on, whatever it is encoded in. Raises `BadInput`, and `NotFound` for a file that is gone."""
    return media_url(_part(sha256, start_s), "audio/wav", place)


@st.cache_data(max_entries=64, show_spinner=False)
def extent(sha256: str) -> Extent:
    """Raises as `part_url`."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(_bytes(sha256))) as file:
            return Extent(file.samplerate, file.channels, file.frames / file.samplerate)
    except soundfile.SoundFileError as error:
        raise BadInput(f"The sound cannot be read: {error}") from error


def _bytes(sha256: str) -> bytes:
    return _kept(sha256) if executor().store.size(sha256) <= KEPT_BYTES else _read(sha256)


@st.cache_data(max_entries=24, show_spinner=False)
def _kept(sha256: str) -> bytes:
    return _read(sha256)


def _read(sha256: str) -> bytes:
    with executor().store.open(sha256) as stream:
        return stream.read()


@st.cache_data(max_entries=6, show_spinner=False)
def _part(sha256: str, start_s: float) -> bytes:
    import soundfile

    from apps.audio.wavfile import write_wav

    with executor().store.open(sha256) as stream, soundfile.SoundFile(io.BytesIO(stream.read())) as file:
        file.seek(min(round(start_s * file.samplerate), file.frames))
        samples: np.ndarray = file.read(PART_S * file.samplerate, dtype="float32", always_2d=True)
        rate_hz = file.samplerate
    return write_wav(samples[:, 0] if samples.shape[1] == 1 else samples[:, :2], sample_rate_hz=rate_hz)
