"""The figures of the model card, recomputed.

    python -m apps.medical.benchmark [--data FOLDER] [--quick]

Truth is a real image; the measurement is that image shrunk by the suite's measurement model (`resampling.py`), or made
noisier; PSNR and SSIM compare what a method gives back with the truth. Data range: from the truth's 0.1 to its 99.9
percentile (`range_of`). Nothing here is used by a test or by `fit.py`: patients are
dealt by `splits.py`. Exits with 1 where SRMD with back-projection loses to bicubic with it at x2.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apps.medical import degradation, enhancement, formats, splits
from apps.medical.degradation import Noise, NoiseKind
from apps.medical.image import MedicalImage
from apps.medical.metrics import psnr_db, ssim
from apps.medical.models import MODELS, Tile
from apps.medical.resampling import downsample
from apps.medical.tasks import brain_template
from shared.serving import Engine, Item

__all__ = ["Sample", "main", "samples"]

SEED = 1
SUPER_RESOLUTION = {"nearest (control)": "nearest", "bicubic": "bicubic", "bicubic+IBP": "bicubic-ibp", "SRMD+IBP": "srmd"}
CROP_PX = 24  # multiple of 2, 3 and 4 twice over


@dataclass(frozen=True)
class Sample:
    """One image that nothing else uses: (rows, columns) float32, its set and what noise is added to it."""

    group: str
    name: str
    plane: np.ndarray
    noise: NoiseKind


def samples(data: Path, *, quick: bool) -> Iterator[Sample]:
    """Package images first, then, where the folder is present, the held-out patients; `quick`: two of each."""
    yield from _package_samples(quick=quick)
    xrays = [(f"patient {patient}", paths[0]) for patient, paths in splits.xray_paths(data, "benchmark").items()]
    for name, path in _spread(xrays, 2 if quick else 8):
        yield Sample("chest X-ray", name, _stored(path)[0].astype(np.float32), "poisson")
    for path in _spread(splits.mri_paths(data, "benchmark"), 2 if quick else 9):
        volume = _stored(path)
        yield Sample("brain MRI", path.name.removesuffix(".nii.gz"), volume[volume.shape[0] // 2].astype(np.float32), "rician")


def _package_samples(*, quick: bool) -> Iterator[Sample]:
    from pydicom.data import get_testdata_file

    for name in ("J2K_pixelrep_mismatch.dcm", "693_J2KI.dcm")[: 1 if quick else 2]:
        image = formats.read_image(Path(get_testdata_file(name, download=False)).read_bytes(), name)
        plane = image.stored[0].astype(np.float32)
        # Below -1100 lies no tissue but the fill outside the reconstruction circle, whose step would decide every figure.
        yield Sample("CT (pydicom)", name, np.where(plane < -1100, np.float32(-1024), plane) if plane.min() < -1100 else plane, "gaussian")
    overlay = Path(get_testdata_file("examples_overlay.dcm", download=False))
    yield Sample("MR (pydicom)", overlay.name, _stored(overlay)[0].astype(np.float32), "rician")
    volume = _stored(Path(brain_template()))
    for index in (70, 110)[: 1 if quick else 2]:
        yield Sample("MNI152 (nilearn)", f"slice {index}", volume[index].astype(np.float32), "rician")


def _stored(path: Path) -> np.ndarray:
    return formats.read_image(path.read_bytes(), path.name).stored


def _spread(found: list, count: int) -> list:
    """At most `count`, evenly spread."""
    return [found[i] for i in np.unique(np.linspace(0, len(found) - 1, min(count, len(found))).round().astype(int))] if found else []


def range_of(plane: np.ndarray) -> float:
    low, high = np.percentile(plane, (0.1, 99.9))
    return float(high - low)


def _as_image(plane: np.ndarray) -> MedicalImage:
    return MedicalImage(stored=plane[None].astype(np.float32), format="tiff")


class Runner:
    """Runs methods through the engine and keeps their time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seconds: dict[str, float] = {}
        self.megapixels: dict[str, float] = {}

    def enhance(
        self, plane: np.ndarray, model: str, operation: str, scale: int, *, noise: NoiseKind, sigma: float | None = None
    ) -> np.ndarray:
        image = _as_image(plane)
        began = time.perf_counter()
        plan = enhancement.make_plan(image, model=model, operation=operation, scale=scale, noise=noise, noise_sigma=sigma)  # type: ignore[arg-type]

        def through_engine(tiles: Sequence[Tile]) -> list[np.ndarray]:
            items: list[Item[np.ndarray]] = self.engine.submit_many(model, tiles)
            return [item.result() for item in items]

        result = enhancement.enhance_image(image, plan, through_engine)[0]
        key = f"{model} {operation}"
        self.seconds[key] = self.seconds.get(key, 0.0) + time.perf_counter() - began
        self.megapixels[key] = self.megapixels.get(key, 0.0) + plane.size / 1e6
        return result


