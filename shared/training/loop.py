"""One network, one plan, as many sittings as it takes.

    trainer = Trainer(network, Plan(steps=20_000), Path("run"))
    trainer.fit(loss_of_step, evaluate=held_out_figures)

A trainer that finds its folder's checkpoint goes on from it. Checkpoints, the optimiser's state included, are safetensors.
"""

from __future__ import annotations

import copy
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

__all__ = ["Plan", "Trainer"]

CHECKPOINT = "checkpoint.safetensors"
LOG = "log.jsonl"


@dataclass(frozen=True)
class Plan:
    """AdamW with warm-up, a plateau and a linear cool-down to zero (Hu et al. 2024, MiniCPM: warmup-stable-decay).

    The plateau does not know where it ends: a run can be made longer from any of its checkpoints, and cut short by asking for fewer steps.
    """

    steps: int
    learning_rate: float = 2e-3
    warmup_steps: int = 300
    cooldown: float = 0.3
    """Share of the steps, at the end, over which the rate falls to zero."""
    weight_decay: float = 0.01
    clip_norm: float = 1.0

    def rate(self, step: int) -> float:
        """The learning rate of step 0 ... steps - 1."""
        warm = min(1.0, (step + 1) / self.warmup_steps)
        left = (self.steps - step) / max(1.0, self.steps * self.cooldown)
        return self.learning_rate * min(warm, left, 1.0)


class Trainer:
    """Keeps the parameters in float32; `bfloat16`: the passes use a copy in that type (twice as fast on AVX-512)."""

    def __init__(self, network: nn.Module, plan: Plan, folder: Path, *, bfloat16: bool = False, device: str = "cpu") -> None:
        self.network, self.plan, self.folder = network.to(device), plan, folder
        self._copy = copy.deepcopy(self.network).bfloat16() if bfloat16 else None
        self._parameters = dict(self.network.named_parameters())
        self._optimiser = torch.optim.AdamW(
            self._parameters.values(), lr=plan.learning_rate, betas=(0.9, 0.98), weight_decay=plan.weight_decay, fused=True
        )
        self.step = 0
        self.seconds = 0.0
        if (folder / CHECKPOINT).is_file():
            self._resume(folder / CHECKPOINT)

    def fit(
        self,
        loss: Callable[[nn.Module, int], Tensor],
        *,
        evaluate: Callable[[nn.Module], dict[str, float]] | None = None,
        save_every_s: float = 120.0,
        evaluate_every: int = 2000,
        limit_s: float = float("inf"),
    ) -> bool:
        """Train until the plan's last step (True) or for `limit_s` (False: start again to go on). `loss(network, step)` is minimised."""
        began = saved = time.monotonic()
        already = self.seconds
        running = 0.0
        while self.step < self.plan.steps:
            running = running * 0.99 + 0.01 * self._one(loss)
            self.step += 1
            now = time.monotonic()
            self.seconds = already + now - began
            if evaluate is not None and (self.step % evaluate_every == 0 or self.step == self.plan.steps):
                self._log({"loss": running / (1 - 0.99 ** min(self.step, 2000)), **self._evaluate(evaluate)})
            if now - saved > save_every_s or now - began > limit_s:
                self.save()
                saved = now
                if now - began > limit_s:
                    return False
        self.save()
        return True

    def _one(self, loss: Callable[[nn.Module, int], Tensor]) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = self.plan.rate(self.step)
        working = self._copy or self.network
        if self._copy is not None:
            with torch.no_grad():
                for master, low in zip(self.network.parameters(), self._copy.parameters(), strict=True):
                    low.copy_(master)
        working.train()
        working.zero_grad(set_to_none=True)
        value = loss(working, self.step)
        value.backward()  # type: ignore[no-untyped-call]
        if self._copy is not None:
            for master, low in zip(self.network.parameters(), self._copy.parameters(), strict=True):
                master.grad = None if low.grad is None else low.grad.float()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip_norm)
        self._optimiser.step()
        return float(value.detach())

    def _evaluate(self, evaluate: Callable[[nn.Module], dict[str, float]]) -> dict[str, float]:
        self.network.eval()
        with torch.inference_mode():
            return evaluate(self.network)

    def _log(self, figures: dict[str, float]) -> None:
        line = {
            "step": self.step,
            "seconds": round(self.seconds, 1),
            "rate": self.plan.rate(min(self.step, self.plan.steps - 1)),
            **figures,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOG).open("a") as log:
            log.write(json.dumps(line) + "\n")
        print(" ".join(f"{key}={value:.4g}" for key, value in line.items()), flush=True)

    def save(self) -> None:
        """Write the checkpoint beside its target, then move it there: a killed run keeps the one before."""
        from safetensors.torch import save_file

        tensors = {f"network.{name}": value.detach().cpu().contiguous() for name, value in self.network.state_dict().items()}
        for name, parameter in self._parameters.items():
            for key, value in self._optimiser.state.get(parameter, {}).items():
                tensors[f"optimiser.{key}.{name}"] = value.detach().cpu().contiguous()
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{CHECKPOINT}.part"
        save_file(tensors, draft, metadata={"step": str(self.step), "seconds": str(self.seconds)})
        os.replace(draft, self.folder / CHECKPOINT)

    def _resume(self, path: Path) -> None:
        from safetensors import safe_open

        with safe_open(path, framework="pt") as found:
            about = found.metadata()
            tensors = {key: found.get_tensor(key) for key in found.offset_keys()}
        self.network.load_state_dict({key.removeprefix("network."): value for key, value in tensors.items() if key.startswith("network.")})
        for name, parameter in self._parameters.items():
            state = {
                key: tensors[f"optimiser.{key}.{name}"] for key in ("step", "exp_avg", "exp_avg_sq") if f"optimiser.{key}.{name}" in tensors
            }
            if state:
                self._optimiser.state[parameter] = {
                    key: value if key == "step" else value.to(parameter.device) for key, value in state.items()
                }
        self.step, self.seconds = int(about["step"]), float(about["seconds"])
