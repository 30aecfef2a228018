"""What the audio studio can do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from shared.app import App, Artifact, Context, Example, Field, File, InputFile, Request, Result, Work

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
MAX_BARS = 128
HUB = "hub:"
NOTES = ("mid", "midi", "musicxml", "mxl", "xml", "abc")
SOUNDS = ("wav", "flac", "mp3", "ogg", "opus", "aif", "aiff")

Voice = Literal["soprano", "alto", "tenor", "bass"]
Format = Literal["wav", "wav24", "flac"]


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


class ComposeRequest(Request):
    """What to write, what is already there, and how it is played."""

    melody: Annotated[InputFile, File(kinds=NOTES, max_bytes=4 << 20)] | None = Field(
        default=None,
        description="MIDI, MusicXML or ABC: one voice to harmonise, or up to four to keep; without it all is written freely",
    )
    voice: Voice = Field(default="soprano", description="the voice that a melody of one part is")
    keep: list[Voice] = Field(default=[], max_length=4, description="voices of the file to keep; all that it has when left out")
    fill_bars: list[int] = Field(
        default=[],
        max_length=MAX_BARS,
        description="write only these bars anew (a pickup is bar 0), keep everything else of a file in four parts",
    )
    style: str = Field(default="chorale", min_length=1, max_length=300, description="chorale; for a hub model the music in words")
    key: str = Field(default="", max_length=20, description="such as G major or e minor; that of the melody, or G major, when left out")
    metre: Literal["4/4", "3/4"] = Field(default="4/4", description="without a melody")
    bars: int = Field(default=8, ge=2, le=MAX_BARS, description="without a melody")
    tempo_bpm: float | None = Field(
        default=None, ge=30, le=240, allow_inf_nan=False, description="quarters a minute, exact; that of the melody, or 72, when left out"
    )
    temperature: float = Field(
        default=0.9,
        ge=0,
        le=1.5,
        allow_inf_nan=False,
        description="1 is the model's own spread; lower is plainer, 0 the likeliest note each time",
    )
    takes: int = Field(default=4, ge=1, le=16, description="written so often; the one with the fewest faults of voice leading is kept")
    cadence: bool = Field(default=True, description="end on the tonic: the last bass note is set where the file leaves it open")
    guide: bool = Field(
        default=False, description="forbid parallel fifths and octaves and crossed voices wherever another note is possible"
    )
    instrument: Literal["organ", "strings", "choir"] = Field(default="organ", description="what plays it")
    soundfont: Annotated[InputFile, File(kinds=("sf2", "sf3"), max_bytes=256 << 20)] | None = Field(
        default=None, description="play it with a SoundFont of your own instead (needs the package tinysoundfont)"
    )
    stems: bool = Field(default=False, description="one file for each voice too; they add up to the mix")
    format: Format = Field(default="wav", description="of the sound: WAV of 16 or 24 bits, or FLAC")
    title: str = Field(default="", max_length=80, description="stands above the score")
    duration_s: float = Field(default=10.0, ge=1, le=600, allow_inf_nan=False, description="for a hub model")

    @field_validator("key")
    @classmethod
    def _known_key(cls, value: str) -> str:
        from apps.audio.keys import Key

        return Key.parse(value).name if value.strip() else ""

    @model_validator(mode="after")
    def _possible(self) -> ComposeRequest:
        from apps.audio.imitation import check_style

        check_style(self.style)
        if (self.model or "").startswith(HUB):
            if self.melody is not None or self.fill_bars or self.keep:
                raise ValueError(f"{self.model} writes sound, not notes: it takes no melody, bars or voices; leave the model out for that")
            self._check_duration()
        elif "chorale" not in self.style.lower():
            raise ValueError(
                f"style is {self.style!r}: the model that comes with Sextant writes chorales in four parts, so `chorale` is expected; "
                "other music needs a hub model (`sextant models` lists them)"
            )
        elif self.fill_bars and self.melody is None:
            raise ValueError("fill_bars: there is no file whose bars could be kept; give one in `melody`")
        return self

    def _check_duration(self) -> None:
        from apps.audio.hub import MAX_SECONDS

        longest = MAX_SECONDS.get(str(self.model), self.duration_s)
        if self.duration_s > longest:
            raise ValueError(f"duration_s is {self.duration_s:g}: {self.model} writes at most {longest:g} s")


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


class EffectRequest(Request):
    """A sound in words, and how it shall be."""

    description: str = Field(
        min_length=1, max_length=500, description='in English, such as "a distant, heavy explosion" or "rain on a tin roof"'
    )
    kind: str = Field(
        default="", max_length=40, description="the class of sound, where the words leave it open; found from them when left out"
    )
    variations: int = Field(default=4, ge=1, le=16, description="different draws")
    duration_s: float | None = Field(
        default=None, ge=0.05, le=120, allow_inf_nan=False, description="of each; one that suits the sound when left out"
    )
    intensity: float | None = Field(
        default=None, ge=-1, le=1, allow_inf_nan=False, description="-1 soft ... 1 hard; from the words when left out"
    )
    brightness_db: float | None = Field(
        default=None, ge=-6, le=6, allow_inf_nan=False, description="tilt in dB an octave; from the words when left out"
    )
    distance_m: float | None = Field(
        default=None, ge=1, le=500, allow_inf_nan=False, description="from the microphone; from the words when left out"
    )
    parameters: dict[str, float] = Field(default={}, description="knobs of the class set by hand; the others are drawn")
    spread: float = Field(
        default=1.0, ge=0, le=2, allow_inf_nan=False, description="how far variations differ: 1 as recordings do, 0 not at all"
    )
    loop: bool = Field(default=False, description="make it seamless, with loop points (`smpl`)")
    width: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False, description="0 mono, up to 1 wide stereo")
    mode: Literal["procedural", "library"] = Field(
        default="procedural", description="synthesise, or vary clips of your own, which are then named"
    )
    library: list[Annotated[InputFile, File(kinds=SOUNDS, max_bytes=64 << 20)]] = Field(
        default=[], max_length=20, description="for mode library: your clips"
    )
    format: Format = Field(default="wav", description="48 kHz; loop points are in WAV only")
    name: str = Field(default="", max_length=40, description="the files' name; the class when left out")

    @model_validator(mode="after")
    def _possible(self) -> EffectRequest:
        from apps.audio.imitation import check_style

        check_style(self.description)
        if (self.mode == "library") != bool(self.library):
            raise ValueError(
                "library: mode library needs clips of your own, and no other mode takes any"
                if self.mode == "library"
                else "mode: clips were given in `library`; set mode to library, or leave them out"
            )
        if self.loop and self.format == "flac":
            raise ValueError("format: FLAC keeps no loop points; take wav or wav24 for a loop")
        return self


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


class DenoiseRequest(Request):
    """A recording, and how much is to be taken out of it."""

    recording: Annotated[InputFile, File(kinds=SOUNDS, max_bytes=512 << 20)] = Field(
        description="WAV, FLAC, MP3, OGG, Opus or AIFF; up to 30 minutes, 8 channels, 192 kHz"
    )
    material: Literal["auto", "speech", "music", "effects"] = Field(default="auto", description="what is to be kept")
    strength: float = Field(default=1.0, ge=0, le=1, allow_inf_nan=False, description="1 takes out all that is taken for noise, 0 nothing")
    hum: Literal["auto", "remove", "off"] = Field(default="auto", description="mains hum: removed where it is found, in any case, or left")
    format: Literal["same", "wav", "wav24", "flac", "ogg", "mp3"] = Field(
        default="same", description="of the result; same: as the recording, where that can be written, otherwise WAV"
    )


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