def _cropped(plane: np.ndarray) -> np.ndarray:
    rows, columns = (n // CROP_PX * CROP_PX for n in plane.shape)
    return plane[:rows, :columns]


Scores = dict[str, dict[str, list[tuple[float, float]]]]
"""set -> method -> [(PSNR in dB, SSIM), ...]"""


def super_resolution(found: list[Sample], scale: int, runner: Runner) -> Scores:
    scores: Scores = {}
    for sample in found:
        truth = _cropped(sample.plane)
        measured = downsample(truth, scale)
        for title, model in SUPER_RESOLUTION.items():
            if model == "nearest":
                result = measured.repeat(scale, axis=0).repeat(scale, axis=1)
            else:
                result = runner.enhance(measured, model, "super-resolve", scale, noise="gaussian")
            _add(scores, sample.group, title, result, truth)
    return scores


def _add(scores: Scores, group: str, title: str, result: np.ndarray, truth: np.ndarray) -> None:
    span = range_of(truth)
    scores.setdefault(group, {}).setdefault(title, []).append((psnr_db(result, truth, span), ssim(result, truth, span)))


def _peers() -> dict[str, Callable[[np.ndarray, float], np.ndarray]]:
    """Classical denoisers of Gaussian noise, told its strength."""
    from skimage.restoration import denoise_nl_means, denoise_tv_chambolle

    return {
        "TV": lambda plane, sigma: denoise_tv_chambolle(plane, weight=1.5 * sigma),
        "NLM": lambda plane, sigma: denoise_nl_means(plane, patch_size=5, patch_distance=6, h=0.8 * sigma, sigma=sigma, fast_mode=True),
    }


def denoising(found: list[Sample], level: float, runner: Runner) -> Scores:
    """`level`: standard deviation of the noise, as a share of the range (poisson: at full brightness)."""
    scores: Scores = {}
    for index, sample in enumerate(found):
        span = range_of(sample.plane)
        low = 0.0 if sample.noise == "rician" else float(np.percentile(sample.plane, 0.1))
        truth = (
            np.maximum((sample.plane - low) / span, 0.0).astype(np.float32) if sample.noise != "gaussian" else (sample.plane - low) / span
        )
        noise = Noise("poisson", 0.0, level**2) if sample.noise == "poisson" else Noise(sample.noise, level)
        noisy = degradation.add_noise(truth, noise, np.random.default_rng([SEED, index]))
        _add(scores, sample.group, "noisy", noisy, truth)
        flat, sigma = degradation.stabilise(noisy, noise)  # the peers get the same transforms, and the true strength
        for title, denoise in _peers().items():
            _add(scores, sample.group, title, degradation.restore(denoise(flat, sigma).astype(np.float32), noise), truth)
        _add(scores, sample.group, "SRMD-down", runner.enhance(noisy, "srmd", "denoise", 2, noise=sample.noise, sigma=level), truth)
        _add(scores, sample.group, "SRMD-down, noise estimated", runner.enhance(noisy, "srmd", "denoise", 2, noise=sample.noise), truth)
    return scores


def table(scores: Scores, title: str) -> str:
    methods = list(next(iter(scores.values())))
    lines = [
        f"\n{title}: PSNR in dB / SSIM, mean over a set (images)\n",
        "| set | " + " | ".join(methods) + " |",
        "| --- " * (len(methods) + 1) + "|",
    ]
    for group, found in scores.items():
        cells = [f"{np.mean([p for p, _ in found[m]]):.2f} / {np.mean([s for _, s in found[m]]):.4f}" for m in methods]
        lines.append(f"| {group} ({len(found[methods[0]])}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def lost_sets(scores: Scores) -> list[str]:
    """Sets on which the network with back-projection is worse than cubic convolution with it."""

    def mean(found: list[tuple[float, float]]) -> float:
        return float(np.mean([p for p, _ in found]))

    return [group for group, found in scores.items() if mean(found["SRMD+IBP"]) < mean(found["bicubic+IBP"])]


def main() -> int:
    parser = argparse.ArgumentParser(description="Recompute the figures of the medical studio's model card.")
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data/medical"), help="folder with xray/ and mri/, used when it is there"
    )
    parser.add_argument("--quick", action="store_true", help="fewer images, x2 and one noise level only")
    arguments = parser.parse_args()
    found = list(samples(arguments.data, quick=arguments.quick))
    with Engine() as engine:
        engine.add(*MODELS)
        runner = Runner(engine)
        lost: list[str] = []
        for scale in (2,) if arguments.quick else (2, 3, 4):
            scores = super_resolution(found, scale, runner)
            print(table(scores, f"Super-resolution x{scale}"), flush=True)
            lost += lost_sets(scores) if scale == 2 else []
        for level in (0.03,) if arguments.quick else (0.03, 0.08):
            print(
                table(denoising(found, level, runner), f"Denoising, noise {level} of the range (MR Rician, X-ray Poisson, CT Gaussian)"),
                flush=True,
            )
    cores = len(os.sched_getaffinity(0))
    print(f"\nSeconds a measured megapixel, wall, {cores} threads, {_processor()}:\n")
    for key, seconds in runner.seconds.items():
        print(f"- {key}: {seconds / runner.megapixels[key]:.1f}")
    if lost:
        print(f"\nSRMD+IBP loses to bicubic+IBP at x2 on: {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "processor unknown"


if __name__ == "__main__":
    sys.exit(main())
