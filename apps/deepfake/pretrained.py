"""The hub's detectors on a device. Imported by `hub.py` when one is loaded: torch and transformers come in with it.

Weights are read as safetensors from a folder on this machine; no code that came with them is ever run. Preparation follows the
folder's `preprocessor_config.json`; it is written here because transformers' own needs torchvision.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from shared.errors import LoadFailed
from shared.serving import Device, DType, Step
from shared.serving.load import constructing

__all__ = ["ImageDetector", "VoiceDetector", "made_index"]

MAX_SECONDS = 30
RATE_HZ = 16_000
_MADE = re.compile(r"fake|spoof|synth|artificial|generated|^ai$|manipulated", re.IGNORECASE)


def made_index(labels: Mapping[int, str]) -> int:
    """Which output means "made": labels differ between models, and their order too. Raises `LoadFailed` where none says so."""
    found = [index for index, label in labels.items() if _MADE.search(label)]
    if len(found) != 1:
        names = ", ".join(labels.values())
        raise LoadFailed(f"Of the labels {names} not just one means made by a model.", remedy="Name them in the model's config.json.")
    return found[0]


class _Detector(ABC):
    """A classifier of transformers' `auto` class."""

    def __init__(self, folder: Path, device: Device, dtype: DType, auto: str) -> None:
        import transformers

        self._device, self._dtype = device.name, getattr(torch, dtype)
        try:
            self._prepared: dict[str, Any] = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
            with constructing:
                model = getattr(transformers, auto).from_pretrained(folder, dtype=self._dtype, use_safetensors=True, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            remedy = "Pull it again with `sextant models pull NAME --update`."
            raise LoadFailed(f"What was pulled to {folder} is not the expected model: {error}", remedy=remedy) from error
        labels = model.config.id2label
        self._made = made_index(labels) if len(labels) > 1 else 0
        self._model: Any = model.to(self._device).eval()

    def run(self, requests: Sequence[np.ndarray], step: Step) -> list[float]:
        """Probabilities of "made", uncalibrated."""
        found = []
        for done, request in enumerate(requests):
            step(done, len(requests))
            with torch.inference_mode():
                values = torch.from_numpy(self._prepare(request)).to(self._device, self._dtype)[None]
                logits = self._model(values).logits.float()
            # one output alone is a logit of "made"
            found.append(float(logits.sigmoid()[0, 0] if logits.shape[-1] == 1 else logits.softmax(-1)[0, self._made]))
        return found

    def close(self) -> None:
        self._model = None

    @abstractmethod
    def _prepare(self, request: np.ndarray) -> np.ndarray:
        """What the model takes: one request's values, float32."""


class ImageDetector(_Detector):
    """Takes (h, w, 3) uint8."""

    def __init__(self, folder: Path, device: Device, dtype: DType) -> None:
        super().__init__(folder, device, dtype, "AutoModelForImageClassification")

    def _prepare(self, request: np.ndarray) -> np.ndarray:
        size = self._prepared.get("size", 224)
        height, width = (
            (size, size) if isinstance(size, int) else (size.get(k, size.get("shortest_edge", 224)) for k in ("height", "width"))
        )
        image = Image.fromarray(request).resize((width, height), Image.Resampling(self._prepared.get("resample", 2)))
        values = np.asarray(image, dtype=np.float32) * np.float32(self._prepared.get("rescale_factor", 1 / 255))
        mean, std = (np.array(self._prepared.get(key, [0.5] * 3), dtype=np.float32) for key in ("image_mean", "image_std"))
        return ((values - mean) / std).transpose(2, 0, 1)


class VoiceDetector(_Detector):
    """Takes (n,) float32 at 16 kHz, of which the first 30 s are heard."""

    def __init__(self, folder: Path, device: Device, dtype: DType) -> None:
        super().__init__(folder, device, dtype, "AutoModelForAudioClassification")

    def _prepare(self, request: np.ndarray) -> np.ndarray:
        heard = request[: MAX_SECONDS * RATE_HZ].astype(np.float32)
        if self._prepared.get("do_normalize", True):
            heard = (heard - heard.mean()) / np.sqrt(heard.var() + 1e-7)
        return heard
