"""What the deepfake studio is asked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import field_validator

from shared.app import Field, File, InputFile, Request

__all__ = ["MAX_FILES", "MEDIA", "InspectRequest", "SignRequest", "Statement", "VerifyRequest"]

IMAGES = ("jpg", "jpeg", "png", "webp", "tif", "tiff", "gif", "bmp", "avif", "heic", "heif")
SOUNDS = ("wav", "flac", "mp3", "ogg", "opus", "m4a", "aac", "aif", "aiff", "amr", "mp4", "mov", "webm")
MEDIA = (*IMAGES, *SOUNDS)
MAX_FILES = 100
MAX_FILE_BYTES = 256 << 20

Statement = Literal["captured", "edited", "ai-generated", "ai-edited"]
"""What the signer says of the making: IPTC's digitalCapture, humanEdits, trainedAlgorithmicMedia, compositeWithTrainedAlgorithmicMedia."""


class InspectRequest(Request):
    """The files of a case."""

    files: list[Annotated[InputFile, File(kinds=MEDIA, max_bytes=MAX_FILE_BYTES)]] = Field(
        min_length=1,
        max_length=MAX_FILES,
        description="images (JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF) and voice clips (WAV, FLAC, MP3, OGG, Opus, M4A, AIFF)",
    )
    case: str = Field(default="", max_length=120, description="a reference of yours, printed on the report")
    learned: bool = Field(default=True, description="also ask the learned heads; without them only declarations and traces are read")

    @field_validator("files", mode="before")
    @classmethod
    def _one(cls, value: object) -> object:
        """One file may stand alone."""
        return value if isinstance(value, list | tuple) and not _is_pair(value) else [value]


class SignRequest(Request):
    """A file of yours and what you say of it."""

    file: Annotated[InputFile, File(kinds=MEDIA, max_bytes=MAX_FILE_BYTES)] = Field(
        description="PNG, JPEG, WebP, TIFF, SVG, WAV, MP3, M4A or MP4"
    )
    statement: Statement = Field(description="how it was made, as you declare it under your signature")
    title: str = Field(default="", max_length=200, description="stands in the credentials; the file's name when left out")
    author: str = Field(default="", max_length=120, description="stands in the credentials; nothing when left out")


class VerifyRequest(Request):
    """A file whose credentials are to be checked."""

    file: Annotated[InputFile, File(max_bytes=MAX_FILE_BYTES)] = Field(description="any file; one without credentials is told so")
    sidecar: Annotated[InputFile, File(kinds=("json",), max_bytes=1 << 20)] | None = Field(
        default=None, description="the *.origin.json that came with it, for formats that have no place for an origin"
    )


def _is_pair(value: list[object] | tuple[object, ...]) -> bool:
    """A `(name, bytes)` pair is one file."""
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], bytes)
