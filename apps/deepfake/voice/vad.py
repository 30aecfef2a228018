"""Where somebody speaks: Silero VAD v6 (Silero Team 2021-2026, https://github.com/snakers4/silero-vad, MIT), its network in our own words.

    speech_spans(samples)          # (n,) float32 at 16 kHz -> [(0.4, 3.1), ...] seconds

Weights: the file of the package silero-vad, checked by its sha256. Architecture: that package's tinygrad_model.py. A chunk of 512 samples,
with 64 before it, gives one probability; the state of an LSTM goes from chunk to chunk.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shared.errors import BadInput
from shared.serving import Source
from shared.serving.carrier import carried_file

if TYPE_CHECKING:
    import torch

__all__ = ["VAD_SOURCE", "speech_probability", "speech_spans"]

RATE_HZ = 16_000
CHUNK, CONTEXT, PAD = 512, 64, 64
FILTERS, STRIDE = 256, 128
START, STOP = 0.5, 0.35
"""A span begins above the first and ends below the second: the package's own defaults (utils_vad.py)."""
SHORTEST_S, GAP_S, MARGIN_S = 0.25, 0.1, 0.03
BLOCK = 2048
"""Chunks whose convolutions run together: 65 s, a few ten MB."""
VAD_SOURCE = Source(
    "embedded", "silero_vad/data/silero_vad_16k.safetensors", "6.2.3", "c59271c284ae9c8335d795d60e0bfdb71aaaceec578d9bd9ffc1b8153c319ea1"
)


def speech_spans(samples: NDArray[np.float32]) -> list[tuple[float, float]]:
    """(n,) float32 mono at 16 kHz to the spans of speech [(from_s, to_s)], in order, apart. Raises BadInput, Unavailable, LoadFailed."""
    samples = np.asarray(samples, np.float32)
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise BadInput("The voice activity detector takes one channel of finite samples.", remedy="Mix down first.")
    chance = speech_probability(samples)
    spans: list[tuple[int, int]] = []
    begun: int | None = None
    for number, value in enumerate(chance):
        if begun is None and value >= START:
            begun = number
        elif begun is not None and value < STOP:
            spans.append((begun, number))
            begun = None
    if begun is not None:
        spans.append((begun, len(chance)))
    return _tidy([(a * CHUNK / RATE_HZ, b * CHUNK / RATE_HZ) for a, b in spans], len(samples) / RATE_HZ)


def _tidy(spans: list[tuple[float, float]], duration_s: float) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] < GAP_S:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [
        (round(max(0.0, start - MARGIN_S), 3), round(min(duration_s, end + MARGIN_S), 3))
        for start, end in joined
        if end - start >= SHORTEST_S
    ]


def speech_probability(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) at 16 kHz to (ceil(n / 512),) probability of speech in each 32 ms."""
    import torch
    from torch.nn import functional

    weights = _weights()
    chunks = -(-len(samples) // CHUNK)
    if not chunks:
        return np.zeros(0, np.float32)
    padded = np.zeros(CONTEXT + chunks * CHUNK, np.float32)
    padded[CONTEXT : CONTEXT + len(samples)] = samples
    frames = torch.from_numpy(np.lib.stride_tricks.sliding_window_view(padded, CONTEXT + CHUNK)[::CHUNK].copy())
    with torch.inference_mode():
        heard = torch.cat([_convolve(frames[at : at + BLOCK], weights) for at in range(0, chunks, BLOCK)])
        into = functional.linear(heard, weights["lstm_cell.weight_ih"], weights["lstm_cell.bias_ih"] + weights["lstm_cell.bias_hh"])
        return _recur(into.numpy(), weights)


def _convolve(frames: torch.Tensor, weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """(chunks, 576) to (chunks, 128): a learned short-time spectrum and four convolutions."""
    import torch
    from torch.nn import functional

    x = functional.pad(frames[:, None], (0, PAD), mode="reflect")
    x = functional.conv1d(x, weights["stft_conv.weight"], stride=STRIDE)
    half = FILTERS // 2 + 1
    x = torch.sqrt(x[:, :half] ** 2 + x[:, half:] ** 2)
    for name, stride in (("conv1", 1), ("conv2", 2), ("conv3", 2), ("conv4", 1)):
        x = functional.relu(functional.conv1d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=stride, padding=1))
    return x.squeeze(-1)


def _recur(into: NDArray[np.float32], weights: dict[str, torch.Tensor]) -> NDArray[np.float32]:
    """(chunks, 512) the input's share of an LSTM's gates to (chunks,) probabilities. numpy: torch's overhead would be most of the time."""
    back = weights["lstm_cell.weight_hh"].numpy().T.copy()
    last, bias = weights["final_conv.weight"].numpy().ravel(), float(weights["final_conv.bias"][0])
    hidden = cell = np.zeros(back.shape[0], np.float32)
    found = np.empty(len(into), np.float32)
    for number, row in enumerate(into):
        enter, forget, fresh, leave = np.split(row + hidden @ back, 4)
        cell = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(fresh)
        hidden = _sigmoid(leave) * np.tanh(cell)
        found[number] = np.maximum(hidden, 0) @ last + bias
    return _sigmoid(found)


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * x))


@functools.cache
def _weights() -> dict[str, torch.Tensor]:
    from shared.serving.load import read_weights

    path: Path = carried_file("silero-vad", "6.2.3", "silero_vad/data/silero_vad_16k.safetensors")
    return read_weights(path, VAD_SOURCE)
