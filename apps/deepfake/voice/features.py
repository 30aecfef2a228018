"""What the head looks at: level, delay and pitch of every spot of a spectrogram, none of which a fixed filter or a gain changes.

    planes(windows)         # (n, 32000) at 16 kHz -> (n, 3, 160, 248)

Plane 0: log power over its mean in the same band within the window; quieter than 30 dB below counts as that. The long-term spectrum, and
a noise floor that is low enough, are thereby gone: they are of the microphone, the room and the codec.
Planes 1 and 2: where within the frame, and where within the band, the energy of a spot lies (the operators of time-frequency reassignment:
Auger and Flandrin 1995): how the phases of neighbours fit each other, which vocoders make up.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["BINS", "FRAMES", "RATE_HZ", "WINDOW", "planes"]

RATE_HZ = 16_000
WINDOW = 32_000
"""Samples: two seconds."""
SIZE, HOP = 512, 200
FRAMES = WINDOW // HOP
FIRST, BINS = 3, 248
"""Bins 3 ... 250 of 31.25 Hz: 94 to 7,813 Hz."""
FLOOR = 1e-3


@functools.cache
def _windows(device: str) -> Tensor:
    """(3, 512): Hann, Hann times time in half frames, and Hann's derivative in bins."""
    hann = torch.hann_window(SIZE, dtype=torch.float64)
    time = (torch.arange(SIZE, dtype=torch.float64) - SIZE / 2) / (SIZE / 2)
    slope = torch.sin(2 * torch.pi * torch.arange(SIZE, dtype=torch.float64) / SIZE) / 2
    return torch.stack([hann, hann * time, slope]).float().to(device)


def planes(windows: Tensor) -> Tensor:
    """(n, 32000) float32 of any level to (n, 3, 160, 248), of about -2 ... 2; digital silence gives zeros in the last two."""
    padded = functional.pad(windows, (SIZE // 2, SIZE // 2))
    frames = padded.unfold(1, SIZE, HOP)[:, :FRAMES]
    spectra = torch.fft.rfft(frames[:, None] * _windows(str(windows.device))[:, None], dim=3)[..., FIRST : FIRST + BINS]
    here, delayed, turned = spectra.unbind(1)
    power = here.real**2 + here.imag**2
    mean = power.mean(dim=1, keepdim=True)
    level = torch.log(power / (mean + 1e-12) + FLOOR)
    weight = 1 / (power + 1e-5 * mean + 1e-12)
    delay = (delayed * here.conj()).real * weight
    offset = (turned * here.conj()).imag * weight
    return torch.stack([(level + 2.5) / 2.5, torch.tanh(3 * delay), torch.tanh(offset)], dim=1)
