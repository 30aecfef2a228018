"""Files of unknown origin, opened in a child process with limits of memory and time."""

from __future__ import annotations

from apps.deepfake.decoding.kind import Kind, kind_of
from apps.deepfake.decoding.reading import Clip, Picture, read_image, read_sound
from apps.deepfake.decoding.sandbox import DecodingFailed

__all__ = ["Clip", "DecodingFailed", "Kind", "Picture", "kind_of", "read_image", "read_sound"]
