"""How the chorale model was trained: maximum likelihood on Bach's four-part chorales, whatever subset of the notes is given.

    python -m apps.audio.chorales.derive --corpus SITE_PACKAGES --out chorales.npz
    python -m apps.audio.chorales.train --data chorales.npz --out RUN

Stop it when you like; started again with the same folder, it goes on. The weights (float16) end up in RUN.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from apps.audio.chorales.cases import costs, likelihood
from apps.audio.chorales.chorale import Chorale, Collection
from apps.audio.chorales.grid import Grid
from apps.audio.chorales.network import ChoraleNetwork
from shared.training import Plan, Trainer

__all__ = ["Task", "export", "main", "random_given"]

WEIGHTS = "chorales.safetensors"
STEPS = 1800
LEARNING_RATE = 2e-3
BATCH = 32
WINDOW = 160
"""16ths of a piece in a batch: ten bars of common time."""
SEED = 1


def random_given(rng: np.random.Generator, position: np.ndarray) -> np.ndarray:
    """What a user might fix, (steps, 4) bool: nothing, the soprano, some voices, all but some bars, or bars of single voices."""
    steps = len(position)
    given = np.zeros((steps, 4), bool)
    kind = rng.random()
    if kind < 0.4:
        return given
    if kind < 0.65:
        given[:, 0] = True
        return given
    if kind < 0.8:
        given[:, rng.permutation(4)[: rng.integers(1, 4)]] = True
        return given
    bars = np.cumsum(position == 0)
    if kind < 0.9:
        first = rng.integers(0, bars[-1] + 1)
        last = first + rng.integers(1, 5)
        given[(bars < first) | (bars >= last)] = True
        return given
    fixed = rng.random((bars[-1] + 1, 4)) < rng.random()
    return fixed[bars]


class Task:
    """The loss of a step, and the figures of held-out chorales."""

    def __init__(self, train: Sequence[Chorale], held_out: Sequence[Chorale], batch: int = BATCH, window: int = WINDOW) -> None:
        self._grid = Grid.of(train).completed()
        self._held_out, self._batch, self._window = held_out, batch, window
        self._share = self._grid.lengths / self._grid.lengths.sum()

    def batch(self, step: int) -> tuple[Grid, np.ndarray]:
        """Windows of pieces drawn by length, and which of them begin at their piece's first step; the same for the same step."""
        rng = np.random.default_rng([SEED, step])
        whole = self._grid
        rows = rng.choice(len(whole.lengths), self._batch, p=self._share)
        window = min(self._window, whole.cells.shape[1])
        starts = np.maximum(0, rng.integers(-window // 4, np.maximum(1, whole.lengths[rows] - window * 3 // 4)))
        starts = np.minimum(starts, whole.cells.shape[1] - window)
        times = starts[:, None] + np.arange(window)
        part = {name: getattr(whole, name)[rows[:, None], times] for name in ("cells", "given", "context", "pitch", "last", "age", "moves")}
        grid = replace(whole, **part, shift=whole.shift[rows], lengths=np.minimum(whole.lengths[rows] - starts, window))
        for row in range(self._batch):
            length = int(grid.lengths[row])
            grid.given[row, :length] = random_given(rng, grid.context[row, :length, 0] % 24)
        return grid, starts == 0

    def loss(self, network: nn.Module, step: int) -> Tensor:
        assert isinstance(network, ChoraleNetwork)
        grid, opening = self.batch(step)
        found = costs(network, grid, opening=opening)
        return (found.patterns.sum() + found.pitches.sum()) / max(1, found.cells)

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Nats a 16th of a voice, free and with the soprano given."""
        assert isinstance(network, ChoraleNetwork)
        free = likelihood(network, self._held_out)
        return {**free, "nats_soprano": likelihood(network, self._held_out, [0])["nats"]}


def export(network: nn.Module, step: int, folder: Path) -> str:
    """Write the weights, float16, into the run's folder; returns their sha256."""
    from safetensors.torch import save

    tensors = {name: value.detach().cpu().half().contiguous() for name, value in network.state_dict().items()}
    content = save(tensors, metadata={"made": f"apps/audio/chorales/train.py, {step} steps on Bach's chorales (music21 10.5 corpus)"})
    (folder / WEIGHTS).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the chorale model.")
    parser.add_argument("--data", type=Path, required=True, help="what derive.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run: checkpoint, log, weights")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--dropout", type=float, default=0.45)
    parser.add_argument("--forget", type=float, default=0.2)
    parser.add_argument("--decay", type=float, default=0.1)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--evaluate-every", type=int, default=150)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, with a checkpoint")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(SEED)
    collection = Collection.load(arguments.data)
    task = Task(collection.part("train"), collection.part("valid"), arguments.batch)
    network = ChoraleNetwork(dropout=arguments.dropout, forget=arguments.forget)
    plan = Plan(steps=arguments.steps, learning_rate=arguments.rate, warmup_steps=100, cooldown=0.4, weight_decay=arguments.decay)
    print(f"{sum(p.numel() for p in network.parameters())} parameters, {plan.steps} steps", flush=True)
    trainer = Trainer(network, plan, arguments.out, bfloat16=True)
    trainer.fit(task.loss, evaluate=task.evaluate, evaluate_every=arguments.evaluate_every, limit_s=arguments.minutes * 60)
    # also after a stop in between: such weights are usable, if not the best to be had
    print(f"sha256 of {WEIGHTS}: {export(trainer.network, trainer.step, arguments.out)}", flush=True)


if __name__ == "__main__":
    main()
