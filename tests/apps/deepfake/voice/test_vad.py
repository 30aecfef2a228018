from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from apps.deepfake.voice.corpus import read
from apps.deepfake.voice.vad import CHUNK, speech_probability, speech_spans
from shared.errors import BadInput

RATE_HZ = 16_000
EXAMPLES = Path(__file__).parents[4] / "apps" / "deepfake" / "examples"


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    return read(EXAMPLES / "recorded.ogg")


def test_hears_a_voice_where_it_is(voice: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    around = (rng.standard_normal(2 * RATE_HZ) * 1e-3).astype(np.float32)
    spans = speech_spans(np.concatenate([around, voice, around]))
    assert spans
    assert abs(spans[0][0] - 2.0) < 0.7
    assert abs(spans[-1][1] - (2.0 + len(voice) / RATE_HZ)) < 0.7
    assert sum(end - start for start, end in spans) > 0.6 * len(voice) / RATE_HZ


def test_spans_are_in_order_and_apart(voice: np.ndarray) -> None:
    spans = speech_spans(voice)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert spans[-1][1] <= len(voice) / RATE_HZ + 1e-3


def test_hears_none_in_silence_noise_and_a_chord() -> None:
    rng, time_s = np.random.default_rng(2), np.arange(4 * RATE_HZ) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * pitch * time_s) for pitch in (262, 330, 392)) * np.exp(-3 * (time_s % 0.5)) * 0.1
    for samples in (np.zeros(4 * RATE_HZ), rng.normal(0, 0.1, 4 * RATE_HZ), chord):
        assert speech_spans(samples.astype(np.float32)) == []


def test_takes_any_length() -> None:
    assert speech_spans(np.zeros(0, np.float32)) == []
    assert speech_probability(np.zeros(CHUNK + 1, np.float32)).shape == (2,)
    assert speech_probability(np.zeros(1, np.float32)).shape == (1,)


def test_refuses_two_channels_and_what_is_not_finite() -> None:
    with pytest.raises(BadInput):
        speech_spans(np.zeros((2, 100), np.float32))
    with pytest.raises(BadInput):
        speech_spans(np.array([0.0, np.nan], np.float32))
