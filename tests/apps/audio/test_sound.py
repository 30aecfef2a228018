"""A sound file is read with its facts, in every format; what is none, lies or is too much is refused in words."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audio.sound import Format, Sound, read_sound, write_sound
from apps.audio.wavfile import write_wav
from shared.errors import BadInput, SextantError, TooLarge, Unsupported

RATE = 48_000
TONE = (0.4 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)
STEREO = Sound(np.stack([TONE, -0.5 * TONE], axis=1), RATE)


def encoded(samples: np.ndarray, rate_hz: int, container: str = "WAV", subtype: str | None = None) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, samples, rate_hz, format=container, subtype=subtype)
    return target.getvalue()


@pytest.mark.parametrize(
    ("form", "container", "tolerance"),
    [("wav16", "WAV", 1e-4), ("wav24", "WAV", 1e-6), ("flac", "FLAC", 1e-4), ("ogg", "OGG", 0.05), ("mp3", "MP3", 0.05)],
)
def test_a_sound_comes_back(form: Format, container: str, tolerance: float) -> None:
    back = read_sound(write_sound(STEREO, form, {"title": "A tone", "keywords": "tone, test"}), "tone")
    assert back.container == container and back.rate_hz == RATE and back.channels == 2
    n = min(len(back.samples), RATE)
    assert n > 0.98 * RATE  # an encoder may add some at the ends
    if form != "mp3":
        assert np.abs(back.samples[2000 : n - 2000] - STEREO.samples[2000 : n - 2000]).max() < tolerance
    assert back.notes == ()


def test_origin_texts_are_in_the_file() -> None:
    for form in ("wav16", "flac", "ogg", "mp3"):
        with soundfile.SoundFile(io.BytesIO(write_sound(STEREO, form, {"title": "A tone", "comment": "cleaned", "keywords": "k"}))) as file:
            assert file.title == "A tone" and file.comment.startswith("cleaned")


@pytest.mark.parametrize("form", ["wav16", "wav24", "flac", "ogg", "mp3"])
def test_the_same_sound_gives_the_same_bytes(form: Format) -> None:
    first = write_sound(STEREO, form, {"title": "A tone"})
    assert first == write_sound(STEREO, form, {"title": "A tone"})
    assert len(read_sound(first).samples) >= RATE


def test_a_flac_keeps_the_bits_of_its_source() -> None:
    fine = read_sound(encoded(STEREO.samples, RATE, subtype="PCM_24"))
    assert fine.bits == 24 and read_sound(write_sound(fine, "flac")).subtype == "PCM_24"
    assert read_sound(write_sound(STEREO, "flac")).bits == 16


def test_eight_channels_go_through() -> None:
    eight = Sound(np.tile(TONE[:4800, None], (1, 8)), RATE)
    for form in ("wav16", "wav24", "flac"):
        assert read_sound(write_sound(eight, form)).samples.shape == (4800, 8)
    with pytest.raises(BadInput, match="8 channels"):
        write_sound(eight, "mp3")


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", BadInput, "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", Unsupported, "web page"),
        (b"\n  <html>login first</html>", Unsupported, "web page"),
        (b"just some words\n" * 40, Unsupported, "text file"),
        (bytes(range(256)) * 20, Unsupported, "cannot be read"),
        (b"ID3\x04" + bytes(4000), Unsupported, "cannot be read"),
        (b"RIFF\x24\0\0\0WAVE", Unsupported, "cannot be read"),
        (write_wav(TONE[:1]), BadInput, "1 samples"),
        (encoded(np.zeros((2000, 9), np.float32), RATE), TooLarge, "9 channels"),
        (encoded(TONE[:4000], 384_000), TooLarge, "384000"),
        (encoded(TONE[:4000], 1000), BadInput, "1000"),
        (encoded(np.full(4000, np.nan, np.float32), RATE, subtype="FLOAT"), BadInput, "NaN"),
        (encoded(np.full(4000, -np.inf, np.float32), RATE, subtype="FLOAT"), BadInput, "infinite"),
        (encoded(np.full(4000, 32_767, np.float32), RATE, subtype="FLOAT"), BadInput, "full scale"),
    ],
)
def test_what_is_no_good_sound_is_refused_in_words(data: bytes, error: type[SextantError], says: str) -> None:
    with pytest.raises(error, match=says) as refused:
        read_sound(data, "take.mp3")
    assert "take.mp3" in str(refused.value)


def test_what_lasts_too_long_is_refused_by_its_header() -> None:
    with pytest.raises(TooLarge, match="60 seconds"):
        read_sound(encoded(np.zeros(8000 * 90, np.float32), 8000, "FLAC"), max_seconds=60)


def test_a_header_that_promises_little_does_not_let_much_in() -> None:
    """A FLAC whose header does not say how long it is, with a minute behind it."""
    data = bytearray(encoded(np.zeros(8000 * 60, np.float32), 8000, "FLAC"))
    total = int.from_bytes(data[18:26], "big")
    data[18:26] = (total & ~((1 << 36) - 1) | 0).to_bytes(8, "big")  # 0 samples: unknown
    with pytest.raises(TooLarge, match="10 seconds"):
        read_sound(bytes(data), max_seconds=10)


@pytest.mark.parametrize("form", ["wav16", "flac"])
def test_a_cut_off_file_is_read_as_far_as_it_goes(form: Format) -> None:
    whole = write_sound(STEREO, form)
    sound = read_sound(whole[: len(whole) * 3 // 5])
    assert 0.2 < sound.seconds < 0.9 and "cut off" in sound.notes[0]


def test_a_wav_written_into_a_pipe_is_not_taken_for_cut_off() -> None:
    data = bytearray(write_wav(TONE))
    data[4:8] = b"\xff\xff\xff\xff"
    data[40:44] = b"\xff\xff\xff\xff"
    assert not any("cut off" in note for note in read_sound(bytes(data)).notes)


def test_silence_is_read_with_a_note() -> None:
    assert read_sound(write_wav(np.zeros(RATE, np.float32))).notes == ("The file is silent.",)


@settings(max_examples=60)
@given(where=st.integers(0, 3000), what=st.binary(min_size=1, max_size=40), form=st.sampled_from(["wav16", "flac", "ogg"]))
def test_a_damaged_file_is_read_or_refused(where: int, what: bytes, form: Format) -> None:
    data = bytearray(_whole(form))
    where = where % len(data)
    data[where : where + len(what)] = what
    try:
        sound = read_sound(bytes(data))
    except SextantError:
        return
    assert np.isfinite(sound.samples).all()


_made: dict[str, bytes] = {}


def _whole(form: Format) -> bytes:
    if form not in _made:
        _made[form] = write_sound(Sound(STEREO.samples[:8000], RATE), form)
    return _made[form]


def test_a_riff_size_beyond_the_file_is_no_reason_to_fail() -> None:
    data = bytearray(write_wav(TONE[:8000]))
    data[40:44] = struct.pack("<I", 10_000_000)
    data[4:8] = struct.pack("<I", 10_000_036)
    assert "cut off" in read_sound(bytes(data)).notes[0]
