"""Music from words, by models of the Hugging Face hub: what they are asked, what they give, and their declarations.

    context.run("hub:ACE-Step/acestep-v15-xl-turbo-diffusers", Prompt("slow jazz trio, brushes", seconds=20, seed=3)) -> Clip

None comes with the installation: `sextant models pull NAME` fetches one and records its licence and commit (shared/serving/hub.py).
torch, transformers and diffusers are imported by `load` alone, in `pretrained.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import TooLarge, Unavailable
from shared.serving import DType, Model, Source, Terms

if TYPE_CHECKING:
    import numpy as np

    from shared.serving import Device, Loaded

__all__ = ["HUB_MODELS", "MAX_SECONDS", "Clip", "Prompt"]

MIB = 1 << 20
TOLERANCE = 2.0
"""All there is: another split of a batch changes the last bits, and one token or step that goes elsewhere for it changes the piece."""

# Diffusers lays a folder a component; the repository's root may hold the same weights once more in another layout.
PIPELINE_FILES = ("model_index.json", "*/*.json", "*/*.txt", "*/*.model", "*/*.safetensors")
ROOT_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")


@dataclass(frozen=True)
class Prompt:
    """Music in words. seconds: the clip's exact length. lyrics, tempo, key (`G major`), metre (`3/4`): where the model knows them."""

    text: str
    seconds: float
    seed: int
    lyrics: str = ""
    tempo_bpm: float | None = None
    key: str = ""
    metre: str = ""

    @property
    def in_words(self) -> str:
        """Everything but the lyrics in one description, for a model that takes nothing else."""
        tempo = f"{self.tempo_bpm:g} bpm" if self.tempo_bpm else ""
        metre = f"{self.metre} time" if self.metre else ""
        return ", ".join(part for part in (self.text, tempo, self.key, metre) if part)


@dataclass(frozen=True, eq=False)
class Clip:
    """samples: (n, channels) float32, within -1 ... 1."""

    samples: np.ndarray
    rate_hz: int


@dataclass(frozen=True)
class _Hub:
    """What differs between declarations. loader: class of `pretrained.py`; item_bytes, second_bytes: of a clip, of each second of it."""

    location: str
    licence: str
    loader: str
    packages: tuple[str, ...]
    files: tuple[str, ...]
    parameters: int
    item_bytes: int
    second_bytes: int
    max_seconds: float
    batch_key: Callable[[Prompt], Hashable]
    max_batch: int
    description: str
    terms: Terms | None = None

    @property
    def name(self) -> str:
        return f"hub:{self.location}"

    @property
    def source(self) -> Source:
        """No commit is declared: the one that is pulled is recorded, and loaded from then on."""
        return Source("hub", self.location, files=self.files)

    def check(self) -> Path:
        """The snapshot's folder. Raises Forbidden for a licence that was not accepted, Unavailable for what is missing."""
        from shared.serving.hub import ready

        folder = ready(self.name, self.licence, self.source, self.terms)
        for package in self.packages:
            if find_spec(package) is None:
                raise Unavailable(f"{self.name} needs the package {package}.", remedy="Run `pip install 'sextant-suite[audio]'`.")
        return folder

    def load(self, device: Device, dtype: DType) -> Loaded[Prompt, Clip]:
        folder = self.check()
        from apps.audio import pretrained

        loaded: Loaded[Prompt, Clip] = getattr(pretrained, self.loader)(folder, device, dtype)
        return loaded

    def key(self, prompt: Prompt) -> Hashable:
        """Raises TooLarge for a clip longer than the model was made for."""
        if not 0 < prompt.seconds <= self.max_seconds:
            problem = f"{self.name} makes up to {self.max_seconds:g} s, and {prompt.seconds:g} s are asked for."
            raise TooLarge(problem, remedy="Ask for less, or choose another model.", field="duration_s")
        return self.batch_key(prompt)

    def working_bytes(self, prompts: Sequence[Prompt]) -> int:
        return sum(self.item_bytes + math.ceil(self.second_bytes * prompt.seconds) for prompt in prompts)

    def declare(self) -> Model[Prompt, Clip]:
        return Model(
            name=self.name,
            task="compose",
            licence=self.licence,
            source=self.source,
            load=self.load,
            nbytes=lambda dtype: self.parameters * dtype.itemsize,
            working_bytes=self.working_bytes,
            batch_key=self.key,
            max_batch=self.max_batch,
            tolerance=TOLERANCE,
            description=self.description,
            check=self.check,
            terms=self.terms,
        )


