"""The studio's models. torch is imported by `load` alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apps.molecules.admet import ADMET_MODEL
from apps.molecules.annalog import ANNALOG_MODEL
from apps.molecules.sampling import LoadedPrior, PriorBlock
from shared.serving import Device, DType, Model, Source

__all__ = ["MODELS", "PRIOR_MODEL"]

WEIGHTS = Path(__file__).parent / "weights"
PRIOR = WEIGHTS / "prior.safetensors"
TOKENIZER = WEIGHTS / "tokenizer.json"
PRIOR_SOURCE = Source(
    "embedded", "apps/molecules/weights/prior.safetensors", "1", "4de4759d990b61c67073b914f4e8301906d424465ceadbf7bdcb8679fe721fc1"
)
PARAMETERS = 1_987_840
GATES_BYTES = 640 * 4 * 6
"""A molecule being sampled: gates, states and logits."""


def _load_prior(device: Device, dtype: DType) -> LoadedPrior:
    """float32 whatever the device prefers: two million parameters gain nothing from less, and a seed shall mean the same everywhere."""
    from apps.molecules.prior import Prior
    from shared.serving.load import load_module

    return LoadedPrior(load_module(Prior, PRIOR, PRIOR_SOURCE, device, DType.FLOAT32), TOKENIZER)


def _working_bytes(requests: Sequence[PriorBlock]) -> int:
    return max(block.count for block in requests) * GATES_BYTES


def _check_prior() -> None:
    from shared.serving.load import verify

    verify(PRIOR, PRIOR_SOURCE)


PRIOR_MODEL: Model[PriorBlock, list[str]] = Model(
    name="moses-lstm",
    task="generate",
    licence="Apache-2.0 (trained here; data MIT)",
    source=PRIOR_SOURCE,
    load=_load_prior,
    nbytes=lambda dtype: PARAMETERS * 4,
    working_bytes=_working_bytes,
    batch_key=lambda block: block,
    max_batch=1,
    tolerance=1e-5,
    description="LSTM language model of SMILES, maximum likelihood on MOSES",
    check=_check_prior,
)

MODELS: tuple[Model[Any, Any], ...] = (PRIOR_MODEL, ADMET_MODEL, ANNALOG_MODEL)
