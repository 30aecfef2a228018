"""How often each check is right, and what it costs.

    python -m apps.deepfake.forensics.benchmark --faces FOLDER [--quick] [--only CHECK]

FOLDER: photographs in any depth of folders (webmorphR.stim's London and Canada sets were used). scikit-image's and scikit-learn's
photographs, where installed, are the second domain. Photographs are shrunk by a third first, which takes their own JPEG history away;
every history is then made here. Rates come with Wilson's 95 % interval. Nothing here sets a threshold.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apps.deepfake.evidence import Evidence
from apps.deepfake.forensics.compression import compression_evidence
from apps.deepfake.forensics.containers import read_container
from apps.deepfake.forensics.histories import decoded, opened, photos, resaved, saved, shrunk, spliced
from apps.deepfake.forensics.metadata import metadata_evidence
from apps.deepfake.forensics.quality import STOPS, image_quality
from apps.deepfake.forensics.spectrum import spectrum_evidence
from apps.deepfake.forensics.structure import structure_evidence
from apps.deepfake.forensics.watermark import MARKS, embed_mark, read_marks, watermark_evidence

__all__ = ["Row", "main", "measure", "wilson"]

SEED = 1
CHECKS = ("watermark", "compression", "splices", "lossless", "spectrum", "quality", "times")
PAIRS = ((50, 75), (60, 75), (70, 80), (75, 90), (80, 85), (85, 95), (92, 95), (90, 75), (95, 85))


@dataclass(frozen=True)
class Row:
    """hits of tries; low, high: Wilson's 95 % interval. For times, `milliseconds` alone."""

    check: str
    case: str
    hits: int = 0
    tries: int = 0
    milliseconds: float = 0.0

    def __str__(self) -> str:
        if not self.tries:
            return f"| {self.check} | {self.case} | {self.milliseconds:.0f} ms | |"
        low, high = wilson(self.hits, self.tries)
        return f"| {self.check} | {self.case} | {self.hits}/{self.tries} = {self.hits / self.tries:.3f} | {low:.3f}-{high:.3f} |"


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate."""
    z = 1.959964
    share = hits / tries
    centre, spread = share + z * z / (2 * tries), z * np.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return max(0.0, float((centre - spread) / (1 + z * z / tries))), min(1.0, float((centre + spread) / (1 + z * z / tries)))


def measure(faces: Path, *, quick: bool = False, only: str = "") -> Iterator[Row]:
    """Rows of rates and times. faces: a folder of photographs. quick: a few of each. only: one of CHECKS.

    Of the folder every step-th photograph from the fourth on is used: the thresholds were found on others (every step-th from the first).
    """
    paths = sorted(path for path in faces.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    kept = paths[3 :: max(1, len(paths) // (6 if quick else 16))] or paths
    sets = {"faces": [shrunk(opened(path)) for path in kept], "others": photos()[: 3 if quick else None]}
    whole = [opened(path) for path in (kept if quick else paths)]
    if only in {"", "watermark"}:
        yield from _watermarks(sets, whole, 40 if quick else 1_000)
    for check, rows in (("compression", _compressions), ("splices", _splices), ("lossless", _lossless), ("spectrum", _spectra)):
        for name, pictures in sets.items():
            if only in {"", check}:
                yield from rows(name, pictures)
    if only in {"", "quality"}:
        yield from _gate(kept if quick else paths, sets)
    if only in {"", "times"}:
        yield from _times(whole[0])


def _kinds(data: bytes) -> list[Evidence]:
    return compression_evidence(decoded(data), read_container(data))


def _rate(check: str, case: str, answers: Sequence[bool]) -> Row:
    return Row(check, case, sum(answers), len(answers))


def _watermarks(sets: dict[str, list[np.ndarray]], whole: list[np.ndarray], crops: int) -> Iterator[Row]:
    pictures = [pixels for group in sets.values() for pixels in group if pixels.shape[0] * pixels.shape[1] >= 256 * 256]
    for mark in MARKS:
        for floating, swapped in ((mark.name in {"sdxl", "flux"}, False), (True, True)):
            found = []
            for pixels in pictures:
                readings = read_marks(embed_mark(pixels, mark, floating=floating, swapped=swapped))
                found.append(any(reading.found and reading.mark is mark for reading in readings))
            yield _rate("watermark", f"{mark.name}, {'RGB as BGR' if swapped else 'as published'}, untouched", found)
    rng = np.random.default_rng(SEED)
    everything = whole + sets["others"] * 4
    false = []
    for _ in range(crops):
        pixels = everything[int(rng.integers(len(everything)))]
        side = min(512, *pixels.shape[:2])
        top, left = (int(rng.integers(0, length - side + 1)) for length in pixels.shape[:2])
        false.append(any(reading.found for reading in read_marks(pixels[top : top + side, left : left + side])))
    yield _rate("watermark", "FALSE: crops of photographs", false)


def _compressions(name: str, pictures: list[np.ndarray]) -> Iterator[Row]:
    for quality in (60, 75, 85, 90, 95):
        found = [_kinds(saved(pixels, "JPEG", quality=quality)) for pixels in pictures]
        yield _rate(
            "compression.twice", f"FALSE: {name} saved once at {quality}", [any(e.kind == "compression.twice" for e in es) for es in found]
        )
    for first, second in PAIRS:
        found = [_kinds(saved(resaved(pixels, first), "JPEG", quality=second)) for pixels in pictures]
        yield _rate("compression.twice", f"{name} {first} then {second}", [any(e.kind == "compression.twice" for e in es) for es in found])
        named = [int(e.details["earlier_quality"]) for es in found for e in es if e.kind == "compression.twice"]
        if named:
            yield _rate(
                "compression.twice", f"{name} {first} then {second}: quality within 2", [abs(quality - first) <= 2 for quality in named]
            )
        yield _rate(
            "part-differs", f"FALSE: {name} {first} then {second}", [any(e.kind == "compression.part-differs" for e in es) for es in found]
        )
    own = [[int(v) for v in np.clip(np.arange(64) * 0.7 + 6 + seed % 3, 1, 255)] for seed in range(len(pictures))]
    found = [
        _kinds(saved(decoded(saved(pixels, "JPEG", qtables=[table, table])), "JPEG", quality=92))
        for pixels, table in zip(pictures, own, strict=True)
    ]
    yield _rate(
        "part-differs", f"FALSE: {name} tables of a program's own, then 92", [any(e.direction == "manipulated" for e in es) for es in found]
    )


def _splices(name: str, pictures: list[np.ndarray]) -> Iterator[Row]:
    """A disc of 128 px from another photograph, never compressed, put into one saved before; then saved again."""
    for first, second in PAIRS[:6]:
        rng = np.random.default_rng(SEED)
        answers, placed = [], []
        for index, pixels in enumerate(pictures):
            made, box = spliced(resaved(pixels, first), pictures[(index + 3) % len(pictures)], rng)
            regions = [e.region for e in _kinds(saved(made, "JPEG", quality=second)) if e.kind == "compression.part-differs"]
            answers.append(bool(regions))
            placed += [_overlap(region, box) >= 0.3 for region in regions[:1] if region is not None]
        yield _rate("part-differs", f"{name} {first} then {second}, 128 px inserted", answers)
        if placed:
            yield _rate("part-differs", f"{name} {first} then {second}: of these at the place (IoU >= .3)", placed)


def _overlap(first: tuple[int, int, int, int], second: tuple[int, int, int, int]) -> float:
    wide = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    high = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    both = max(0, wide) * max(0, high)
    return both / (first[2] * first[3] + second[2] * second[3] - both)


def _lossless(name: str, pictures: list[np.ndarray]) -> Iterator[Row]:
    some = pictures[:16]
    found = [_kinds(saved(pixels, "PNG", compress_level=1)) for pixels in some]
    yield _rate("was-jpeg", f"FALSE: {name} never a JPEG", [any(e.kind == "compression.was-jpeg" for e in es) for es in found])
    for quality in (75, 90, 95):
        found = [_kinds(saved(resaved(pixels, quality)[3:, 5:].copy(), "PNG", compress_level=1)) for pixels in some]
        grids = [e.details["grid"] for es in found for e in es if e.kind == "compression.was-jpeg"]
        yield Row("was-jpeg", f"{name} {quality}, cropped, PNG: grid named", sum(grid == "3, 5" for grid in grids), len(some))
        yield _rate(
            "foreign-grid", f"FALSE: {name} {quality}, cropped, PNG", [any(e.direction == "manipulated" for e in es) for es in found]
        )
    rng = np.random.default_rng(SEED)
    made = [spliced(resaved(pixels, 85), resaved(some[(i + 3) % len(some)], 85), rng, 8)[0] for i, pixels in enumerate(some)]
    found = [_kinds(saved(pixels, "PNG", compress_level=1)) for pixels in made]
    yield _rate("foreign-grid", f"{name} 85 into 85, PNG, 128 px", [any(e.kind == "compression.foreign-grid" for e in es) for es in found])


def _spectra(name: str, pictures: list[np.ndarray]) -> Iterator[Row]:
    from PIL import Image

    pictures = [pixels for pixels in pictures if min(pixels.shape[:2]) >= 256]

    def enlarged(pixels: np.ndarray) -> np.ndarray:
        picture = Image.fromarray(pixels)
        return np.asarray(picture.resize((picture.width // 2, picture.height // 2)).resize(picture.size, Image.Resampling.BICUBIC))

    def checkered(pixels: np.ndarray) -> np.ndarray:
        rows, columns = np.indices(pixels.shape[:2])
        gain = 1 + 0.02 * ((rows % 2 == 0) & (columns % 2 == 0))
        return np.clip(np.rint(pixels * gain[..., None]), 0, 255).astype(np.uint8)

    cases: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "FALSE: {} untouched": lambda pixels: pixels,
        "FALSE: {} saved at 75": lambda pixels: resaved(pixels, 75),
        "FALSE: {} enlarged twice": enlarged,
        "{} with a checkerboard of 2 %": checkered,
        "{} with a checkerboard of 2 %, saved at 90": lambda pixels: resaved(checkered(pixels), 90),
    }
    for case, change in cases.items():
        yield _rate(
            "spectrum", case.format(name), [spectrum_evidence(change(pixels))[0].kind == "spectrum.checkerboard" for pixels in pictures]
        )


def _gate(paths: list[Path], sets: dict[str, list[np.ndarray]]) -> Iterator[Row]:
    from scipy.ndimage import gaussian_filter

    stopped = []
    for path in paths:
        data = path.read_bytes()
        stopped.append(any(e.kind in STOPS for e in image_quality(decoded(data), read_container(data))))
    yield _rate("quality", "FALSE: photographs of 768 px stopped", stopped)
    cases: dict[str, Callable[[np.ndarray], bytes]] = {
        "saved at 30": lambda pixels: saved(pixels, "JPEG", quality=30),
        "saved at 35, then 90": lambda pixels: saved(resaved(pixels, 35), "JPEG", quality=90),
        "saved at 35, then PNG": lambda pixels: saved(resaved(pixels, 35), "PNG", compress_level=1),
        "blurred by sigma 5": lambda pixels: saved(gaussian_filter(pixels, (5, 5, 0)), "PNG", compress_level=1),
    }
    for name, pictures in sets.items():
        for case, change in cases.items():
            files = [change(pixels) for pixels in pictures[:20]]
            yield _rate(
                "quality",
                f"{name} {case}: stopped",
                [any(e.kind in STOPS for e in image_quality(decoded(d), read_container(d))) for d in files],
            )
        files = [saved(pixels, "JPEG", quality=90) for pixels in pictures]
        yield _rate(
            "quality",
            f"FALSE: {name} at 90 stopped",
            [any(e.kind in STOPS for e in image_quality(decoded(d), read_container(d))) for d in files],
        )


def _times(pixels: np.ndarray) -> Iterator[Row]:
    """Processor time of one call."""
    from PIL import Image

    large = np.asarray(Image.fromarray(pixels).resize((1920, 1080), Image.Resampling.LANCZOS))
    once, lossless = saved(large, "JPEG", quality=90), saved(large, "PNG", compress_level=1)
    twice = saved(resaved(large, 75), "JPEG", quality=90)
    checks: dict[str, Callable[[], object]] = {
        "read_container": lambda: read_container(once),
        "watermark": lambda: watermark_evidence(large),
        "metadata": lambda: metadata_evidence(once),
        "structure": lambda: structure_evidence(once),
        "compression, JPEG saved once": lambda: _timed(once),
        "compression, JPEG saved twice": lambda: _timed(twice),
        "compression, PNG": lambda: _timed(lossless),
        "spectrum": lambda: spectrum_evidence(large),
        "quality": lambda: image_quality(large, read_container(once)),
    }
    pixels_of = {data: decoded(data) for data in (once, twice, lossless)}

    def _timed(data: bytes) -> list[Evidence]:
        return compression_evidence(pixels_of[data], read_container(data))

    for name, check in checks.items():
        check()
        spent = []
        for _ in range(3):
            start = time.process_time()  # a busy machine would add its own waiting
            check()
            spent.append(time.process_time() - start)
        yield Row(name, "1920 x 1080", milliseconds=1000 * min(spent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=CHECKS, default="")
    options = parser.parse_args()
    print("| check | case | rate | 95 % |\n| --- | --- | --- | --- |")
    for row in measure(options.faces, quick=options.quick, only=options.only):
        print(row, flush=True)


if __name__ == "__main__":
    main()
