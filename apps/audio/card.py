"""The card's picture in the launcher, made by the studio itself: `python -m apps.audio.card`.

A chorale that the model writes, its piano roll over the spectrogram of its sound, both at one time; with a twin for the dark.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.audio.tasks import app, compose

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["main", "spectrum"]

SIZE_PX, ROLL_PX = (720, 405), 168
SHOWN_S = 12.0
WINDOW, LOWEST_HZ, HIGHEST_HZ, RANGE_DB = 4096, 80.0, 6000.0, 62.0
QUALITY = 84
REQUEST: dict[str, Any] = {"seed": 7, "bars": 8, "key": "G major", "instrument": "organ", "tempo_bpm": 80}
SEA = ("#083b4c", "#0b5268", "#176981", "#2f8098", "#4f97ac", "#71adbe", "#93c1ce", "#b3d4dd", "#cfe4ea", "#e6f1f4")
"""The sequential scale of the dashboards, quiet to loud."""
COLOURS: dict[bool, dict[str, str]] = {
    False: {"card": "#ffffff", "line": "#c9d6db", "black": "#edf3f5", "now": "#a3176b"},
    True: {"card": "#131f24", "line": "#2e424a", "black": "#18262c", "now": "#e773b4"},
}
INKS = {False: ("#0b6e8a", "#b9770e", "#3b7d4f", "#10242b"), True: ("#4fa9c4", "#d99a3a", "#6fb586", "#e4ecee")}
"""Of the voices, as in `shared/ui/web/score.css`."""
VOICES = ("soprano", "alto", "tenor", "bass")
NOW_S = 7.6


def main(path: Path = Path(__file__).parent / app.picture) -> None:
    """Write both pictures, some 40 kB each."""
    from apps.audio.sound import read_sound

    result = compose(**REQUEST)
    if result.timeline is None:
        raise SystemExit("the piece has no notes")
    sound = read_sound(result.audio.read())
    notes = json.loads(result.timeline.read())["notes"]
    for dark in (False, True):
        target = path.with_stem(f"{path.stem}-dark") if dark else path
        picture(sound.mono(), sound.rate_hz, notes, dark=dark).save(target, "WEBP", quality=QUALITY, method=6)


def picture(signal: np.ndarray, rate_hz: int, notes: list[dict[str, Any]], *, dark: bool) -> Image.Image:
    """The roll above, the spectrogram below, a line through both."""
    from PIL import Image, ImageDraw

    (width, height), colours = SIZE_PX, COLOURS[dark]
    whole = Image.new("RGB", SIZE_PX, colours["card"])
    pen = ImageDraw.Draw(whole)
    pitches = [note["pitch"] for note in notes if note["start_s"] < SHOWN_S]
    low, high = min(pitches) - 1, max(pitches) + 1
    row = ROLL_PX / (high - low + 1)
    for pitch in range(low, high + 1):
        if pitch % 12 in (1, 3, 6, 8, 10):
            pen.rectangle([0, (high - pitch) * row, width, (high - pitch + 1) * row - 1], fill=colours["black"])
    for note in notes:
        begin, end = (note[name] * width / SHOWN_S for name in ("start_s", "end_s"))
        sounding = note["start_s"] <= NOW_S < note["end_s"]
        top = (high - note["pitch"]) * row
        fill = colours["now"] if sounding else INKS[dark][VOICES.index(note["voice"])]
        pen.rounded_rectangle([begin + 1, top, max(end - 2, begin + 2), top + row - 1], 2, fill=fill)
    whole.paste(Image.open(io.BytesIO(spectrum(signal, rate_hz, (width, height - ROLL_PX)))), (0, ROLL_PX))
    pen.line([(0, ROLL_PX), (width, ROLL_PX)], fill=colours["line"], width=2)
    x = round(NOW_S * width / SHOWN_S)
    pen.line([(x, 0), (x, height)], fill=colours["now"], width=3)
    return whole


def spectrum(signal: np.ndarray, rate_hz: int, size: tuple[int, int]) -> bytes:
    """PNG of the first `SHOWN_S` seconds, frequency logarithmic. signal: (n,) float32, full scale 1."""
    from PIL import Image

    width, height = size
    padded = np.pad(signal[: round(SHOWN_S * rate_hz)], WINDOW // 2)
    starts = np.linspace(0, len(padded) - WINDOW, width).astype(int)
    frames = np.stack([padded[start : start + WINDOW] for start in starts]) * np.hanning(WINDOW)
    levels = 20 * np.log10(np.abs(np.fft.rfft(frames)) + 1e-9)
    wanted = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** np.linspace(1, 0, height)
    bins = wanted * WINDOW / rate_hz
    image = np.stack([np.interp(bins, np.arange(levels.shape[1]), column) for column in levels], axis=1)
    shade = np.clip((image - image.max() + RANGE_DB) / RANGE_DB, 0, 1) * (len(SEA) - 1)
    stops = np.array([[int(text[at : at + 2], 16) for at in (1, 3, 5)] for text in SEA], float)
    coloured = np.stack([np.interp(shade, np.arange(len(SEA)), stops[:, part]) for part in range(3)], axis=-1)
    out = io.BytesIO()
    Image.fromarray(np.rint(coloured).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    main()
