"""Results as the three tasks make them, without a model: short tones, one bar of score, half of a recording taken out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from apps.audio.tasks import ComposeResult, DenoiseResult, Effect, EffectResult
from apps.audio.wavfile import Loop, write_wav
from shared.app import Artifact, Context, Figure

__all__ = ["VOICES", "cleaned", "composed", "fake_pipeline", "made", "tone"]

VOICES = ("soprano", "alto", "tenor", "bass")
RATE_HZ = 48_000
PAGE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 20"><g class="system"><path id="soprano-1" d="M1 1h9v9z"/></g></svg>'


def tone(seconds: float = 0.2, pitch_hz: float = 440.0, rate_hz: int = RATE_HZ) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * pitch_hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def _wav(context: Context, name: str, **of: Any) -> Artifact:
    return context.artifact(f"{name}.wav", write_wav(tone(**of)), "audio/wav")


def composed(request: Any, context: Context) -> ComposeResult:
    notes = [{"voice": voice, "pitch": 67 - 7 * n, "start_s": 0, "end_s": 0.2, "bar": 1, "ids": []} for n, voice in enumerate(VOICES)]
    notes[0]["ids"] = ["soprano-1"]
    timeline = {"notes": notes, "bars": [{"bar": 1, "start_s": 0}], "end_s": 0.2}
    svg = context.artifact("chorale-1.svg", PAGE.encode(), "image/svg+xml")
    return ComposeResult(
        title=request.title or "Chorale",
        summary="G major, 4/4, 1 bar, 72 quarters a minute",
        audio=_wav(context, "chorale"),
        stems=[_wav(context, f"chorale_{voice}", pitch_hz=200 + 50 * n) for n, voice in enumerate(VOICES)] if request.stems else [],
        midi=context.artifact("chorale.mid", b"MThd", "audio/midi"),
        musicxml=context.artifact("chorale.musicxml", b"<score-partwise/>", "application/xml"),
        score=[svg, svg] if request.bars > 16 else [svg],
        pdf=context.artifact("chorale.pdf", b"%PDF", "application/pdf"),
        timeline=context.artifact("chorale.json", json.dumps(timeline).encode(), "application/json"),
        given=[f"soprano of {request.melody.name}"] if request.melody else [],
        figures=[Figure(label="parallels", value=0, unit="in 4 beats", reference="Bach: 0.5 in 100 beats")],
        metadata={"key": request.key or "G major", "played by": request.instrument},
    )


def made(request: Any, context: Context) -> EffectResult:
    from apps.audio.effects.describing import describe
    from apps.audio.effects.synthesis import find_class

    kind = request.kind or describe(request.description).kind or ""
    known = find_class(kind)
    effects = []
    for number in range(request.variations):
        context.progress(number, request.variations, "variation")
        values = {knob.name: knob.value((number + 1) / (request.variations + 1)) for knob in known.parameters}
        signal = tone(0.2, 300 + 100 * number)
        loop = (0, len(signal) - 1) if request.loop else None
        content = write_wav(signal, loops=[Loop(*loop)] if loop else [])
        file = context.artifact(f"{kind}_{number + 1:02d}.wav", content, "audio/wav")
        effects.append(Effect(file=file, duration_s=0.2, parameters={**values, **request.parameters}, loop=loop))
    return EffectResult(
        kind=kind,
        title=known.title,
        understood=list(describe(request.description).understood),
        effects=effects,
        pack=context.artifact(f"{kind}.zip", b"PK", "application/zip"),
        figures=[Figure(label="length", value=0.2, unit="s", reference=f"mean of {len(effects)}")],
        metadata={"distance": f"{request.distance_m or 1:g} m"},
    )


def cleaned(request: Any, context: Context) -> DenoiseResult:
    from apps.audio.sound import read_sound

    sound = read_sound(request.recording.read(), request.recording.name)
    half = write_wav(0.5 * sound.mono(), sample_rate_hz=sound.rate_hz)
    return DenoiseResult(
        cleaned=context.artifact("cleaned.wav", half, "audio/wav"),
        removed=context.artifact("removed.wav", half, "audio/wav"),
        material="speech",
        hum_hz=50.0,
        figures=[Figure(label="taken out", value=6.0, unit="dB", reference="against the recording")],
        metadata={"rate": f"{sound.rate_hz} Hz"},
    )


def fake_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The three tasks answer without a model."""
    from apps.audio import cleaning, composing, foley

    monkeypatch.setattr(composing, "compose_request", composed)
    monkeypatch.setattr(foley, "effect_request", made)
    monkeypatch.setattr(cleaning, "denoise_request", cleaned, raising=False)
