"""The networks that come with this studio, described without torch: sizes, files, checksums, kernel codes.

`weights/srmd.json` is written by `convert.py` (files) and `fit.py` (codes); the model declaration pins its sha256, and it pins the rest.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.errors import LoadFailed

__all__ = [
    "CODE_SIZE",
    "DEPTH",
    "MANIFEST",
    "MAX_SIGMA",
    "NETWORKS",
    "RECEPTIVE_RADIUS_PX",
    "WEIGHTS",
    "WIDTH",
    "Network",
    "manifest",
    "networks",
]

WEIGHTS = Path(__file__).parent / "weights"
MANIFEST = WEIGHTS / "srmd.json"

NETWORKS = {"srmd_x2": (2, True), "srmdnf_x2": (2, False), "srmdnf_x3": (3, False), "srmdnf_x4": (4, False)}
"""Name -> (scale, takes a noise level). `srmd_x2` denoises; the noise-free ones enlarge."""

DEPTH = 12
WIDTH = 128
CODE_SIZE = 15
"""Numbers that describe the blur kernel."""

RECEPTIVE_RADIUS_PX = DEPTH
"""One pixel a 3x3 convolution: a tile with this margin is computed exactly as the whole image would be."""

MAX_SIGMA = 75.0 / 255.0
"""The strongest noise that SRMD was trained on, as a share of full scale (section 4.1 of the paper)."""


@dataclass(frozen=True)
class Network:
    """One file. code: (15,) of the suite's own measurement model; noise_factor: noise level told to the network over the image's own."""

    name: str
    scale: int
    noise: bool
    sha256: str
    code: tuple[float, ...]
    noise_factor: float

    @property
    def path(self) -> Path:
        return WEIGHTS / f"{self.name}.safetensors"

    @property
    def n_parameters(self) -> int:
        inputs = 1 + CODE_SIZE + int(self.noise)
        hidden = (DEPTH - 2) * (WIDTH * WIDTH * 9 + WIDTH)
        return (inputs * WIDTH * 9 + WIDTH) + hidden + (WIDTH * self.scale**2 * 9 + self.scale**2)

    def check(self) -> Path:
        """The file, if it is the pinned one; raises `LoadFailed`."""
        if not self.path.is_file():
            raise LoadFailed(f"The weights {self.path.name} are missing.", remedy="Install the suite again, or choose --model bicubic-ibp.")
        if hashlib.sha256(self.path.read_bytes()).hexdigest() != self.sha256:
            raise LoadFailed(f"The weights {self.path.name} are not the pinned ones.", remedy="Install the suite again.")
        return self.path


def manifest(sha256: str = "") -> dict[str, Any]:
    """The content of `weights/srmd.json`; with `sha256`, only if it is that very file. Raises `LoadFailed`."""
    if not MANIFEST.is_file():
        raise LoadFailed(f"{MANIFEST.name} is missing.", remedy="Install the suite again, or choose --model bicubic-ibp.")
    content = MANIFEST.read_bytes()
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise LoadFailed(f"{MANIFEST.name} is not the pinned one.", remedy="Install the suite again.")
    found: dict[str, Any] = json.loads(content)
    return found


@cache
def networks(sha256: str = "") -> dict[str, Network]:
    """The shipped networks by name."""
    record = manifest(sha256)
    return {
        name: Network(name, scale, noise, record["sha256"][name], tuple(record["codes"][name]), record["noise_factor"] if noise else 0.0)
        for name, (scale, noise) in NETWORKS.items()
    }
