"""The declared model: the pinned weights load, its reach is what the blocks are cut for, a batch gives what each gives alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from apps.audio.noise.model import DENOISER, PARAMETERS, WEIGHTS
from apps.audio.noise.network import MaskNetwork, log_power
from apps.audio.noise.spectra import REACH_FRAMES
from shared.errors import Cancelled
from tests.apps.audio.noise.voices import hiss, loaded, mask_of, voice


def test_the_weights_are_the_pinned_ones_and_small() -> None:
    assert DENOISER.why_not() is None
    assert WEIGHTS.stat().st_size <= 3 << 20
    assert sum(each.numel() for each in MaskNetwork().parameters()) == PARAMETERS


def test_a_batch_is_what_each_is_alone() -> None:
    chunks = [voice(2, seed=seed) * np.float32(0.5) + hiss(32_000, 0.02, seed) for seed in range(3)]
    together = loaded().run(chunks, lambda done, total: None)
    for chunk, found in zip(chunks, together, strict=True):
        alone = mask_of(chunk)
        assert found.shape == (126, 257) and found.dtype == np.float32
        assert found.min() >= 0 and found.max() <= 1
        assert np.abs(found - alone).max() <= DENOISER.tolerance


def test_it_looks_two_seconds_to_each_side_and_no_further() -> None:
    network = MaskNetwork().eval()
    power = torch.rand(1, 3 * REACH_FRAMES, 257)
    other = power.clone()
    other[:, REACH_FRAMES + 100] += 5
    with torch.inference_mode():
        changed = (network(log_power(power)) - network(log_power(other))).abs().amax(dim=2)[0].numpy() > 0
    where = np.flatnonzero(changed)
    assert where[0] >= 100 and where[-1] <= 2 * REACH_FRAMES + 100


def test_it_can_be_stopped_between_its_blocks() -> None:
    def stop(done: float, total: float) -> None:
        if done > 2:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        loaded().run([hiss(16_000, 0.05)], stop)
