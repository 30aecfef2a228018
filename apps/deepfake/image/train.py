"""How the image head was trained: on pairs of a real picture and what small autoencoders made of it.

    python -m apps.deepfake.image.train --faces FOLDER --out weights [--work RUN] [--minutes 30]

Makes the autoencoders and their fakes first, in the work folder. Stop it when you like; started again, it goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from apps.deepfake.image import backbone
from apps.deepfake.image.collection import training
from apps.deepfake.image.network import Detector, is_adapted
from apps.deepfake.image.sampling import Batch, Sampler
from shared.training import Plan, Trainer

__all__ = ["Task", "detector", "export", "main"]

WEIGHTS = "image.safetensors"
STEPS = 1120
LEARNING_RATE = 8e-4
PAIRS = 8
SEED = 3
PATCH_WEIGHT, RANK_WEIGHT = 0.5, 0.5
VALIDATION_STEP = 10_000_000
"""Batches from here on are never trained on; their pictures are."""


class Task:
    """The loss of a step: the picture's logit, each patch's, and that a fake's is above its own original's."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler

    def loss(self, network: nn.Module, step: int) -> Tensor:
        batch = self._sampler.batch(step)
        return self._loss(network, batch)[0]

    def evaluate(self, network: nn.Module) -> dict[str, float]:
        """On further batches: share of pairs whose fake has the higher logit, share of pictures on the right side of 0."""
        logits = torch.cat([self._loss(network, self._sampler.batch(VALIDATION_STEP + k))[1].view(2, -1) for k in range(8)], 1)
        return {
            "ranked": float((logits[1] > logits[0]).float().mean()),
            "right": float(((logits[1] > 0).float().mean() + (logits[0] < 0).float().mean()) / 2),
        }

    def _loss(self, network: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        assert isinstance(network, Detector)
        patches, weights = network(batch.x)
        image = network.pooled(patches, weights)
        label = torch.cat([torch.zeros(len(image) // 2), torch.ones(len(image) // 2)])
        known = ~batch.patches.isnan()
        real, fake = image.view(2, -1)
        value = (
            functional.binary_cross_entropy_with_logits(image, label)
            + PATCH_WEIGHT * functional.binary_cross_entropy_with_logits(patches[known], batch.patches[known])
            + RANK_WEIGHT * functional.softplus(real - fake).mean()
        )
        return value, image


def detector(adapted: bool = True, residual: bool = True) -> Detector:
    """A fresh detector on ImageNet's backbone."""
    torch.manual_seed(SEED)
    network = Detector(adapted, residual)
    network.trunk.load_state_dict(backbone.read(), strict=False)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def export(network: Detector, step: int, folder: Path) -> str:
    """Write what differs from the backbone, float16; returns its sha256."""
    from safetensors.torch import save

    tensors = {
        name: value.detach().cpu().half().contiguous()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked") and (not name.startswith("trunk.") or _shipped(network, name))
    }
    content = save(tensors, metadata={"made": f"apps/deepfake/image/train.py, {step} steps"})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _shipped(network: Detector, name: str) -> bool:
    return network.adapted and is_adapted(name.removeprefix("trunk.")) and "running" not in name


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the image head.")
    parser.add_argument("--faces", type=Path, required=True, help="folder with neutral_front/, smiling_front/ and canada/")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--work", type=Path, default=Path("deepfake_images"), help="folder for autoencoders, fakes and the checkpoint")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--run", default="detector", help="name of the run inside the work folder")
    parser.add_argument("--frozen", action="store_true", help="leave the backbone as it is, for comparison")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, with a checkpoint")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    task = Task(Sampler(training(arguments.faces, arguments.work), arguments.pairs, SEED))
    plan = Plan(arguments.steps, arguments.rate, warmup_steps=60, cooldown=0.4)
    network = detector(adapted=not arguments.frozen)
    trainer = Trainer(network, plan, arguments.work / arguments.run)
    trainer.fit(task.loss, evaluate=task.evaluate, evaluate_every=150, limit_s=arguments.minutes * 60)
    print(f"sha256 of {WEIGHTS}: {export(network, trainer.step, arguments.out)}", flush=True)


if __name__ == "__main__":
    main()
