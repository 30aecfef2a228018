"""The studio's models. torch is imported by `load` alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.audio.hub import HUB_MODELS
from apps.audio.noise.model import DENOISER
from shared.serving import DType, Model, Source

if TYPE_CHECKING:
    from apps.audio.chorales.sampling import Commission, Written
    from apps.audio.effects.making import Made
    from shared.serving import Step

__all__ = ["CHORALES", "EFFECTS", "MODELS", "Order"]

WEIGHTS = Path(__file__).parent / "weights"
CHORALE_WEIGHTS, EFFECT_WEIGHTS = WEIGHTS / "chorales.safetensors", WEIGHTS / "effects.safetensors"
CHORALE_SOURCE = Source(
    "embedded", "apps/audio/weights/chorales.safetensors", "2", "8f403c0ce8df49bdbd00732b18c3fd90f3bed0d83295b53cb0ade06ec87725de"
)
EFFECT_SOURCE = Source(
    "embedded", "apps/audio/weights/effects.safetensors", "1", "25d5af775eb4bf6400fc499b0c302c9e37e2cbc2ad5b3b74166fa1703e1caef9"
)
CHORALE_PARAMETERS = 2_405_355
WORKING_BYTES = 32 << 20
SAMPLE_BYTES = 16
"""A sample of an effect in the making: float64 and a spectrum of it."""


@dataclass(frozen=True, eq=False)
class Order:
    """One variation of an effect: the class and the arguments of `effects.making.make`."""

    kind: str
    arguments: Mapping[str, Any]


class LoadedChorales:
    """The network, on the CPU whatever the device: a step is a dozen products of one row, which wait for a GPU's launches longer than
    they take here."""

    def __init__(self) -> None:
        from apps.audio.chorales.network import ChoraleNetwork
        from shared.serving.device import CpuDevice
        from shared.serving.load import load_module

        self._network: Any = load_module(ChoraleNetwork, CHORALE_WEIGHTS, CHORALE_SOURCE, CpuDevice(), DType.FLOAT32)

    def run(self, requests: Sequence[Commission], step: Step) -> list[Written]:
        import torch

        from apps.audio.chorales.sampling import write

        # of this thread: a product of one row gains nothing from a second core, and waits for it where that is busy
        torch.set_num_threads(1)
        return [write(self._network, commission, step) for commission in requests]

    def close(self) -> None:
        self._network = None


class LoadedEffects:
    """The procedural classes with what was fitted of their parameters: numpy, one variation at a time."""

    def run(self, requests: Sequence[Order], step: Step) -> list[Made]:
        from apps.audio.effects.making import make

        made = []
        for done, order in enumerate(requests):
            step(done, len(requests))
            made.append(make(order.kind, **order.arguments))
        return made

    def close(self) -> None:
        """A few kilobytes, kept."""


def _check(path: Path, source: Source) -> None:
    from shared.serving.load import verify

    verify(path, source)


CHORALES: Model[Any, Any] = Model(
    name="bach-chorales",
    task="compose",
    licence="Apache-2.0 (trained here; the music is in the public domain)",
    source=CHORALE_SOURCE,
    load=lambda device, dtype: LoadedChorales(),
    nbytes=lambda dtype: CHORALE_PARAMETERS * 4,
    working_bytes=lambda requests: WORKING_BYTES,
    batch_key=id,  # each piece alone: their lengths differ, and a step is a few small products
    max_batch=1,
    description="any-subset model of four-part chorales: voices and bars given or written, a 16th at a time",
    check=lambda: _check(CHORALE_WEIGHTS, CHORALE_SOURCE),
)

EFFECTS: Model[Any, Any] = Model(
    name="procedural-effects",
    task="effect",
    licence="Apache-2.0 (fitted here; recordings CC0, CC BY, BSD: see the model card)",
    source=EFFECT_SOURCE,
    load=lambda device, dtype: LoadedEffects(),
    nbytes=lambda dtype: EFFECT_WEIGHTS.stat().st_size if EFFECT_WEIGHTS.is_file() else 0,
    working_bytes=lambda requests: round(sum(order.arguments.get("duration_s") or 5.0 for order in requests) * 48_000 * SAMPLE_BYTES),
    batch_key=id,
    max_batch=1,
    description="31 procedural sounds whose parameters are drawn from what was learned of recordings; no audio is stored",
    check=lambda: _check(EFFECT_WEIGHTS, EFFECT_SOURCE),
)

MODELS: tuple[Model[Any, Any], ...] = (CHORALES, EFFECTS, DENOISER, *HUB_MODELS)