def _variation(prompt: Prompt) -> Hashable:
    """All but the seed."""
    return prompt.text, prompt.seconds, prompt.lyrics, prompt.tempo_bpm, prompt.key, prompt.metre


ACE_STEP = _Hub(
    location="ACE-Step/acestep-v15-xl-turbo-diffusers",
    licence="MIT (its text encoder Apache-2.0)",
    loader="AceStep",
    packages=("diffusers", "transformers"),
    files=PIPELINE_FILES,
    parameters=5_760_000_000,  # by their files: 4.99 transformer and encoders, 0.6 Qwen3-Embedding, 0.17 autoencoder
    item_bytes=2048 * MIB,  # the autoencoder's last layers, tile by tile
    second_bytes=16 * MIB,
    max_seconds=600.0,
    # The pipeline masks no padding in its attention: a shorter text beside a longer one would sound otherwise than alone.
    batch_key=_variation,
    max_batch=4,
    description="ACE-Step 1.5 XL turbo: songs with lyrics, 48 kHz stereo, 8 steps; for a GPU",
)
STABLE_AUDIO = _Hub(
    location="stabilityai/stable-audio-open-1.0",
    licence="Stability AI Community License",
    loader="StableAudio",
    packages=("diffusers", "transformers"),
    files=PIPELINE_FILES,
    parameters=1_322_000_000,  # transformer 1057 M, autoencoder 156 M, T5 109 M: arXiv 2407.14358, section 3
    item_bytes=4096 * MIB,  # it always decodes 47.55 s: 128 channels of 2.1 million samples, four times in float32
    second_bytes=0,
    max_seconds=47.0,  # 1024 latents of 2048 samples at 44.1 kHz are 47.55 s
    batch_key=lambda prompt: prompt.seconds,
    max_batch=4,
    description="Stable Audio Open 1.0: loops, sounds and music without voices, 44.1 kHz stereo, 100 steps",
    terms=Terms(
        "free for research and for organisations below USD 1 million of yearly revenue, who register for commercial use; above, a licence"
        " is bought; the hub gives it to registered users only",
        "https://stability.ai/license",
    ),
)
MUSICGEN = _Hub(
    location="facebook/musicgen-small",
    licence="CC BY-NC 4.0",
    loader="MusicGen",
    packages=("transformers",),
    files=ROOT_FILES,
    parameters=591_000_000,
    item_bytes=256 * MIB,
    second_bytes=32 * MIB,  # keys and values of 50 tokens twice (24 layers of 1024, guided), and the codec's activations
    max_seconds=30.0,  # what it was trained on; positions beyond are new to it
    batch_key=lambda prompt: prompt.seconds,
    max_batch=8,
    description="MusicGen small: short pieces without voices, 32 kHz mono; works on a CPU, slowly",
    terms=Terms("not for commercial use", "https://creativecommons.org/licenses/by-nc/4.0/"),
)

_DECLARED = (ACE_STEP, STABLE_AUDIO, MUSICGEN)
HUB_MODELS: tuple[Model[Prompt, Clip], ...] = tuple(each.declare() for each in _DECLARED)
MAX_SECONDS: dict[str, float] = {each.name: each.max_seconds for each in _DECLARED}
"""The longest clip of each, by the model's name."""
