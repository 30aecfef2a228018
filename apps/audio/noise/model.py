"""The engine's model: 16 kHz in, how much of each bin is voice out. torch is imported by `load` alone.

A request: (n,) float32 at 16 kHz, of about -26 dB RMS. Its result: (frames, 257) float32, 0 noise, 1 voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from apps.audio.noise.spectra import BINS, HOP_S, NETWORK_RATE_HZ
from shared.serving import DType, Model, Source

if TYPE_CHECKING:
    from apps.audio.noise.network import MaskNetwork
    from apps.audio.noise.spectra import Floats
    from shared.serving import Device, Step

__all__ = ["DENOISER", "DENOISER_SOURCE", "LoadedMask"]

WEIGHTS = Path(__file__).parents[1] / "weights" / "denoise.safetensors"
DENOISER_SOURCE = Source(
    "embedded", "apps/audio/weights/denoise.safetensors", "1", "0b6c1d4c888f2f5bb58c2b8c8afdba00ecd616445cb1707282e5f6a5c21a5278"
)
PARAMETERS = 1_536_273
FRAME_BYTES = 24_000
"""A frame's activations: its spectrum, the stem's first layer, and the channels a few times over."""
HOP = round(HOP_S * NETWORK_RATE_HZ)


class LoadedMask:
    """The network on a device."""

    def __init__(self, network: MaskNetwork, device: str) -> None:
        self._network, self._device = network, device

    def run(self, requests: Sequence[Floats], step: Step) -> list[Floats]:
        """One batch of chunks of equal length. Each block of the network is a step at which it can be cancelled."""
        import numpy as np
        import torch

        from apps.audio.noise.network import log_power
        from apps.audio.noise.spectra import Grid

        spectra = Grid.of(NETWORK_RATE_HZ).analyse(np.stack(requests))
        power = torch.from_numpy(spectra.real**2 + spectra.imag**2).to(self._device)
        with torch.inference_mode():
            found: Floats = self._network(log_power(power), on_block=step).float().cpu().numpy()
        return list(found)

    def close(self) -> None:
        del self._network


def _load(device: Device, dtype: DType) -> LoadedMask:
    """float32 whatever the device prefers: a million parameters gain little from less."""
    from apps.audio.noise.network import MaskNetwork
    from shared.serving.load import load_module

    return LoadedMask(load_module(MaskNetwork, WEIGHTS, DENOISER_SOURCE, device, DType.FLOAT32), device.name)


def _check() -> None:
    from shared.serving.load import verify

    verify(WEIGHTS, DENOISER_SOURCE)


DENOISER: Model[Floats, Floats] = Model(
    name="voice-mask",
    task="denoise",
    licence="Apache-2.0 (trained here; speech CC BY 4.0, noises CC0, CC BY and public domain)",
    source=DENOISER_SOURCE,
    load=_load,
    nbytes=lambda dtype: PARAMETERS * DType.FLOAT32.itemsize,
    working_bytes=lambda requests: sum((len(chunk) // HOP + 2) * FRAME_BYTES for chunk in requests),
    batch_key=len,
    max_batch=4,
    tolerance=1e-4,
    description=f"Dilated convolutions over time: which of {BINS} bins are voice, in frames of 32 ms",
    check=_check,
)
