"""How the fifteen numbers that SRMD wants about the blur kernel were found: fitted, not copied.

    nice python -m apps.medical.fit --data FOLDER

SRMD describes a blur kernel by its projection on fifteen principal components that its authors computed from their own kernels. The code of
*this* suite's measurement model (`resampling.downsample`) is instead the one with which the network, through back-projection, restores
patches of the train split best: L-BFGS on fifteen numbers, weights frozen. For `srmd_x2`, which denoises by enlarging and
shrinking, the code and the factor between the noise of the image and the noise that the network is told are fitted together
on Gaussian noise. Deterministic: fixed patches, fixed noise, one thread. About half an hour of one core; writes its part of
`weights/srmd.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from apps.medical import splits
from apps.medical.backprojection import ITERATIONS
from apps.medical.networks import CODE_SIZE, MANIFEST, NETWORKS, WEIGHTS
from apps.medical.resampling import downsample, resampling_matrix
from apps.medical.srmd import Srmd, load_srmd

__all__ = ["fit_denoising", "fit_enlarging", "training_patches"]

PATCH_PX = 96  # divisible by 2, 3 and 4
BORDER_PX = 12
NOISE_LEVELS = (0.02, 0.04, 0.06, 0.08)
SEED = 20240501


def normalised(image: np.ndarray) -> np.ndarray:
    """The 0.1 and 99.9 percentiles to 0 and 1, nothing clipped: what the networks see (`models.py` does the same)."""
    low, high = np.percentile(image, (0.1, 99.9))
    return ((image - low) / (high - low)).astype(np.float32)


def training_patches(data: Path, count: int) -> np.ndarray:
    """(count, 96, 96) float32: half chest X-ray, half brain MRI, those with structure, from patients of the train split only."""
    import nibabel
    from PIL import Image

    rng = np.random.default_rng(SEED)
    images = [normalised(np.asarray(Image.open(paths[0]), dtype=np.float32)) for paths in splits.xray_paths(data, "train").values()]
    slices = []
    for path in splits.mri_paths(data, "train"):
        volume = np.asarray(nibabel.load(path).dataobj, dtype=np.float32)
        slices += [normalised(volume[:, :, int(volume.shape[2] * share)]) for share in (0.4, 0.6)]
    patches = []
    for source in (images, slices):
        found = 0
        while found < count // 2:
            image = source[rng.integers(len(source))]
            row, column = (rng.integers(0, n - PATCH_PX + 1) for n in image.shape)
            patch = image[row : row + PATCH_PX, column : column + PATCH_PX]
            if patch.std() > 0.05:
                patches.append(patch)
                found += 1
    return np.stack(patches)


def _operators(n_low: int, scale: int) -> tuple[Tensor, Tensor]:
    down = torch.from_numpy(resampling_matrix(n_low * scale, n_low).toarray())
    up = torch.from_numpy(resampling_matrix(n_low, n_low * scale).toarray())
    return down, up


def _minimise(parameters: list[Tensor], loss: Callable[[], Tensor], evaluations: int) -> float:
    optimiser = torch.optim.LBFGS(
        parameters, lr=1.0, max_iter=evaluations, max_eval=evaluations, history_size=20, line_search_fn="strong_wolfe"
    )
    best = [float("inf")]

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss()
        value.backward()
        best[0] = min(best[0], value.item())
        print(f"    {-10 * np.log10(value.item()):.3f} dB", flush=True)
        return value

    optimiser.step(closure)
    return -10 * float(np.log10(best[0]))


def fit_enlarging(network: Srmd, patches: np.ndarray, start: list[float], evaluations: int) -> tuple[list[float], float]:
    """(the code, PSNR in dB on the patches) of a network that enlarges measured patches, back-projection included.

    A third of the evaluations goes to the bare network: through back-projection a useless code looks as good as cubic convolution, and a
    search that starts from zero stays there.
    """
    scale = network.scale
    low = torch.from_numpy(np.stack([downsample(patch, scale) for patch in patches]))[:, None]
    high = torch.from_numpy(patches)[:, None]
    down, up = _operators(low.shape[-1], scale)
    inner = slice(BORDER_PX, -BORDER_PX)
    code = torch.tensor(start, requires_grad=True)

    def bare() -> Tensor:
        return ((network(low, code) - high)[..., inner, inner] ** 2).mean()

    def back_projected() -> Tensor:
        result = network(low, code)
        for _ in range(ITERATIONS):
            result = result + up @ (low - down @ result @ down.T) @ up.T
        return ((result - high)[..., inner, inner] ** 2).mean()

    _minimise([code], bare, evaluations // 3)
    psnr = _minimise([code], back_projected, evaluations - evaluations // 3)
    return code.detach().tolist(), psnr


def fit_denoising(network: Srmd, patches: np.ndarray, evaluations: int) -> tuple[list[float], float, float]:
    """(the code, the noise factor, PSNR in dB) of enlarge-and-shrink denoising."""
    rng = np.random.default_rng(SEED)
    clean = torch.from_numpy(patches)[:, None, 16:80, 16:80]
    sigma = torch.tensor([NOISE_LEVELS[i % len(NOISE_LEVELS)] for i in range(len(patches))])
    noise = torch.from_numpy(rng.standard_normal(clean.shape).astype(np.float32))
    noisy = clean + noise * sigma.view(-1, 1, 1, 1)
    down, _ = _operators(clean.shape[-1], network.scale)
    code = torch.zeros(CODE_SIZE, requires_grad=True)
    factor = torch.tensor(1.7, requires_grad=True)

    def loss() -> Tensor:
        result = down @ network(noisy, code, sigma * factor) @ down.T
        error = ((result - clean)[..., 6:-6, 6:-6] ** 2).mean(dim=(1, 2, 3))
        return torch.exp(torch.log(error).mean())  # the geometric mean: every noise level counts alike in dB

    psnr = _minimise([code, factor], loss, evaluations)
    return code.detach().tolist(), factor.item(), psnr


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the kernel codes of the shipped SRMD networks.")
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data/medical"), help="folder with xray/ and mri/, used when it is there"
    )
    parser.add_argument("--evaluations", type=int, default=80)
    parser.add_argument("--patches", type=int, default=24)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    patches = training_patches(arguments.data, arguments.patches)
    codes: dict[str, list[float]] = {}
    psnr_db: dict[str, float] = {}
    factor, start = 0.0, [0.0] * CODE_SIZE
    for stem, (scale, noise) in NETWORKS.items():
        print(stem, flush=True)
        network = load_srmd(WEIGHTS / f"{stem}.safetensors", scale, noise=noise)
        if noise:
            codes[stem], factor, psnr_db[stem] = fit_denoising(network, patches, arguments.evaluations)
            start = codes[stem]  # another task, the same description of kernels: near enough to begin from
        else:
            codes[stem], psnr_db[stem] = fit_enlarging(network, patches, start, arguments.evaluations)
    record = json.loads(MANIFEST.read_text())
    record["fit"] = {
        "command": f"python -m apps.medical.fit --evaluations {arguments.evaluations} --patches {arguments.patches}",
        "data": "train split of splits.py: HMS COVID-19 chest X-rays (CC BY 3.0), open_ms_data brain MRI (CC BY)",
        "psnr_db_on_train_patches": {name: round(value, 3) for name, value in psnr_db.items()},
    }
    record |= {"noise_factor": factor, "codes": codes}
    MANIFEST.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
