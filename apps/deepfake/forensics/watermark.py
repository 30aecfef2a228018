"""The invisible marks that Stable Diffusion, SDXL and FLUX write into their pictures.

All of them call invisible-watermark's method `dwtDct` (ShieldMnt, `imwatermark/maxDct.py`), which despite its name uses no
DCT: one Haar step on the blue-difference channel U, then in each 4 x 4 block of the averages the entry of largest magnitude,
its first entry apart, is moved to a quarter (bit 0) or three quarters (bit 1) of a step of 36. Block n carries bit n modulo
the message's length. Reading it back is one pass of numpy: 2 ms at 512 x 512.

The callers differ in two ways that the library's own decoder does not know, so the reader tries each:
- CompVis' scripts mark 8-bit pictures, whose U is centred on 128; SDXL and FLUX mark floating-point ones, whose U is centred
  on 0.5 (OpenCV's two conventions). The largest entry and its remainder are different ones.
- diffusers passed RGB where BGR was meant until 0.30, which puts the mark into the red-difference channel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from apps.deepfake.evidence import Evidence

__all__ = ["MARKS", "Mark", "Reading", "embed_mark", "read_marks", "watermark_evidence"]

STEP = 36.0
SMALLEST_PX = 256 * 256  # the library marks nothing smaller
# For one reading; with 4 messages in 4 conventions one chance match in half a million pictures, were a photo's bits fair. They are
# not quite, so MATCH holds as well: 48 bits need 41 of them (.85), 32 need 30, 136 need 109 by MATCH.
CHANCE = 1.3e-7
MATCH = 0.8


def _bits(text: str) -> tuple[int, ...]:
    return tuple(int(bit) for byte in text.encode() for bit in f"{byte:08b}")


@dataclass(frozen=True)
class Mark:
    """A message and who writes it."""

    name: str
    maker: str
    bits: tuple[int, ...]
    source: str


MARKS = (
    Mark("sd1", "Stable Diffusion 1.x", _bits("StableDiffusionV1"), "CompVis/stable-diffusion scripts/txt2img.py"),
    Mark("sd2", "Stable Diffusion 2.x", _bits("SDV2"), "Stability-AI/stablediffusion scripts/txt2img.py"),
    Mark(
        "sdxl",
        "Stable Diffusion XL",
        tuple(int(bit) for bit in "101100111110110010010000011110111011000110011110"),
        "Stability-AI/generative-models; diffusers pipelines/stable_diffusion_xl/watermark.py",
    ),
    # Written as 48 bits, but `bin()` drops the two leading zeros: what FLUX embeds has 46.
    Mark("flux", "FLUX", tuple(int(bit) for bit in "1010101111111010000111100111001111010100101110"), "black-forest-labs/flux util.py"),
)
CONVENTIONS = ((False, False), (True, False), (True, True), (False, True))  # floating, swapped


@dataclass(frozen=True)
class Reading:
    """matched of total bits, and how likely so many are by chance (binomial tail, times the readings tried)."""

    mark: Mark
    matched: int
    total: int
    chance: float
    floating: bool
    swapped: bool

    @property
    def found(self) -> bool:
        return self.matched >= MATCH * self.total and self.chance <= CHANCE * len(MARKS) * len(CONVENTIONS)


def watermark_evidence(pixels: np.ndarray) -> list[Evidence]:
    """pixels: (h, w, 3) uint8, as decoded and upright. One finding per mark that is there, or one that says what was looked for."""
    source = "Invisible watermark"
    if pixels.ndim != 3 or pixels.shape[2] < 3 or pixels.shape[0] * pixels.shape[1] < SMALLEST_PX:
        claim = "The picture is smaller than 256 x 256 pixels; the generators write no invisible watermark into those."
        return [Evidence(source=source, kind="watermark.too-small", claim=claim, direction="none", strength=0, reliability="high")]
    readings = read_marks(pixels)
    found = [reading for reading in readings if reading.found]
    if found:
        return [_found(source, reading) for reading in found]
    best = max(readings, key=lambda reading: reading.matched / reading.total)
    claim = (
        "None of the invisible watermarks of Stable Diffusion 1.x, 2.x and XL or FLUX was read. Resizing, cropping or saving as "
        "JPEG removes them, and most programs never write them, so this says nothing about how the picture was made."
    )
    return [
        Evidence(
            source=source,
            kind="watermark.none",
            claim=claim,
            direction="none",
            strength=0,
            reliability="high",
            basis="The reader finds these marks only in files that were not changed since.",
            details={"closest": best.mark.maker, "bits": f"{best.matched} of {best.total}"},
        )
    ]


def _found(source: str, reading: Reading) -> Evidence:
    mark = reading.mark
    return Evidence(
        source=source,
        kind=f"watermark.{mark.name}",
        claim=(
            f"The picture carries the invisible watermark that {mark.maker} programs write into what they generate: "
            f"{reading.matched} of its {reading.total} bits agree, which chance does in less than one picture in 400,000."
        ),
        direction="declares-ai",
        strength=0.98,
        reliability="high",
        basis=(
            "A fixed bit pattern spread over the pixels; no chance match in 1,000 crops of photographs. The program is public, "
            "so somebody could write the mark into a photograph on purpose."
        ),
        details={
            "bits": f"{reading.matched} of {reading.total}",
            "chance": f"{reading.chance:.1e}",
            "written_to": ("floating-point" if reading.floating else "8-bit") + (", channels swapped" if reading.swapped else ""),
            "constant": mark.source,
        },
    )


def read_marks(pixels: np.ndarray) -> list[Reading]:
    """The best reading of every mark. pixels: (h, w, 3) uint8."""
    best: dict[str, Reading] = {}
    for floating, swapped in CONVENTIONS:
        ones = _block_bits(_chroma(pixels, floating=floating, swapped=swapped)).ravel()
        for mark in MARKS:
            matched = _matched(ones, mark.bits)
            chance = min(1.0, _tail(len(mark.bits), matched) * len(MARKS) * len(CONVENTIONS))
            reading = Reading(mark, matched, len(mark.bits), chance, floating, swapped)
            if mark.name not in best or matched > best[mark.name].matched:
                best[mark.name] = reading
    return list(best.values())


def embed_mark(pixels: np.ndarray, mark: Mark, *, floating: bool, swapped: bool = False) -> np.ndarray:
    """`mark` written by the published algorithm into (h, w, 3) uint8: what the tests and the benchmark read back."""
    image = pixels[..., :3].astype(np.float64)
    if swapped:
        image = image[..., ::-1]
    luma, blue, red = _yuv(image, 0.5 if floating else 128.0)
    if not floating:
        luma, blue, red = (np.clip(np.rint(plane), 0, 255) for plane in (luma, blue, red))
    rows, columns = image.shape[0] // 8 * 8, image.shape[1] // 8 * 8
    corner = blue[:rows, :columns]
    averages = _averages(corner)
    blocks = _blocks(averages)
    place, value = _largest(blocks)
    bits = np.resize(np.array(mark.bits), value.size)
    moved = np.sign(value + 1e-12) * (np.abs(value) // STEP + 0.25 + 0.5 * bits) * STEP
    change = np.zeros_like(blocks)
    np.put_along_axis(change, place[:, None], (moved - value)[:, None], axis=1)
    shape = (averages.shape[0] // 4, averages.shape[1] // 4, 4, 4)
    spread = change.reshape(shape).swapaxes(1, 2).reshape(averages.shape)
    corner += np.repeat(np.repeat(spread, 2, 0), 2, 1) / 2
    if not floating:
        blue = np.clip(np.trunc(blue), 0, 255)
    centre = 0.5 if floating else 128.0
    blue, red = blue - centre, red - centre
    marked = np.stack([luma + red / 0.877, luma - 0.395 * blue - 0.581 * red, luma + blue / 0.492], axis=-1)
    marked = marked[..., ::-1] if swapped else marked
    return np.clip(np.rint(marked), 0, 255).astype(np.uint8)


def _yuv(image: np.ndarray, centre: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """OpenCV's COLOR_BGR2YUV."""
    luma = 0.299 * image[..., 0] + 0.587 * image[..., 1] + 0.114 * image[..., 2]
    return luma, 0.492 * (image[..., 2] - luma) + centre, 0.877 * (image[..., 0] - luma) + centre


