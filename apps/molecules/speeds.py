"""How many molecules a CPU-second each model of the studio does on one thread: the second half of the benchmark."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from apps.molecules import metrics
from apps.molecules.models import MODELS, PRIOR_MODEL
from apps.molecules.sampling import BLOCK, TEMPERATURE, LoadedPrior, PriorBlock
from shared.errors import SextantError
from shared.serving import Device, DType, Engine, Item, Model

__all__ = ["models", "sample", "speeds"]

SEED = 1
CELECOXIB = "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F"
ANALOGS = 64
MOLECULES = 256


def _per_cpu_second(count: int, work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


def sample(engine: Engine, count: int, temperature: float = TEMPERATURE, *, grammar: bool = True) -> list[str]:
    """`count` strings of the prior, in the order they came; temperature, grammar: by default as `generate` has them."""
    blocks = [PriorBlock(min(BLOCK, count - start), temperature, SEED + start, grammar) for start in range(0, count, BLOCK)]
    items: list[Item[list[str]]] = engine.submit_many(PRIOR_MODEL.name, blocks)
    return [text for item in items for text in item.result()]


def speeds(engine: Engine, molecules: Sequence[str]) -> dict[str, float]:
    """What -> molecules a CPU-second of the process, on one thread, engine included; loading is not. What cannot run is left out."""
    found = {}
    for name, (count, work) in _works(engine, molecules).items():
        try:
            work(1)
            found[name] = _per_cpu_second(count, lambda work=work, count=count: work(count))  # type: ignore[misc]
        except SextantError as error:
            print(f"{name}: {error}", file=sys.stderr)
    return found


def _works(engine: Engine, molecules: Sequence[str]) -> dict[str, tuple[int, Callable[[int], object]]]:
    """Name -> (how many molecules, what makes or reads so many)."""
    from apps.molecules.admet import ADMET_MODEL
    from apps.molecules.annalog import ANNALOG_MODEL, AnalogBlock
    from apps.molecules.properties import ALERTS, alerts, describe

    def predict(count: int) -> None:
        items: list[Item[Any]] = engine.submit_many(ADMET_MODEL.name, molecules[:count])
        for item in items:
            item.result()

    def describe_all(count: int) -> None:
        for mol in metrics.parse(molecules[:count]):
            if mol is not None:
                describe(mol)
                alerts(mol, ALERTS)

    def vary(count: int) -> None:
        engine.run(ANNALOG_MODEL.name, AnalogBlock(CELECOXIB, count, 1.1, SEED))

    return {
        "sampling": (16 * BLOCK, lambda count: sample(engine, count)),
        "ADMET": (min(MOLECULES, len(molecules)), predict),
        "properties and alerts": (min(MOLECULES, len(molecules)), describe_all),
        "analogues": (ANALOGS, vary),
    }


def models(prior: Path | None) -> tuple[Model[Any, Any], ...]:
    """The studio's models; prior: a trainer's checkpoint (its tokenizer beside it) in place of the shipped one."""
    if prior is None:
        return MODELS

    def load(device: Device, dtype: DType) -> LoadedPrior:
        from safetensors.torch import load_file

        from apps.molecules.prior import Prior

        weights = {key.removeprefix("network."): value for key, value in load_file(prior).items() if not key.startswith("optimiser.")}
        vocabulary, embedding = weights["embedding.weight"].shape
        network = Prior(vocabulary, embedding, weights["head.weight"].shape[1])
        network.load_state_dict(weights)
        return LoadedPrior(network.eval(), prior.parent / "tokenizer.json")

    trial = dataclasses.replace(PRIOR_MODEL, load=load, check=None)
    return tuple(trial if model is PRIOR_MODEL else model for model in MODELS)
