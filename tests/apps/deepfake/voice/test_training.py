"""The parts that made the weights: features, channels, vocoders, figures."""

import numpy as np
import pytest
import torch

from apps.deepfake.voice.channels import CODECS, Channel, alike, coded, telephone
from apps.deepfake.voice.features import BINS, FRAMES, WINDOW, planes
from apps.deepfake.voice.figures import auc, eer, interval, tpr_at
from apps.deepfake.voice.network import VoiceNetwork
from apps.deepfake.voice.train import objective
from apps.deepfake.voice.tts import sentences
from apps.deepfake.voice.vocoders import VOCODERS

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    """Two seconds of a harmonic sound that comes and goes, with a little noise."""
    time_s = np.arange(WINDOW) / RATE_HZ
    pitch = 120 + 20 * np.sin(2 * np.pi * 0.7 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    sound = sum(np.sin(k * phase) / k for k in range(1, 25)) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * time_s))
    return (0.1 * sound + np.random.default_rng(1).normal(0, 0.002, WINDOW)).astype(np.float32)


def test_planes_do_not_know_level_or_filter(voice: np.ndarray) -> None:
    plain, quiet = planes(torch.from_numpy(np.stack([voice, voice * np.float32(0.03)])))
    assert plain.shape == (3, FRAMES, BINS)
    assert float((plain - quiet).abs().mean()) < 1e-3
    tilted = planes(torch.from_numpy(np.append(voice[:1], voice[1:] - np.float32(0.5) * voice[:-1]).astype(np.float32))[None])[0]
    assert float((plain[0] - tilted[0]).abs().mean()) < 0.05


def test_planes_of_silence_are_finite() -> None:
    assert torch.isfinite(planes(torch.zeros(1, WINDOW))).all()


def test_a_network_takes_any_number_of_windows() -> None:
    network = VoiceNetwork().eval()
    assert network(torch.zeros(3, 3, FRAMES, BINS)).shape == (3,)
    assert sum(each.numel() for each in network.parameters()) < 250_000


def test_the_objective_falls_when_fakes_rise() -> None:
    fake, belongs = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0]), torch.tensor([0, 0, 0, 1, 1])
    good, bad = (objective(torch.tensor(logits), fake, belongs) for logits in ([-2.0, 2, 2, -2, 2], [2.0, -2, -2, 2, -2]))
    assert good < 0.5 < bad
    assert torch.isfinite(objective(torch.zeros(2), torch.ones(2), torch.zeros(2, dtype=torch.long)))


def test_a_channel_is_the_same_for_all(voice: np.ndarray) -> None:
    for seed in range(3):
        way = Channel.draw(np.random.default_rng(seed))
        sent = way(voice)
        assert sent.shape == voice.shape and sent.dtype == np.float32 and np.isfinite(sent).all()
        assert np.array_equal(sent, way(voice))


@pytest.mark.parametrize("codec", ["mp3-32", "opus-16", "aac-24"])
def test_codecs_keep_time(codec: str, voice: np.ndarray) -> None:
    assert codec in CODECS
    heard = coded(voice, codec)
    assert heard.shape == voice.shape
    assert np.corrcoef(heard, voice)[0, 1] > 0.9


def test_a_telephone_has_no_treble(voice: np.ndarray) -> None:
    power = np.abs(np.fft.rfft(telephone(voice))) ** 2
    assert power[len(power) // 2 + 500 :].sum() < 1e-3 * power.sum()


def test_alike_takes_the_spectrum(voice: np.ndarray) -> None:
    dull = np.convolve(voice, np.ones(8) / 8, "same").astype(np.float32)
    rng = np.random.default_rng(1)
    before, after = (np.abs(np.log(_bands(each) / _bands(dull))).mean() for each in (voice, alike(voice, dull, rng)))
    assert after < before / 2


def _bands(samples: np.ndarray) -> np.ndarray:
    return (np.abs(np.fft.rfft(samples)) ** 2)[: WINDOW // 2].reshape(32, -1).sum(axis=1) + 1e-6


@pytest.mark.parametrize("family", ["codec", "griffin_lim", "harmonic", "lpc", "phase"])
def test_vocoders_keep_length_time_and_level(family: str, voice: np.ndarray) -> None:
    made = VOCODERS[family](voice, np.random.default_rng(1))
    assert made.shape == voice.shape and made.dtype == np.float32 and np.isfinite(made).all()
    assert 0.2 < made.std() / voice.std() < 5
    loudness = [np.abs(each[: WINDOW // 1600 * 1600]).reshape(-1, 1600).mean(axis=1) for each in (voice, made)]
    assert np.corrcoef(*loudness)[0, 1] > 0.7
    assert np.array_equal(made, VOCODERS[family](voice, np.random.default_rng(1)))


def test_figures() -> None:
    real, fake = np.array([0.0, 1, 2, 3]), np.array([2.0, 3, 4, 5])
    assert auc(fake, real) == pytest.approx((2.5 + 3.5 + 4 + 4) / 16)
    assert auc(real, real) == 0.5
    assert eer(fake + 9, real) == 0
    assert tpr_at(fake, real) == 0.5
    units = np.array(["a", "b", "c", "d"])
    low, high = interval(auc, fake, real, units, units, draws=50)
    assert 0 <= low <= auc(fake, real) <= high <= 1


def test_there_are_sentences_to_say() -> None:
    assert len(set(sentences())) == 120
