"""The hub's music models on a device. Imported by `hub.py` when one is loaded: torch, transformers and diffusers come in with it.

Weights are read as safetensors from a folder on this machine; no code that came with them is ever run.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch

from apps.audio.hub import Clip, Prompt
from shared.errors import LoadFailed
from shared.serving import Device, DType, Step
from shared.serving.load import constructing

__all__ = ["AceStep", "MusicGen", "StableAudio"]

TOP_K = 250
GUIDANCE = 3.0
"""Both as MusicGen was evaluated: Copet et al. 2023, arXiv 2306.05284, section 4 and appendix."""

ACE_STEPS = 8
ACE_SHIFT = 3.0
"""What the turbo weights were distilled for: diffusers' documentation of AceStepPipeline."""
INSTRUMENTAL = "[Instrumental]"

STABLE_STEPS = 100
STABLE_GUIDANCE = 7.0
STABLE_NEGATIVE = "Low quality."
"""As in the model's card and its pipeline's defaults."""

_SPARING = {"low_cpu_mem_usage": find_spec("accelerate") is not None}
"""diffusers' default, without its warning where the package is missing."""


class MusicGen:
    """transformers' MusicgenForConditionalGeneration."""

    def __init__(self, folder: Path, device: Device, dtype: DType) -> None:
        from transformers import MusicgenForConditionalGeneration, T5Tokenizer

        with _reading(folder):
            self._tokenizer = T5Tokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = MusicgenForConditionalGeneration.from_pretrained(folder, **_reading_options(dtype))
            self._model = model.to(device.name).eval()
        self._device = device.name
        decoder = model.config.decoder
        # Both channels of a stereo model are delayed alike.
        self._delay = decoder.num_codebooks // decoder.audio_channels - 1
        self._streams = decoder.num_codebooks
        self._rate_hz = int(model.config.audio_encoder.sampling_rate)
        self._frame_rate_hz = int(model.config.audio_encoder.frame_rate)

    def run(self, requests: Sequence[Prompt], step: Step) -> list[Clip]:
        """One batch of equal length; a step is one frame of all codebooks, 1/50 s of sound."""
        from transformers import LogitsProcessorList, StoppingCriteriaList

        frames = math.ceil(requests[0].seconds * self._frame_rate_hz) + self._delay
        text = self._tokenizer([prompt.in_words for prompt in requests], padding=True, truncation=True, return_tensors="pt").to(
            self._device
        )
        sampling = _Sampling([_generator(prompt) for prompt in requests], self._streams)
        with torch.inference_mode():
            values = self._model.generate(
                input_ids=text.input_ids,
                attention_mask=text.attention_mask,
                max_new_tokens=frames,
                guidance_scale=GUIDANCE,
                do_sample=False,
                logits_processor=LogitsProcessorList([sampling]),
                stopping_criteria=StoppingCriteriaList([_Steps(step, frames)]),
            )
        return [_clip(value, prompt, self._rate_hz) for value, prompt in zip(values, requests, strict=True)]

    def close(self) -> None:
        self._model = None


class AceStep:
    """diffusers' AceStepPipeline with turbo weights: guidance is distilled into them."""

    def __init__(self, folder: Path, device: Device, dtype: DType) -> None:
        from diffusers import AceStepPipeline
        from diffusers.utils import logging

        logging.disable_progress_bar()
        with _reading(folder):
            self._pipe: Any = AceStepPipeline.from_pretrained(folder, **_reading_options(dtype), **_SPARING).to(device.name)
        self._pipe.set_progress_bar_config(disable=True)
        self._pipe.vae.enable_tiling()  # minutes at 48 kHz would take gigabytes for the last layers at once

    def run(self, requests: Sequence[Prompt], step: Step) -> list[Clip]:
        """Variations of one prompt, one for each seed."""
        first = requests[0]

        def on_step_end(pipe: Any, done: int, timestep: float, tensors: dict[str, Any]) -> dict[str, Any]:
            step(done + 1, ACE_STEPS)
            return tensors

        with torch.inference_mode():
            values = self._pipe(
                prompt=[first.text] * len(requests),
                lyrics=[first.lyrics or INSTRUMENTAL] * len(requests),
                audio_duration=first.seconds,
                num_inference_steps=ACE_STEPS,
                guidance_scale=1.0,
                shift=ACE_SHIFT,
                bpm=round(first.tempo_bpm) if first.tempo_bpm else None,
                keyscale=first.key or None,
                timesignature=first.metre.partition("/")[0] or None,
                generator=[_generator(prompt) for prompt in requests],
                callback_on_step_end=on_step_end,
            ).audios
        return [_clip(value, prompt, self._pipe.sample_rate) for value, prompt in zip(values, requests, strict=True)]

    def close(self) -> None:
        self._pipe = None


