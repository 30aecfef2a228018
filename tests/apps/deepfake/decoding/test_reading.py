from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from apps.deepfake.decoding import DecodingFailed, reading
from apps.deepfake.decoding.sounds import RATE_HZ
from tests.apps.deepfake.decoding.made import hostile, noise, saved, sound, tone


@pytest.mark.parametrize("function", ["untrue_picture", "echo"])
def test_facts_that_no_reader_of_ours_gives_are_not_passed_on(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that a file took over can answer anything: a dictionary with a script in it is no fact."""
    monkeypatch.setattr(reading, "run_limited", lambda name, data, **limits: hostile(function, data))
    for read, data in ((reading.read_image, saved(noise(), "PNG")), (reading.read_sound, sound(tone(), 16_000, "WAV"))):
        with pytest.raises(DecodingFailed) as failure:
            read(data)
        assert failure.value.reason == "crash"


def test_pixels_and_samples_must_fit_their_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    picture, clip = saved(noise(), "PNG"), sound(tone(), 16_000, "WAV")
    image_facts = reading.read_image(picture).facts.model_dump()
    sound_facts = reading.read_sound(clip).facts.model_dump()
    for arrays in ({}, {"pixels": np.zeros((2, 2, 3), np.uint8)}, {"pixels": np.zeros((48, 64, 3), np.float32)}):
        monkeypatch.setattr(reading, "run_limited", lambda *_, answer=arrays, **__: (image_facts, answer))
        with pytest.raises(DecodingFailed):
            reading.read_image(picture)
    for arrays in ({}, {"samples": np.zeros((2, 2), np.float32)}, {"samples": np.full(9, np.nan, np.float32)}):
        monkeypatch.setattr(reading, "run_limited", lambda *_, answer=arrays, **__: (sound_facts, answer))
        with pytest.raises(DecodingFailed):
            reading.read_sound(clip)


def test_both_sides_mean_the_same_rate() -> None:
    assert reading.RATE_HZ == RATE_HZ


def test_a_name_counts_for_nothing(tmp_path: Path) -> None:
    """Readers take bytes: a PNG called .wav is a PNG."""
    path = tmp_path / "voice.wav"
    path.write_bytes(saved(noise(), "PNG"))
    assert reading.read_image(path.read_bytes()).facts.media_type == "image/png"
