"""A WAV file comes back as it went in, with loop, markers and origin; a broken one is refused in words."""

from __future__ import annotations

import struct
import wave
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from apps.audio.wavfile import Loop, read_wav, write_wav
from shared.errors import BadInput, SextantError, Unsupported

TONE = (0.5 * np.sin(np.arange(4800) / 20)).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    signal=arrays.arrays(np.float32, arrays.array_shapes(min_dims=1, max_dims=1, max_side=300), elements=st.floats(-1, 1, width=32)),
    bits=st.sampled_from([16, 24]),
    stereo=st.booleans(),
)
def test_samples_come_back(signal: np.ndarray, bits: int, stereo: bool) -> None:
    given_signal = np.stack([signal, -signal], axis=1) if stereo else signal
    back = read_wav(write_wav(given_signal, bits=bits))
    assert back.signal.shape == given_signal.shape and back.bits == bits and back.sample_rate_hz == 48_000
    assert np.abs(back.signal - given_signal).max() <= 1.01 / 2**bits


def test_loop_markers_and_origin_come_back() -> None:
    info = {"title": "rain", "comment": "made by Sextant, seed 7, größer", "software": "sextant"}
    back = read_wav(write_wav(TONE, bits=24, loops=[Loop(10, 4000), Loop(5, 6, 3)], cues=[0, 4799], info=info))
    assert back.loops == (Loop(10, 4000), Loop(5, 6, 3))
    assert back.cues == (0, 4799)
    assert back.info == info


def test_the_standard_library_reads_it() -> None:
    data = write_wav(np.stack([TONE, TONE], axis=1), bits=16, loops=[Loop(0, 4799)], info={"title": "odd"})
    with wave.open(BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (2, 2, 48_000, 4800)
    assert len(data) == struct.unpack_from("<I", data, 4)[0] + 8


def test_what_cannot_be_written_is_said() -> None:
    for signal in (np.zeros(0, np.float32), np.zeros((10, 3), np.float32), np.full(10, np.nan, np.float32)):
        with pytest.raises(BadInput):
            write_wav(signal)
    with pytest.raises(BadInput, match="8 bits"):
        write_wav(TONE, bits=8)
    with pytest.raises(BadInput, match="loop"):
        write_wav(TONE, loops=[Loop(0, 4800)])
    with pytest.raises(BadInput, match="marker"):
        write_wav(TONE, cues=[-1])
    with pytest.raises(BadInput, match="origin"):
        write_wav(TONE, info={"mood": "blue"})


def test_what_is_no_wav_file_is_said() -> None:
    for data in (b"", b"<html>", b"RIFF\0\0\0\0AVI LIST"):
        with pytest.raises(Unsupported):
            read_wav(data)
    with pytest.raises(BadInput):
        read_wav(b"RIFF\x04\0\0\0WAVE")
    eight_bit = bytearray(write_wav(TONE))
    eight_bit[34] = 8
    with pytest.raises(Unsupported, match="8 bits"):
        read_wav(bytes(eight_bit))


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, 400), place=st.integers(0, 399), byte=st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused(cut: int, place: int, byte: int) -> None:
    data = bytearray(write_wav(TONE[:100], loops=[Loop(0, 99)], cues=[5], info={"title": "x"}))
    data[place % len(data)] = byte
    with suppress(SextantError):
        assert np.isfinite(read_wav(bytes(data[: len(data) - cut])).signal).all()
