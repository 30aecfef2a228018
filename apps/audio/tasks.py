"""What the audio studio can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from apps.audio.requests import HUB, MAX_BARS, ComposeRequest, DenoiseRequest, EffectRequest
from shared.app import App, Artifact, Context, Example, Field, Result, Work

__all__ = [
    "ComposeRequest",
    "ComposeResult",
    "DenoiseRequest",
    "DenoiseResult",
    "Effect",
    "EffectRequest",
    "EffectResult",
    "Source",
    "app",
    "compose",
    "denoise",
    "effect",
]

EXAMPLES = Path(__file__).parent / "examples"


def _models() -> tuple[Any, ...]:
    from apps.audio.models import MODELS

    return MODELS


app = App(
    key="audio",
    title="Audio",
    summary="Write a chorale with its score, make a sound effect, clean a recording.",
    models=_models,
    picture="card.webp",
)


class ComposeResult(Result):
    """The piece as notes, score and sound."""

    title: str
    summary: str = Field(description="key, metre, length and tempo in words")
    audio: Artifact = Field(description="what is to be heard")
    stems: list[Artifact] = Field(default=[], description="soprano, alto, tenor, bass")
    midi: Artifact | None = Field(default=None, description="four tracks, origin as text events")
    musicxml: Artifact | None = Field(default=None, description="MusicXML 4.0, four parts")
    score: list[Artifact] = Field(default=[], description="SVG pages")
    pdf: Artifact | None = Field(default=None, description="the pages to print")
    strip: Artifact | None = Field(default=None, description="SVG: the whole piece in one line, for the screen")
    timeline: Artifact | None = Field(default=None, description="JSON: each note's voice, pitch, seconds and place in the score")
    given: list[str] = Field(default=[], description="what was kept of the file")
    metadata: dict[str, str] = Field(default={}, description="key, metre, model, licence, guide")


class Source(BaseModel):
    """A clip that a variation was made of. share: of its grains, 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    share: float


class Effect(BaseModel):
    """One variation. loop: first and last sample of what repeats. redrawn: silent or clipped draws before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Artifact
    duration_s: float
    parameters: dict[str, float] = {}
    loop: tuple[int, int] | None = None
    redrawn: int = 0
    sources: list[Source] = []


class EffectResult(Result):
    """Variations of one sound."""

    kind: str = Field(description="the class")
    title: str
    understood: list[str] = Field(default=[], description="the words that decided the class")
    effects: list[Effect]
    pack: Artifact = Field(description="ZIP of all, named for a game engine, with a table of their parameters")
    metadata: dict[str, str] = Field(default={}, description="intensity, brightness, distance, model")


class DenoiseResult(Result):
    """The recording without its noise, and the noise. Before encoding, both add up to what came in."""

    cleaned: Artifact
    removed: Artifact = Field(description="what was taken out, to check that nothing wanted is in it")
    material: str
    hum_hz: float | None = Field(default=None, description="its fundamental, where hum was removed")
    metadata: dict[str, str] = Field(default={}, description="rate, channels, duration, how it was cleaned")


SECONDS_A_SECOND = {"chorale": 0.018, "organ": 0.07, "strings": 0.05, "choir": 0.05, "effect": 0.018, "denoise": 0.015}
"""CPU-seconds for a second of sound, files aside: the model card's speeds, denoise at 48 kHz stereo."""


def _work_compose(request: ComposeRequest) -> Work:
    if (request.model or "").startswith(HUB):
        return Work(request.duration_s, "seconds of music", 1 << 30)
    bars = request.bars if request.melody is None else max(4, request.melody.size_bytes // 200)
    seconds = min(bars, MAX_BARS) * 4 * 60 / (request.tempo_bpm or 72)
    pace = SECONDS_A_SECOND["chorale"] * request.takes + SECONDS_A_SECOND[request.instrument]
    return Work(seconds, "seconds of music", round(seconds) * 48_000 * 64, pace)


def _work_effect(request: EffectRequest) -> Work:
    seconds = request.variations * (request.duration_s or 3.0)
    return Work(seconds, "seconds of sound", round(seconds) * 48_000 * 16, SECONDS_A_SECOND["effect"])


def _work_denoise(request: DenoiseRequest) -> Work:
    from apps.audio.sound import peek_seconds

    seconds = peek_seconds(request.recording.read())
    return Work(seconds, "seconds of sound", round(seconds) * 48_000 * 48, SECONDS_A_SECOND["denoise"])


@app.task(
    work=_work_compose,
    examples=(
        Example("Eight bars in G major, freely", {"seed": 7, "bars": 8, "key": "G major"}),
        Example(
            "Old Hundredth, harmonised",
            {"melody": EXAMPLES / "old_hundredth.abc", "seed": 3, "guide": True},
            source="Old Hundredth, attributed to Louis Bourgeois, 1551",
            licence="public domain",
        ),
    ),
)
def compose(request: ComposeRequest, context: Context) -> ComposeResult:
    """Write a four-part chorale, or harmonise a melody, with its score, MIDI and sound.

    The notes come first: a model trained on Bach's chorales writes them around whatever is given (any voices, any bars), then they
    are engraved and played. The same seed gives the same notes.
    """
    from apps.audio.composing import compose_request

    return compose_request(request, context)


@app.task(
    work=_work_effect,
    source_type=lambda request: "algorithmicallyEnhanced" if request.mode == "library" else "trainedAlgorithmicMedia",
    examples=(
        Example("Rain that loops", {"description": "steady rain on leaves", "loop": True, "duration_s": 6, "variations": 2, "width": 0.6}),
        Example("A distant explosion, four times", {"description": "a distant, heavy explosion", "seed": 5}),
    ),
)
def effect(request: EffectRequest, context: Context) -> EffectResult:
    """Make a sound effect from its description, ready for a game or a film.

    Each of 31 classes is synthesised by a physical model whose parameters are drawn from what was learned of real recordings. A
    description that fits no class is asked back, never guessed.
    """
    from apps.audio.foley import effect_request

    return effect_request(request, context)


@app.task(
    work=_work_denoise,
    source_type="algorithmicallyEnhanced",
    examples=(
        Example(
            "Speech in a windy street, with mains hum",
            {"recording": EXAMPLES / "street.flac"},
            source="LibriSpeech 103-1240-0057 and noise of this studio",
            licence="CC BY 4.0 (LibriSpeech)",
        ),
    ),
)
def denoise(request: DenoiseRequest, context: Context) -> DenoiseResult:
    """Take noise and mains hum out of speech, music or effects, and show what was taken.

    Speech: a network trained by us; music and effects: log-MMSE. Sample rate, channels and the stereo image stay as they are.
    """
    from apps.audio.cleaning import denoise_request

    return denoise_request(request, context)
