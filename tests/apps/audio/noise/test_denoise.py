"""Noise goes, the voice stays; clean and removed make up the sound; stereo, level and length of a file do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audio.noise import denoise
from apps.audio.noise.denoise import reduce
from apps.audio.noise.extras import hum_like, music_like
from apps.audio.sound import Sound
from shared.errors import BadInput
from tests.apps.audio.noise.voices import hiss, mask_of, open_mask, snr_db, voice

RATE = 16_000


def mono(signal: np.ndarray, rate_hz: int = RATE) -> Sound:
    return Sound(signal[:, None], rate_hz)


@pytest.mark.parametrize(("snr", "gain"), [(0, 6.0), (5, 5.0), (10, 3.5)])
def test_a_voice_comes_out_of_hiss(snr: int, gain: float) -> None:
    clean = voice(5, seed=snr)
    noisy = clean + hiss(len(clean), 0.1 * 10 ** (-snr / 20))
    result = reduce(mono(noisy), mask_of=mask_of)
    assert result.material == "speech"
    assert snr_db(result.clean[:, 0], clean) > snr + gain
    assert result.noise_after_db < result.noise_before_db - 10


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100, 96_000])
def test_at_any_rate(rate_hz: int) -> None:
    clean = voice(3, rate_hz, seed=3)
    noisy = clean + hiss(len(clean), 0.1 * 10 ** (-5 / 20))
    result = reduce(mono(noisy, rate_hz), mask_of=mask_of, material="speech")
    assert snr_db(result.clean[:, 0], clean) > 5 + 4
    assert result.clean.shape == (len(clean), 1)


def test_a_clean_voice_stays_as_it_is() -> None:
    clean = voice(5, seed=2)
    assert snr_db(reduce(mono(clean), mask_of=mask_of).clean[:, 0], clean) > 15


def test_level_does_not_matter() -> None:
    noisy = voice(3, seed=4) + hiss(3 * RATE, 0.05)
    loud = reduce(mono(noisy), mask_of=mask_of, material="speech").clean
    faint = reduce(mono(noisy * np.float32(0.003)), mask_of=mask_of, material="speech").clean
    assert np.abs(loud - faint / np.float32(0.003)).max() < 1e-3


@settings(max_examples=25)
@given(
    samples=st.integers(400, 9000),
    rate_hz=st.sampled_from([8000, 11_025, 16_000, 44_100, 48_000, 192_000]),
    channels=st.integers(1, 8),
    material=st.sampled_from(["speech", "music", "effects"]),
    strength=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_clean_and_removed_are_the_sound(  # noqa: PLR0917
    samples: int, rate_hz: int, channels: int, material: str, strength: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    given_samples = (rng.standard_normal((samples, channels)) * rng.uniform(0, 1, (samples, 1)) ** 4).astype(np.float32)
    gate = lambda chunk: rng.uniform(0, 1, (-(-len(chunk) // 256) + 1, 257)).astype(np.float32)  # noqa: E731
    result = reduce(Sound(given_samples, rate_hz), mask_of=gate, material=material, strength=strength)
    assert result.clean.shape == result.removed.shape == given_samples.shape
    assert np.isfinite(result.clean).all()
    assert np.abs(result.clean + result.removed - given_samples).max() < 1e-5


@pytest.mark.parametrize("rate_hz", [11_025, 16_000, 44_100, 48_000])
def test_where_all_is_voice_nothing_changes(rate_hz: int) -> None:
    signal = hiss(2 * rate_hz + 17, 0.1)
    result = reduce(mono(signal, rate_hz), mask_of=open_mask, material="speech", hum="off")
    assert np.abs(result.removed).max() < 1e-4


def test_the_stereo_image_stays() -> None:
    """A voice a third as loud on the right, at the same time: so it is afterwards."""
    clean = voice(4, 44_100, seed=5)
    noise = hiss(len(clean), 0.03)
    noisy = np.stack([clean + noise, clean / 3 + noise / 3], axis=1)
    result = reduce(Sound(noisy, 44_100), mask_of=mask_of, material="speech")
    assert np.abs(result.clean[:, 0] / 3 - result.clean[:, 1]).max() < 1e-5


def test_channels_out_of_phase_are_still_heard() -> None:
    clean = voice(4, seed=6)
    noisy = clean + hiss(len(clean), 0.05)
    result = reduce(Sound(np.stack([noisy, -noisy], axis=1), RATE), mask_of=mask_of)
    assert snr_db(result.clean[:, 0], clean) > snr_db(noisy, clean) + 4


def test_blocks_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    noisy = voice(14, 22_050, seed=7)
    noisy = noisy + hiss(len(noisy), 0.05)
    for material in ("speech", "music"):
        whole = reduce(mono(noisy, 22_050), mask_of=mask_of, material=material).clean
        with monkeypatch.context() as patched:
            patched.setattr(denoise, "BLOCK_FRAMES", 250)
            parts = reduce(mono(noisy, 22_050), mask_of=mask_of, material=material).clean
        assert np.abs(whole - parts).max() < 2e-4


def test_the_network_is_asked_for_34_seconds_at_most() -> None:
    asked = []

    def listening(chunk: np.ndarray) -> np.ndarray:
        asked.append(len(chunk))
        return open_mask(chunk)

    reduce(mono(hiss(70 * RATE, 0.1)), mask_of=listening, material="speech", hum="off")
    assert len(asked) == 3 and max(asked) <= 34.2 * RATE


def test_strength_says_how_much() -> None:
    noisy = voice(3, seed=8) + hiss(3 * RATE, 0.05)
    energy = [
        float(np.sum(reduce(mono(noisy), mask_of=mask_of, material="speech", strength=strength).removed ** 2)) for strength in (0, 0.4, 1)
    ]
    assert energy[0] == 0 and 0 < energy[1] < 0.3 * energy[2]


def test_hiss_under_music_is_lowered_and_the_music_kept() -> None:
    music = music_like(np.random.default_rng(3), 10, 44_100)
    noise = hiss(len(music), 10 ** (-50 / 20))
    result = reduce(mono(music + noise, 44_100), mask_of=open_mask, material="music")
    assert snr_db(result.clean[:, 0], music) > snr_db(music + noise, music) + 3
    assert snr_db(reduce(mono(music, 44_100), mask_of=open_mask, material="music").clean[:, 0], music) > 30


def test_rain_is_not_noise() -> None:
    """What never pauses is the sound itself."""
    rain = hiss(4 * RATE, 0.1)
    result = reduce(mono(rain), mask_of=open_mask, material="effects")
    assert not result.removed.any() and "never pauses" in result.notes[0]


def test_hum_under_a_voice_goes() -> None:
    clean = voice(8, seed=9)
    hum = hum_like(np.random.default_rng(1), len(clean), RATE, 50.05) * np.float32(0.05)
    kept = reduce(mono(clean + hum), mask_of=open_mask, hum="off")
    result = reduce(mono(clean + hum), mask_of=open_mask, material="speech")
    assert kept.hum_hz is None
    assert result.hum_hz == pytest.approx(50.05, abs=0.1) and result.hum_reduction_db > 15
    assert snr_db(result.clean[:, 0], clean) > snr_db(clean + hum, clean) + 6


def test_silence_and_the_shortest_sound_pass() -> None:
    assert "nothing to hear" in reduce(mono(np.zeros(RATE, np.float32)), mask_of=mask_of).notes[0]
    assert reduce(mono(hiss(330, 0.1)), mask_of=mask_of).clean.shape == (330, 1)


@pytest.mark.parametrize("material", ["auto", "speech", "music", "effects"])
def test_strange_signals_pass(material: str) -> None:
    """A constant, a click, a square wave at full scale, the faintest noise, noise a thousand times too loud."""
    click = np.zeros(RATE * 4, np.float32)
    click[30_000] = 1
    square = np.sign(np.sin(np.arange(RATE * 4) / 9)).astype(np.float32)
    for signal in (np.full(RATE * 4, 0.5, np.float32), click, square, hiss(RATE * 4, 1e-18), hiss(RATE * 4, 300.0)):
        result = reduce(mono(signal), mask_of=mask_of, material=material)
        assert np.isfinite(result.clean).all() and np.isfinite(result.noise_after_db)
        assert np.allclose(result.clean + result.removed, mono(signal).samples, rtol=1e-5, atol=1e-6)


def test_it_says_how_far_it_is() -> None:
    told: list[tuple[float, float]] = []
    reduce(mono(voice(2)), mask_of=mask_of, material="speech", step=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0 and told[-1] == (1.0, 1.0)


@pytest.mark.parametrize("wrong", [{"material": "noise"}, {"hum": "yes"}, {"strength": 1.5}, {"strength": float("nan")}])
def test_wrong_wishes_are_refused(wrong: dict) -> None:
    with pytest.raises(BadInput):
        reduce(mono(voice(1)), mask_of=open_mask, **wrong)
