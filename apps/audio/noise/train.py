"""How the voice mask was trained: on speech mixed with noise as training goes, to be near the clean speech as waveform and as spectrum.

    python -m apps.audio.noise.train --speech FOLDER --effects FOLDER --out RUN [--minutes 30]

Stop it when you like; started again with the same folder, it goes on. The weights (float16) end up in RUN.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from apps.audio.noise.corpus import noises, procedural, speakers, utterance
from apps.audio.noise.mixing import Mixer
from apps.audio.noise.network import MaskNetwork, log_power
from apps.audio.noise.spectra import NETWORK_RATE_HZ
from shared.training import Plan, Trainer

__all__ = ["Task", "export", "main"]

WEIGHTS = "denoise.safetensors"
STEPS = 13_000
LEARNING_RATE = 2e-3
BATCH = 8
SECONDS = 4
SEED = 1
SIZE, HOP = 512, 256
COMPRESSION = 0.3
"""Of magnitudes in the spectral loss: about loudness (Braun and Tashev 2020, "Data augmentation and loss normalization for DNS")."""
SPECTRAL_WEIGHT = 10.0
SEGMENT_FRAMES, SEGMENT_STEP = 24, 4
"""384 ms: of envelopes whose correlation says how well speech is understood (Taal et al. 2011, STOI)."""
ENVELOPE_WEIGHT = 3.0
BANDS, LOWEST_HZ = 15, 150.0
BEST_DB = 30.0
"""A distance smaller than this counts as this: speech that was clean should not outweigh all else."""


class Task:
    """The loss of a step, and the figures of held-out speakers."""

    def __init__(self, train: Mixer, held_out: Mixer, batch: int = BATCH) -> None:
        self._train, self._batch = train, batch
        self._window = torch.hann_window(SIZE).sqrt()
        self._bands = _third_octaves()
        pairs = [held_out.draw(np.random.default_rng([SEED, 9, number])) for number in range(40)]
        self._noisy, self._clean = (torch.from_numpy(np.stack(each)) for each in zip(*pairs, strict=True))

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """(noisy, clean), each (batch, samples)"""
        pairs = [self._train.draw(np.random.default_rng([SEED, step, number])) for number in range(self._batch)]
        noisy, clean = (torch.from_numpy(np.stack(each)) for each in zip(*pairs, strict=True))
        return noisy, clean

    def spectrum(self, signal: Tensor) -> Tensor:
        """(n, samples) to (n, frames, 257), on the grid of `spectra.Grid`."""
        frames = functional.pad(signal, (SIZE // 2, SIZE // 2)).unfold(1, SIZE, HOP)
        return torch.fft.rfft(frames * self._window)

    def signal(self, spectrum: Tensor) -> Tensor:
        """(n, frames, 257) to (n, samples): each half of a frame plus the other half of its neighbour."""
        frames = torch.fft.irfft(spectrum, n=SIZE) * self._window
        return (frames[:, :-1, HOP:] + frames[:, 1:, :HOP]).flatten(1)

    def loss(self, network: nn.Module, step: int) -> Tensor:
        noisy, clean = self.batch(step)
        distance, spectral, envelope, voiced = self._distances(network, noisy, clean)
        count = voiced.sum().clamp(min=1)
        return SPECTRAL_WEIGHT * spectral + (ENVELOPE_WEIGHT * (envelope * voiced).sum() - 0.1 * (distance * voiced).sum()) / count

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Signal to distortion in dB, before and after; the spectral distance; how far envelopes are from correlated."""
        distance, spectral, envelope, voiced = self._distances(network, self._noisy, self._clean)
        heard = voiced > 0
        return {
            "before_db": float(_ratio_db(self._noisy, self._clean)[heard].mean()),
            "after_db": float(distance[heard].mean()),
            "spectral": float(spectral),
            "envelope": float(envelope[heard].mean()),
        }

    def _distances(self, network: nn.Module, noisy: Tensor, clean: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(n,) dB of signal to distortion; the spectral distance; (n,) 1 - correlation of envelopes; (n,) 1 where there is a voice."""
        found = self.spectrum(noisy)
        gains = network(log_power(found.abs() ** 2))
        kept, wanted = gains * found.abs(), self.spectrum(clean).abs()
        spectral = ((_compressed(kept) - _compressed(wanted)) ** 2).mean()
        voiced = (clean.abs().amax(dim=1) > 0).float()
        return _ratio_db(self.signal(gains * found), clean), spectral, self._envelope(kept, wanted), voiced

    def _envelope(self, kept: Tensor, wanted: Tensor) -> Tensor:
        """(n, frames, 257) magnitudes to (n,): third-octave envelopes, the mean over the stretches in which somebody speaks."""
        stretches = [((each**2) @ self._bands + 1e-8).sqrt().unfold(1, SEGMENT_FRAMES, SEGMENT_STEP) for each in (kept, wanted)]
        energy = (stretches[1] ** 2).sum(dim=(2, 3))
        heard = (energy > 1e-4 * energy.amax(dim=1, keepdim=True)).float()
        x, y = (each - each.mean(dim=3, keepdim=True) for each in stretches)
        likeness = (x * y).sum(dim=3) / (((x**2).sum(dim=3) + 1e-8).sqrt() * ((y**2).sum(dim=3) + 1e-8).sqrt())
        return 1 - (likeness.mean(dim=2) * heard).sum(dim=1) / heard.sum(dim=1).clamp(min=1)


def _third_octaves() -> Tensor:
    """(257, 15) which bins are in which band."""
    hertz = torch.arange(SIZE // 2 + 1) * (NETWORK_RATE_HZ / SIZE)
    centres = LOWEST_HZ * 2 ** (torch.arange(BANDS) / 3)
    return ((hertz[:, None] >= centres * 2 ** (-1 / 6)) & (hertz[:, None] < centres * 2 ** (1 / 6))).float()


def _compressed(magnitude: Tensor) -> Tensor:
    return (magnitude**2 + 1e-6) ** (COMPRESSION / 2)


def _ratio_db(estimate: Tensor, clean: Tensor) -> Tensor:
    """(n,) energy of the clean signal over that of the difference, never above BEST_DB."""
    energy = (clean**2).sum(dim=1)
    rest = ((estimate - clean) ** 2).sum(dim=1) + 10 ** (-BEST_DB / 10) * energy
    return 10 * torch.log10((energy + 1e-8) / (rest + 1e-8))


def export(network: nn.Module, step: int, folder: Path) -> str:
    """Write the weights, float16, into the run's folder; returns their sha256."""
    from safetensors.torch import save

    tensors = {name: value.detach().cpu().half().contiguous() for name, value in network.state_dict().items()}
    content = save(tensors, metadata={"made": f"apps/audio/noise/train.py, {step} steps on LibriSpeech train-clean-100 and effect clips"})
    (folder / WEIGHTS).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the voice mask.")
    parser.add_argument("--speech", type=Path, required=True, help="folder of SPEAKER-CHAPTER-UTTERANCE.flac")
    parser.add_argument("--effects", type=Path, required=True, help="folder of effect clips with its index.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run: checkpoint, log, weights")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--evaluate-every", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, with a checkpoint")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(SEED)
    recorded = [signal for _, signal in noises(arguments.effects, "train")]
    made = procedural(6, seed=SEED)
    samples = SECONDS * NETWORK_RATE_HZ
    train, held_out = (
        Mixer([utterance(path) for path in speakers(arguments.speech, split)], recorded, made, samples) for split in ("train", "valid")
    )
    task = Task(train, held_out, arguments.batch)
    network = MaskNetwork()
    plan = Plan(steps=arguments.steps, learning_rate=arguments.rate, warmup_steps=200, cooldown=0.4, weight_decay=0.01)
    print(f"{sum(p.numel() for p in network.parameters())} parameters, {plan.steps} steps", flush=True)
    trainer = Trainer(network, plan, arguments.out, bfloat16=True)
    trainer.fit(task.loss, evaluate=task.evaluate, evaluate_every=arguments.evaluate_every, limit_s=arguments.minutes * 60)
    # also after a stop in between: such weights are usable, if not the best to be had
    print(f"sha256 of {WEIGHTS}: {export(trainer.network, trainer.step, arguments.out)}", flush=True)


if __name__ == "__main__":
    main()