def _chroma(pixels: np.ndarray, *, floating: bool, swapped: bool) -> np.ndarray:
    rows, columns = pixels.shape[0] // 8 * 8, pixels.shape[1] // 8 * 8
    image = pixels[:rows, :columns]
    first, last = (2, 0) if swapped else (0, 2)
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    red, green, blue = (image[..., channel].astype(np.float32) for channel in (first, 1, last))
    luma = weights[0] * red + weights[1] * green + weights[2] * blue
    if floating:
        return 0.492 * (blue - luma) + np.float32(0.5)
    return np.rint(0.492 * (blue - np.rint(luma)) + np.float32(128))


def _averages(plane: np.ndarray) -> np.ndarray:
    """One Haar step's low-low band: half the sum of each 2 x 2."""
    return (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 2


def _blocks(averages: np.ndarray) -> np.ndarray:
    """(blocks, 16), row by row."""
    rows, columns = averages.shape[0] // 4, averages.shape[1] // 4
    return averages[: rows * 4, : columns * 4].reshape(rows, 4, columns, 4).swapaxes(1, 2).reshape(-1, 16)


def _largest(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place = np.argmax(np.abs(blocks[:, 1:]), axis=1) + 1
    return place, np.take_along_axis(blocks, place[:, None], axis=1)[:, 0]


def _block_bits(plane: np.ndarray) -> np.ndarray:
    _, value = _largest(_blocks(_averages(plane)))
    return np.abs(value) % STEP > STEP / 2


def _matched(ones: np.ndarray, bits: tuple[int, ...]) -> int:
    """How many bits of the message the blocks give: one where a bit's blocks say so more often than the mean bit's.

    The library asks for more than half instead; in saturated pictures most blocks read 1 whatever was written (recall .84 against 1).
    """
    length = len(bits)
    index = np.arange(ones.size) % length
    shares = np.bincount(index, weights=ones, minlength=length) / np.maximum(np.bincount(index, minlength=length), 1)
    return int(np.sum((shares > shares.mean()) == np.array(bits, bool)))


@cache
def _tail(total: int, matched: int) -> float:
    """P(at least `matched` of `total` fair coins)."""
    return sum(math.comb(total, count) for count in range(matched, total + 1)) / 2**total
