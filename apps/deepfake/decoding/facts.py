"""What is known of an opened file, as types. They come from a process that a hostile file may have taken over: every text is bounded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = ["Coding", "Conversion", "Damage", "Following", "ImageFacts", "Profile", "SoundFacts"]

Word = Annotated[str, StringConstraints(max_length=100)]
Line = Annotated[str, StringConstraints(max_length=1000)]
Text = Annotated[str, StringConstraints(max_length=64_000)]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0, le=1e9)]
Table = Annotated[tuple[Annotated[int, Field(ge=0, le=65_535)], ...], Field(min_length=64, max_length=64)]


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


class Conversion(Facts):
    """One thing done to the stored values. kind: alpha, bilevel, bits, colour-space, grey, orientation or palette."""

    kind: Word
    sentence: Line


class Damage(Facts):
    """What is missing: with it, no learned head may see the picture. rows: about how many were decoded, None where that says nothing."""

    kind: Literal["truncated", "damaged"]
    rows: Count | None
    sentence: Line


class Following(Facts):
    """Bytes behind the picture's end, and what they look like."""

    bytes: Count
    words: Line


class Profile(Facts):
    bytes: Count
    description: Line


class Coding(Facts):
    """JPEG: up to four quantisation tables of 64, row by row; sampling "4:2:0", "grey"."""

    tables: Annotated[tuple[Table, ...], Field(max_length=4)]
    sampling: Word
    progressive: bool


class ImageFacts(Facts):
    """width, height: of the upright picture; stored_size: (width, height) before it was turned. mode: Pillow's name of the stored pixels.
    pictures: frames or pages, of which the first was decoded. orientation: EXIF's 1 to 8. dpi: across, down."""

    format: Word
    media_type: Word
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    stored_size: tuple[int, int]
    mode: Word
    bits: int | None
    orientation: Annotated[int, Field(ge=1, le=8)]
    pictures: Count
    conversions: tuple[Conversion, ...]
    damage: Damage | None
    following: Following | None
    profile: Profile | None
    exif: Annotated[dict[Line, Text], Field(max_length=200)]
    texts: Annotated[dict[Line, Text], Field(max_length=200)]
    xmp: Text
    jpeg: Coding | None
    dpi: tuple[float, float] | None


class SoundFacts(Facts):
    """rate_hz, channels, bits, peak, rms_dbfs, dc, clipped (a share): of the original, at full scale 1. duration_s: decoded;
    declared_s: by the header. cut: at the limit. replaced: values that were no numbers. streams: sounds in the file; the first was decoded.
    """

    container: Word
    media_type: Word
    codec: Word
    rate_hz: Annotated[int, Field(ge=8000, le=192_000)]
    channels: Annotated[int, Field(ge=1, le=8)]
    bits: int | None
    bit_rate_bps: Count
    duration_s: Seconds
    declared_s: Seconds | None
    truncated_at_s: Seconds | None
    cut: bool
    video: bool
    streams: Count
    tags: Annotated[dict[Line, Line], Field(max_length=50)]
    encoder_marks: Annotated[tuple[Word, ...], Field(max_length=10)]
    peak: float
    rms_dbfs: float | None
    dc: float
    clipped: Annotated[float, Field(ge=0, le=1)]
    silent: bool
    replaced: Count
    notes: Annotated[tuple[Line, ...], Field(max_length=20)]
