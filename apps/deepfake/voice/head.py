"""Whether a voice was recorded or made, window by window: speech is found, cut into two seconds each, and judged.

    head = VoiceHead.load()
    found = head.score(samples)          # (n,) float32 mono at 16 kHz
    found.logit, found.spans, found.speech_s

The logit is not a probability: thresholds and calibration are fitted on other recordings (weights/MODEL_CARD.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apps.deepfake.voice.vad import RATE_HZ, speech_spans
from shared.errors import BadInput
from shared.serving import DType, Source
from shared.serving.device import find_device

if TYPE_CHECKING:
    from apps.deepfake.voice.network import VoiceNetwork

__all__ = ["VOICE_SOURCE", "VoiceHead", "VoiceScore"]

WEIGHTS = Path(__file__).parents[1] / "weights" / "voice.safetensors"
VOICE_SOURCE = Source(
    "embedded", "apps/deepfake/weights/voice.safetensors", "1", "9b1a361567b4af188ff8afb3220585cc56b05477f14a744f1ac2e62d93f1f57c"
)
WINDOW_S, STEP_S = 2.0, 1.0
SHORTEST_S = 0.5
"""Less speech than this in all is not judged."""
ENOUGH = 0.4
"""Share of a window that must be speech, if any window has as much."""
BATCH = 32


@dataclass(frozen=True)
class VoiceScore:
    """logit > 0: made rather than recorded; None without speech. spans: (from_s, to_s, probability 0 ... 1), uncalibrated, in order."""

    logit: float | None
    spans: list[tuple[float, float, float]]
    speech_s: float


class VoiceHead:
    """The network, ready to judge."""

    def __init__(self, network: VoiceNetwork, device: str = "cpu") -> None:
        self._network, self._device = network, device

    @classmethod
    def load(cls, path: Path | None = None, device: str = "cpu") -> VoiceHead:
        """The shipped weights, checked by sha256; or those of a run of your own, which are taken as they are.

        Raises Unavailable (no such file), LoadFailed (another sha256, or not this network's), Unsupported (no safetensors).
        """
        from apps.deepfake.voice.network import VoiceNetwork
        from shared.serving.load import load_module

        own = path is not None and path.resolve() != WEIGHTS.resolve()
        source = _source_of(path) if own and path is not None else VOICE_SOURCE
        return cls(load_module(VoiceNetwork, path or WEIGHTS, source, find_device(device), DType.FLOAT32), device)

    def score(self, samples: NDArray[np.float32]) -> VoiceScore:
        """(n,) float32 mono at 16 kHz, of any length and level. Raises BadInput for another shape or values that are not finite."""
        samples = np.asarray(samples, np.float32)
        spoken = speech_spans(samples)
        speech_s = round(sum(end - start for start, end in spoken), 3)
        if speech_s < SHORTEST_S:
            return VoiceScore(None, [], speech_s)
        starts, shares = _windows(spoken, len(samples) / RATE_HZ)
        logits = self.logits(samples, starts)
        pooled = float(np.average(logits, weights=shares))
        chances = 1 / (1 + np.exp(-logits))
        return VoiceScore(pooled, _timeline(starts, shares, chances, len(samples) / RATE_HZ), speech_s)

    def logits(self, samples: NDArray[np.float32], starts: NDArray[np.float64]) -> NDArray[np.float64]:
        """(windows,) of the windows that begin at `starts`, seconds; a clip that is too short is repeated."""
        import torch

        from apps.deepfake.voice.features import WINDOW, planes

        if not len(samples):
            raise BadInput("There are no samples to judge.", remedy="Give a recording.")
        samples = samples - samples.mean()
        padded = np.pad(samples, (0, max(0, WINDOW - len(samples))), mode="wrap")
        places = np.clip(np.round(starts * RATE_HZ).astype(int), 0, len(padded) - WINDOW)
        found = []
        with torch.inference_mode():
            for at in range(0, len(places), BATCH):
                waves = np.stack([padded[place : place + WINDOW] for place in places[at : at + BATCH]])
                found.append(self._network(planes(torch.from_numpy(waves).to(self._device))).double().cpu().numpy())
        return np.concatenate(found)


def _windows(spoken: list[tuple[float, float]], duration_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """((n,) starts, (n,) shares of speech 0 ... 1) of windows a second apart; those with too little speech are left out."""
    last = max(0.0, duration_s - WINDOW_S)
    starts = np.unique(np.append(np.arange(0.0, last, STEP_S), last))
    shares = np.array([sum(max(0.0, min(b, start + WINDOW_S) - max(a, start)) for a, b in spoken) / WINDOW_S for start in starts])
    kept = shares >= min(ENOUGH, shares.max())
    return starts[kept], shares[kept]


def _timeline(
    starts: NDArray[np.float64], shares: NDArray[np.float64], chances: NDArray[np.float64], duration_s: float
) -> list[tuple[float, float, float]]:
    """A probability for each stretch of up to a second between the windows' edges: the mean of the windows that cover it."""
    edges = np.unique(np.round(np.concatenate([starts, np.minimum(starts + WINDOW_S, duration_s)]), 3))
    spans = []
    for begin, end in pairwise(edges.tolist()):
        covering = (starts < end - 1e-3) & (starts + WINDOW_S > begin + 1e-3)
        if covering.any():
            spans.append((begin, end, round(float(np.average(chances[covering], weights=shares[covering])), 4)))
    return spans


def _source_of(path: Path) -> Source:
    """Somebody's own weights vouch for themselves: their format and their fit are checked all the same."""
    import hashlib

    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "0" * 64
    return Source("embedded", str(path), "own", sha256)
