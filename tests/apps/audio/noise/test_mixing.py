"""Training material is drawn reproducibly, finite, with the clean part inside the noisy one; a few steps of training go through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import torch

from apps.audio.noise.corpus import speakers
from apps.audio.noise.mixing import Mixer, coloured, shaped
from apps.audio.noise.network import MaskNetwork
from apps.audio.noise.train import Task, export
from shared.training import Plan, Trainer
from tests.apps.audio.noise.voices import hiss, voice


def mixer(samples: int = 16_000) -> Mixer:
    return Mixer([voice(3, seed=1), voice(1, seed=2)], [hiss(20_000, 0.1), hiss(900, 0.1, 2)], [hiss(64_000, 0.3, 3)], samples)


def test_pairs_are_finite_and_the_same_again() -> None:
    drawn = mixer()
    for seed in range(60):
        noisy, clean = drawn.draw(np.random.default_rng(seed))
        again, _ = mixer().draw(np.random.default_rng(seed)) if seed < 3 else (noisy, clean)
        assert noisy.shape == clean.shape == (16_000,) and noisy.dtype == np.float32
        assert np.isfinite(noisy).all() and np.array_equal(noisy, again)
        assert 0.005 < np.sqrt(np.mean(noisy**2)) < 0.3


def test_stretching_keeps_the_level() -> None:
    tone = np.sin(np.arange(8000) / 5).astype(np.float32)
    assert np.std(shaped(tone, np.ones(3), 9000)) / np.std(tone) > 0.97
    assert np.abs(coloured(np.random.default_rng(0), 5000)).max() <= 1


def test_speakers_are_split_once_and_for_all(tmp_path: Path) -> None:
    for number in range(60):
        soundfile.write(tmp_path / f"{number}-1-0000.flac", np.zeros(10), 16_000)
    parts = {split: {path.name for path in speakers(tmp_path, split)} for split in ("train", "valid", "test")}
    assert [len(parts[split]) for split in ("train", "valid", "test")] == [10, 10, 40]
    assert len(set.union(*parts.values())) == 60


def test_training_lowers_the_loss_goes_on_and_exports(tmp_path: Path) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    task = Task(mixer(8192), mixer(8192), batch=2)
    noisy, _ = task.batch(0)
    assert torch.allclose(task.signal(task.spectrum(noisy)), noisy, atol=1e-5)
    small = lambda: MaskNetwork(width=16, dilations=(1, 2))  # noqa: E731
    network = small()
    with torch.inference_mode():
        before = task.evaluate(network)["spectral"]
    Trainer(network, Plan(steps=20, learning_rate=5e-3, warmup_steps=2), tmp_path).fit(task.loss)
    with torch.inference_mode():
        assert task.evaluate(network)["spectral"] < before
    resumed = Trainer(small(), Plan(steps=22), tmp_path)
    assert resumed.step == 20
    assert len(export(resumed.network, 20, tmp_path)) == 64 and (tmp_path / "denoise.safetensors").is_file()
