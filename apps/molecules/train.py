"""How the shipped prior was trained: maximum likelihood on the MOSES training set.

    pip download --no-deps molsets==0.3.1 --dest DATA
    python -m apps.molecules.train --data DATA --out RUN

Nothing of the wheel is installed: its SMILES are read from it. Stop it when you like; started again with the same folder, it goes on.
Weights (float16) and tokenizer end up in RUN; `weights/MODEL_CARD.md` says which run is shipped.
"""

from __future__ import annotations

import argparse
import gzip
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from apps.molecules.models import PRIOR
from apps.molecules.prior import Prior
from apps.molecules.tokenizer import END, START, SmilesTokenizer
from shared.training import Plan, Trainer

__all__ = ["Corpus", "main", "read_moses"]

VOCABULARY = 256
TOKENIZER_SAMPLE = 200_000
BATCH = 512
POOL = 100
"""Batches that are sorted by length together: enough that hardly anything is padded, few enough that batches stay random."""
EPOCHS = 5
SEED = 1
HELD_OUT = 4096


def read_moses(data: Path, split: str) -> list[str]:
    """SMILES of `train`, `test` or `test_scaffolds` from the molsets wheel in `data`. Raises FileNotFoundError."""
    wheels = sorted(data.glob("molsets-*.whl"))
    if not wheels:
        raise FileNotFoundError(f"No molsets wheel in {data}: pip download --no-deps molsets==0.3.1 --dest {data}")
    with zipfile.ZipFile(wheels[-1]) as archive:
        return gzip.decompress(archive.read(f"moses/dataset/data/{split}.csv.gz")).decode().split()[1:]


@dataclass(frozen=True)
class Corpus:
    """Token ids of all molecules, one after the other: flat (tokens,) uint16; ends (molecules,) int64."""

    flat: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, molecules: Sequence[str], tokenizer: SmilesTokenizer) -> Corpus:
        encoded = tokenizer.encode_many(molecules)
        return cls(np.concatenate([np.array(ids, np.uint16) for ids in encoded]), np.cumsum([len(ids) for ids in encoded]))

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.ends, prepend=0)

    def tensors(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """(input, target), each (longest + 1, molecules) int64; the target is -100 behind a molecule's END."""
        longest = int(self.lengths[rows].max())
        given = np.full((longest + 1, len(rows)), END, np.int64)
        target = np.full((longest + 1, len(rows)), -100, np.int64)
        given[0] = START
        for column, row in enumerate(rows):
            ids = self.flat[self.ends[row - 1] if row else 0 : self.ends[row]]
            given[1 : len(ids) + 1, column] = ids
            target[: len(ids), column] = ids
            target[len(ids), column] = END
        return torch.from_numpy(given), torch.from_numpy(target)

    def batches(self, epoch: int) -> list[np.ndarray]:
        """One epoch's rows, dealt into batches of about equal length, in random order: the same for the same epoch."""
        rng = np.random.default_rng([SEED, epoch])
        order = rng.permutation(len(self))
        dealt = []
        lengths = self.lengths
        for start in range(0, len(order), POOL * BATCH):
            pool = order[start : start + POOL * BATCH]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            dealt += [pool[i : i + BATCH] for i in range(0, len(pool) - BATCH + 1, BATCH)]
        rng.shuffle(dealt)
        return dealt


class Task:
    """The loss of a step, and the figures of the held-out molecules."""

    def __init__(self, train: Corpus, held_out: Corpus, device: str) -> None:
        self._train, self._held_out, self._device = train, held_out, device
        self._epoch, self._batches = -1, list[np.ndarray]()
        self.steps_an_epoch = len(train.batches(0))

    def loss(self, network: nn.Module, step: int) -> Tensor:
        epoch, place = divmod(step, self.steps_an_epoch)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._train.batches(epoch)
        given, target = (part.to(self._device) for part in self._train.tensors(self._batches[place]))
        return nn.functional.cross_entropy(network(given).float().flatten(0, 1), target.flatten(), ignore_index=-100)

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """Nats a held-out molecule."""
        total = 0.0
        for start in range(0, len(self._held_out), BATCH):
            rows = np.arange(start, min(start + BATCH, len(self._held_out)))
            given, target = (part.to(self._device) for part in self._held_out.tensors(rows))
            total += float(nn.functional.cross_entropy(network(given).flatten(0, 1), target.flatten(), ignore_index=-100, reduction="sum"))
        return {"nats_a_molecule": total / len(self._held_out)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the molecules studio's prior.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the molsets wheel")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run: tokenizer, checkpoint, log")
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--cooldown", type=float, default=0.3, help="share of the steps over which the learning rate falls to zero")
    parser.add_argument("--hidden", type=int, default=640)
    parser.add_argument("--molecules", type=int, default=None, help="use only so many, for a trial")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, with a checkpoint")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(SEED)
    arguments.out.mkdir(parents=True, exist_ok=True)
    molecules = read_moses(arguments.data, "train")[: arguments.molecules]
    path = arguments.out / "tokenizer.json"
    if not path.is_file():
        SmilesTokenizer.train(molecules[:TOKENIZER_SAMPLE], VOCABULARY).save(path)
    tokenizer = SmilesTokenizer.load(path)
    task = Task(Corpus.of(molecules, tokenizer), Corpus.of(read_moses(arguments.data, "test")[:HELD_OUT], tokenizer), arguments.device)
    plan = Plan(steps=int(arguments.epochs * task.steps_an_epoch), cooldown=arguments.cooldown)
    print(f"{len(molecules)} molecules, {task.steps_an_epoch} steps an epoch, {plan.steps} steps", flush=True)
    trainer = Trainer(Prior(tokenizer.size, hidden=arguments.hidden), plan, arguments.out, bfloat16=True, device=arguments.device)
    trainer.fit(task.loss, evaluate=task.evaluate, limit_s=arguments.minutes * 60)
    # Also after a stop in between: such weights are usable, if not the best to be had.
    print(f"sha256 of {PRIOR.name}: {export(trainer.network, trainer.step, arguments.out)}", flush=True)


def export(network: nn.Module, step: int, folder: Path) -> str:
    """Write the weights, float16, and their sha256 into the run's folder: copied into the app, they are what it ships."""
    import hashlib

    from safetensors.torch import save

    tensors = {name: value.detach().cpu().half().contiguous() for name, value in network.state_dict().items()}
    content = save(tensors, metadata={"made": f"apps/molecules/train.py, {step} steps on the MOSES training set (molsets 0.3.1)"})
    (folder / PRIOR.name).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
