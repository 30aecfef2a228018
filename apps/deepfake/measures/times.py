"""What an inspection takes: a 1080p photo and a minute of speech, whole. python -m apps.deepfake.measures.times"""

from __future__ import annotations

import io
import sys
import time

import numpy as np
import soundfile
from PIL import Image

from apps.deepfake import inspect
from apps.deepfake.tasks import EXAMPLES

__all__ = ["main"]


def photo_1080p() -> bytes:
    """The example beside itself, 1920 x 1080, as JPEG."""
    with Image.open(EXAMPLES / "photo.jpg") as image:
        pixels = np.asarray(image.convert("RGB"))
    out = io.BytesIO()
    Image.fromarray(np.tile(pixels, (2, 3, 1))[:1080, :1920]).save(out, "JPEG", quality=90)
    return out.getvalue()


def minute_of_speech() -> bytes:
    """The example again and again, 60 s, as WAV."""
    samples, rate_hz = soundfile.read(EXAMPLES / "recorded.ogg", dtype="float32")
    out = io.BytesIO()
    soundfile.write(out, np.resize(samples, 60 * rate_hz), rate_hz, format="WAV")
    return out.getvalue()


def main() -> int:
    inspect(files=[EXAMPLES / "photo.jpg", EXAMPLES / "recorded.ogg"])  # loads both heads
    print("| file | wall s | CPU s of this process |\n| --- | --- | --- |")
    for name, data in (("photo 1920 x 1080, JPEG", photo_1080p()), ("a minute of speech, WAV", minute_of_speech())):
        took = []
        for _ in range(3):
            wall, cpu = time.perf_counter(), time.process_time()
            inspect(files=[("file", data)])
            took.append((time.perf_counter() - wall, time.process_time() - cpu))
        print(f"| {name} | {min(each[0] for each in took):.1f} | {min(each[1] for each in took):.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