class StableAudio:
    """diffusers' StableAudioPipeline on Euler's method, whose noise is each item's own; its usual sampler needs the package torchsde."""

    def __init__(self, folder: Path, device: Device, dtype: DType) -> None:
        from diffusers import AutoencoderOobleck, StableAudioDiTModel, StableAudioPipeline, StableAudioProjectionModel
        from transformers import T5EncoderModel, T5Tokenizer

        options = _reading_options(dtype)
        with _reading(folder):
            # Part by part: the pipeline's own reading asks for the scheduler that is not there without torchsde.
            pipe: Any = StableAudioPipeline(
                vae=AutoencoderOobleck.from_pretrained(folder / "vae", **options, **_SPARING),
                text_encoder=T5EncoderModel.from_pretrained(folder / "text_encoder", **options),
                projection_model=StableAudioProjectionModel.from_pretrained(folder / "projection_model", **options, **_SPARING),
                tokenizer=T5Tokenizer.from_pretrained(folder / "tokenizer", local_files_only=True),
                transformer=StableAudioDiTModel.from_pretrained(folder / "transformer", **options, **_SPARING),
                scheduler=_euler(folder / "scheduler"),
            )
            self._pipe = pipe.to(device.name)
        self._pipe.set_progress_bar_config(disable=True)

    def run(self, requests: Sequence[Prompt], step: Step) -> list[Clip]:
        """One batch of equal length."""
        with torch.inference_mode():
            values = self._pipe(
                prompt=[prompt.in_words for prompt in requests],
                negative_prompt=[STABLE_NEGATIVE] * len(requests),
                audio_end_in_s=requests[0].seconds,
                num_inference_steps=STABLE_STEPS,
                guidance_scale=STABLE_GUIDANCE,
                generator=[_generator(prompt) for prompt in requests],
                callback=lambda done, timestep, latents: step(done + 1, STABLE_STEPS),
            ).audios
        rate_hz = int(self._pipe.vae.config.sampling_rate)
        return [_clip(value, prompt, rate_hz) for value, prompt in zip(values, requests, strict=True)]

    def close(self) -> None:
        self._pipe = None


class _Sampling:
    """A logits processor that draws each item's tokens from the item's own generator, the `TOP_K` likeliest alone.

    `generate` would draw a whole batch from torch's global stream. By the Gumbel-max trick the arg max of log-probabilities plus Gumbel
    noise is a draw from them, so that greedy decoding afterwards takes what was drawn here.
    """

    def __init__(self, generators: Sequence[torch.Generator], streams: int) -> None:
        self._generators = generators
        self._streams = streams

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """input_ids: (items * streams, tokens); scores: (items * streams, vocabulary), twice as many rows where guidance comes after."""
        rows = input_ids.shape[0]
        guided = scores.shape[0] == 2 * rows
        logits = scores.float()
        if guided:
            with_text, without = logits.split(rows)
            logits = without + (with_text - without) * GUIDANCE
        likeliest = logits.topk(min(TOP_K, logits.shape[-1]))
        noise = torch.cat([self._gumbel(generator, likeliest.values.shape[-1]) for generator in self._generators])
        drawn = (likeliest.values + noise.to(logits.device)).argmax(-1, keepdim=True)
        chosen = torch.full_like(logits, -1.0).scatter(-1, likeliest.indices.gather(-1, drawn), 1.0)
        # Equal halves pass unchanged through the guidance that `generate` applies after a caller's own processors.
        return chosen.repeat(2, 1) if guided else chosen

    def _gumbel(self, generator: torch.Generator, count: int) -> torch.Tensor:
        uniform = torch.rand(self._streams, count, generator=generator, dtype=torch.float64)
        return -torch.log(-torch.log(uniform.clamp(1e-12, 1 - 1e-12))).float()


class _Steps:
    """A stopping criterion that stops nothing: it tells `step`, which raises once nobody waits."""

    def __init__(self, step: Step, total: int) -> None:
        self._step, self._total, self._done = step, total, 0

    def __call__(self, input_ids: torch.Tensor, scores: Any, **kwargs: Any) -> torch.Tensor:
        self._done += 1
        self._step(self._done, self._total)
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


def _euler(folder: Path) -> Any:
    """Euler's method on the noise levels that the model was trained with, told to it as its own CosineDPMSolverMultistepScheduler does."""
    from diffusers import EDMEulerScheduler

    class CosineEulerScheduler(EDMEulerScheduler):
        def precondition_noise(self, sigma: float | torch.Tensor) -> torch.Tensor:
            return torch.as_tensor(sigma).reshape(-1).atan() / math.pi * 2

    return CosineEulerScheduler.from_config(EDMEulerScheduler.load_config(folder, local_files_only=True))


def _reading_options(dtype: DType) -> dict[str, Any]:
    return {"dtype": getattr(torch, dtype), "use_safetensors": True, "local_files_only": True}


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """`from_pretrained` makes modules on the meta device and reads files in one go, so that `constructing` is held for all of it."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()  # MusicGen's own padding token draws a warning about its vocabulary
    with constructing, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*weight_norm", category=FutureWarning)  # diffusers' AutoencoderOobleck
        try:
            yield
        except (OSError, ValueError, KeyError) as error:
            remedy = "Pull it again with `sextant models pull NAME --update`."
            raise LoadFailed(f"What was pulled to {folder} is not the expected model: {error}", remedy=remedy) from error


def _generator(prompt: Prompt) -> torch.Generator:
    """On the CPU: the same noise on every device."""
    return torch.Generator().manual_seed(prompt.seed)


def _clip(values: torch.Tensor, prompt: Prompt, rate_hz: int) -> Clip:
    """values: (channels, n or a few more)."""
    samples = values.float().cpu().numpy().T[: round(prompt.seconds * rate_hz)]
    return Clip(np.ascontiguousarray(np.clip(samples, -1.0, 1.0), dtype=np.float32), rate_hz)
