"""The studio's models. torch is imported by `load` alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.serving import Model, Source

if TYPE_CHECKING:
    from apps.design.furniture.criteria import Brief
    from apps.design.furniture.sampling import Generator, Variants
    from shared.serving import Step

__all__ = ["FURNITURE", "MODELS", "Order"]

WEIGHTS = Path(__file__).parent / "weights"
SHA256 = {
    "chair": "b9660647ad157293afbcf036c86e70f6c2e6e290cdccf60189b582f1d42687ca",
    "stool": "55d20424fabefc5210109353b64690a9019de8ed5dc3ccfacdf553b13fa18703",
}
SOURCES = {key: Source("embedded", f"apps/design/weights/product_{key}.safetensors", "1", sha256) for key, sha256 in SHA256.items()}
WORKING_BYTES = 16 << 20


@dataclass(frozen=True, eq=False)
class Order:
    """Variants of a brief; near: a latent to stay at, moved along its two main directions, for a single variant."""

    brief: Brief
    count: int
    seed: int
    near: tuple[float, ...] = ()
    first: float = 0.0
    second: float = 0.0


class LoadedFurniture:
    """The decoders of all families, on the CPU whatever the device: each is a product of a few hundred numbers."""

    def __init__(self) -> None:
        from apps.design.furniture.sampling import load

        _check()
        self._generators: dict[str, Generator] = {key: load(key, WEIGHTS) for key in SOURCES}

    def run(self, requests: Sequence[Order], step: Step) -> list[Variants]:
        import numpy as np
        import torch

        from apps.design.furniture.sampling import Variants

        torch.set_num_threads(1)  # of this thread: see above
        found = []
        for done, order in enumerate(requests):
            step(done, len(requests))
            generator = self._generators[order.brief.kind.key]
            if not order.near:
                found.append(generator.variants(order.brief, order.count, order.seed))
                continue
            variant = generator.at(order.brief, generator.moved(np.array(order.near), order.first, order.second))
            shown, failed = ((variant,), {}) if variant.report.passed else ((), dict.fromkeys(variant.report.failed, 1))
            found.append(Variants(shown, len(shown), 1, 1, failed))
        return found

    def close(self) -> None:
        self._generators.clear()


def _check() -> None:
    from shared.serving.load import verify

    for key, source in SOURCES.items():
        verify(WEIGHTS / f"product_{key}.safetensors", source)


def _nbytes(dtype: Any) -> int:
    paths = [WEIGHTS / f"product_{key}.safetensors" for key in SOURCES]
    return sum(path.stat().st_size for path in paths if path.is_file())


FURNITURE: Model[Order, Any] = Model(
    name="furniture-cvae",
    task="product",
    licence="Apache-2.0 (trained here; ANSUR II: approved for public release)",
    source=SOURCES["chair"],
    load=lambda device, dtype: LoadedFurniture(),
    nbytes=_nbytes,
    working_bytes=lambda requests: WORKING_BYTES * len(requests),
    batch_key=id,
    max_batch=1,
    description="conditional variational autoencoders over feasible parameters of chairs and stools",
    check=_check,
)

MODELS: tuple[Model[Any, Any], ...] = (FURNITURE,)
