"""How the voice head was trained: in groups of windows that went the same way, to tell the recording from what was made.

    python -m apps.deepfake.voice.fakes --speech FOLDER --out FAKES
    python -m apps.deepfake.voice.train --speech FOLDER --fakes FAKES --out RUN [--without kokoro,world]

Stop it when you like; started again with the same folder, it goes on. `--without` holds families out, to be tested on. The weights
(float16) end up in RUN.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from apps.deepfake.voice.corpus import Corpus
from apps.deepfake.voice.features import BINS, FRAMES, planes
from apps.deepfake.voice.network import VoiceNetwork
from apps.deepfake.voice.pool import REAL, Pool, build
from shared.training import Plan, Trainer

__all__ = ["Task", "export", "main"]

WEIGHTS = "voice.safetensors"
SEED = 1
GROUPS = 1500
STEPS = 1200
BATCH = 8
"""Groups in a step: up to 48 windows."""
LEARNING_RATE = 3e-3
RANKING = 0.5
"""Weight of the pairwise loss (RankNet, Burges et al. 2005) within a group beside the cross-entropy of each window."""
SMOOTHING = 0.05


class Task:
    """The loss of a step: of some groups of the pool, windows of the families in `without` left out."""

    def __init__(self, pool: Pool, cache: Path, without: frozenset[str] = frozenset(), batch: int = BATCH) -> None:
        self._planes = _cached(pool, cache)
        kept = np.array([family not in without for family in pool.family])
        self._fake = torch.from_numpy(pool.family != REAL).float()
        self._groups = [np.flatnonzero(kept & (pool.group == number)) for number in np.unique(pool.group)]
        self._groups = [rows for rows in self._groups if (pool.family[rows] != REAL).any()]
        self._batch = batch

    def loss(self, network: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([SEED, step])
        # every group once before any comes again
        epoch, place = divmod(step * self._batch, len(self._groups))
        order = np.concatenate([np.random.default_rng([SEED, 5, epoch + ahead]).permutation(len(self._groups)) for ahead in (0, 1)])
        members = [self._groups[number] for number in order[place : place + self._batch]]
        rows = np.concatenate(members)
        x = torch.from_numpy(np.stack([self._planes[row] for row in rows])).float()
        belongs = torch.from_numpy(np.repeat(np.arange(len(members)), [len(each) for each in members]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logit = network(_masked(x, belongs, rng)).float()
        return objective(logit, self._fake[torch.from_numpy(rows)], belongs)


def objective(logit: Tensor, fake: Tensor, belongs: Tensor) -> Tensor:
    """Cross-entropy with both classes weighing the same, and that each fake of a group be above each recording of the same group."""
    wanted = fake * (1 - 2 * SMOOTHING) + SMOOTHING
    each = functional.binary_cross_entropy_with_logits(logit, wanted, reduction="none")
    share = fake.mean().clamp(0.05, 0.95)
    balanced = (each * torch.where(fake > 0, 0.5 / share, 0.5 / (1 - share))).mean()
    pairs = (belongs[:, None] == belongs) & (fake[:, None] > 0) & (fake == 0)
    ranked = functional.softplus(-(logit[:, None] - logit))[pairs].mean() if pairs.any() else logit.sum() * 0
    return balanced + RANKING * ranked


def _masked(x: Tensor, belongs: Tensor, rng: np.random.Generator) -> Tensor:
    """Bands, an upper end and a stretch of time hidden (Park et al. 2019, SpecAugment), for all windows of a group alike."""
    for number in range(int(belongs.max()) + 1):
        rows = belongs == number
        for _ in range(2):
            start, width = int(rng.integers(0, BINS)), int(rng.integers(0, 40))
            x[rows, :, :, start : start + width] = 0
        if rng.random() < 0.2:
            x[rows, :, :, int(rng.integers(100, BINS)) :] = 0
        start, width = int(rng.integers(0, FRAMES)), int(rng.integers(0, 30))
        x[rows, :, start : start + width] = 0
    return x


def _cached(pool: Pool, path: Path) -> NDArray[np.float16]:
    """(n, 3, 160, 248) planes of the pool, on disk: computed once, not every time a window is seen."""
    shape = (len(pool.waves), 3, FRAMES, BINS)
    found: NDArray[np.float16] = np.load(path, mmap_mode="r") if path.is_file() else np.zeros((0, *shape[1:]), np.float16)
    if found.shape == shape:
        return found
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    made = np.lib.format.open_memmap(draft, "w+", np.float16, shape)
    # a pool only ever grows at its end
    already = len(found) if found.shape[1:] == shape[1:] and len(found) < len(made) else 0
    made[:already] = found[:already]
    for at in range(already, len(made), 64):
        waves = torch.from_numpy(pool.waves[at : at + 64].astype(np.float32) / 32768)
        made[at : at + 64] = planes(waves).half().numpy()
    made.flush()
    draft.replace(path)
    return np.load(path, mmap_mode="r")


def export(network: nn.Module, step: int, folder: Path, without: str = "") -> str:
    """Write the weights, float16, into the run's folder; returns their sha256."""
    from safetensors.torch import save

    state = {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    tensors = {name: value.detach().cpu().half().contiguous() for name, value in state.items()}
    data = "LibriSpeech train-clean-100 (CC BY 4.0) and fakes"
    made = f"apps/deepfake/voice/train.py, {step} steps on {data}; without: {without or 'none'}"
    content = save(tensors, metadata={"made": made})
    (folder / WEIGHTS).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the voice head.")
    parser.add_argument("--speech", type=Path, required=True, help="folder of SPEAKER-CHAPTER-UTTERANCE.flac")
    parser.add_argument("--fakes", type=Path, required=True, help="folder of FAMILY/NAME.flac, from apps.deepfake.voice.fakes")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run: checkpoint, log, weights")
    parser.add_argument("--pool", type=Path, help="folder of the groups, RUN/pool unless given: several runs can share one")
    parser.add_argument("--without", default="", help="families to hold out, separated by commas")
    parser.add_argument("--groups", type=int, default=GROUPS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, with a checkpoint")
    parser.add_argument("--workers", type=int, default=1, help="processes that make the groups")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    folder = arguments.pool or arguments.out / "pool"
    build(Corpus(arguments.speech, arguments.fakes), folder, groups=arguments.groups, seed=SEED, workers=arguments.workers)
    task = Task(Pool.of(folder), folder / "planes.npy", frozenset(filter(None, arguments.without.split(","))))
    network = VoiceNetwork()
    plan = Plan(steps=arguments.steps, learning_rate=arguments.rate, warmup_steps=100, cooldown=0.5, weight_decay=0.02)
    print(f"{sum(p.numel() for p in network.parameters())} parameters, {plan.steps} steps", flush=True)
    trainer = Trainer(network, plan, arguments.out)
    trainer.fit(task.loss, evaluate=lambda _: {}, evaluate_every=50, limit_s=arguments.minutes * 60)
    print(f"sha256 of {WEIGHTS}: {export(trainer.network, trainer.step, arguments.out, arguments.without)}", flush=True)


if __name__ == "__main__":
    main()
