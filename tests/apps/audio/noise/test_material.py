"""A voice is told from music and effects, in noise too."""

from __future__ import annotations

import numpy as np
import pytest

from apps.audio.effects.synthesis import render
from apps.audio.noise.corpus import resampled
from apps.audio.noise.extras import music_like
from apps.audio.noise.material import hear
from tests.apps.audio.noise.voices import hiss, mask_of, voice


def heard(signal: np.ndarray) -> str:
    return hear((signal * (0.05 / np.sqrt(np.mean(signal**2)))).astype(np.float32), mask_of).material


@pytest.mark.parametrize("seed", range(4))
def test_a_voice_is_heard(seed: int) -> None:
    clean = voice(5, seed=seed)
    assert heard(clean) == "speech"
    assert heard(clean + hiss(len(clean), 0.05, seed)) == "speech"


@pytest.mark.parametrize("seed", range(4))
def test_music_is_not_a_voice(seed: int) -> None:
    assert heard(music_like(np.random.default_rng(seed), 10, 16_000)) == "music"


@pytest.mark.parametrize("kind", ["rain", "engine", "helicopter", "bell", "glass", "footsteps", "laser", "impact"])
def test_effects_are_not_a_voice(kind: str) -> None:
    assert heard(resampled(render(kind, {}, 4.0, np.random.default_rng(1)), 48_000, 16_000)) == "effects"


def test_hiss_is_not_a_voice() -> None:
    assert heard(hiss(80_000, 0.1)) == "effects"
