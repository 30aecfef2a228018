"""What the audio studio is asked: its three requests, with their limits and what they refuse before work starts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import field_validator, model_validator

from shared.app import Field, File, InputFile, Request

__all__ = ["HUB", "MAX_BARS", "ComposeRequest", "DenoiseRequest", "EffectRequest", "Voice"]

MAX_BARS = 128
HUB = "hub:"
NOTES = ("mid", "midi", "musicxml", "mxl", "xml", "abc")
SOUNDS = ("wav", "flac", "mp3", "ogg", "opus", "aif", "aiff")

Voice = Literal["soprano", "alto", "tenor", "bass"]
Format = Literal["wav", "wav24", "flac"]


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
