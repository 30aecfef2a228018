from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from apps.medical import tiling
from apps.medical.metrics import psnr_db
from apps.medical.models import MAX_TILE_PX, MODELS, Tile, margin_px
from apps.medical.resampling import downsample, upsample
from shared.errors import Cancelled
from shared.serving import DType, Engine


def enhanced(engine: Engine, model: str, plane: np.ndarray, scale: int, *, side: int = MAX_TILE_PX) -> np.ndarray:
    grid = tiling.plan(*plane.shape, max_side=side, margin=margin_px(model, "super-resolve"))
    tiles = [Tile(part, "super-resolve", scale) for part in tiling.cut(plane, grid)]
    return tiling.join([item.result() for item in engine.submit_many(model, tiles)], grid, scale)


def test_names_defaults_and_declared_bytes() -> None:
    assert [model.name for model in MODELS] == ["srmd", "bicubic-ibp", "bicubic"]
    srmd = MODELS[0]
    assert srmd.source.sha256
    assert srmd.nbytes(DType.FLOAT32) > 4 * 5_000_000
    assert srmd.working_bytes([Tile(np.zeros((512, 512), np.float32))]) > 3e8
    assert srmd.batch_key(Tile(np.zeros((64, 64)), scale=2)) != srmd.batch_key(Tile(np.zeros((64, 64)), scale=3))


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_network_beats_interpolation_and_agrees_with_the_measurement(engine: Engine, phantom: np.ndarray, scale: int) -> None:
    truth = phantom[: 96 // (2 * scale) * 2 * scale, : 80 // (2 * scale) * 2 * scale]
    measured = downsample(truth, scale)
    found = {name: enhanced(engine, name, measured, scale) for name in ("srmd", "bicubic-ibp", "bicubic")}
    psnr = {name: psnr_db(image, truth, 1.0) for name, image in found.items()}
    assert psnr["srmd"] > psnr["bicubic-ibp"] > psnr["bicubic"]
    assert psnr_db(downsample(found["srmd"], scale), measured, 1.0) > 60
    assert np.array_equal(found["bicubic"], upsample(measured, scale)) or psnr_db(found["bicubic"], upsample(measured, scale), 1.0) > 100


@pytest.mark.parametrize("model", ["srmd", "bicubic-ibp", "bicubic"])
def test_no_seam(engine: Engine, phantom: np.ndarray, model: str) -> None:
    """Tiled and untiled differ by rounding alone, at the seams as elsewhere."""
    whole = enhanced(engine, model, phantom, 2)
    tiled = enhanced(engine, model, phantom, 2, side=2 * margin_px(model, "super-resolve") + 29)
    assert np.abs(whole - tiled).max() < 2e-5


def test_denoising_lowers_noise_and_keeps_the_matrix(engine: Engine, phantom: np.ndarray) -> None:
    noisy = phantom + 0.05 * np.random.default_rng(0).standard_normal(phantom.shape).astype(np.float32)
    result = engine.run("srmd", Tile(noisy, "denoise", 4, 0.05))
    assert result.shape == phantom.shape
    assert psnr_db(result, phantom, 1.0) > psnr_db(noisy, phantom, 1.0) + 6


def test_alone_twice_is_bitwise_and_in_a_batch_within_the_tolerance(engine: Engine, phantom: np.ndarray) -> None:
    tile = Tile(phantom[:40, :40].copy())
    first, second = engine.run("srmd", tile), engine.run("srmd", tile)
    assert np.array_equal(first, second)
    batch = [item.result() for item in engine.submit_many("srmd", [tile, Tile(phantom[40:80, :40].copy()), Tile(phantom[:40, 40:].copy())])]
    assert np.abs(batch[0] - first).max() <= MODELS[0].tolerance


def test_cancelled_between_two_layers(engine: Engine) -> None:
    engine.run("srmd", Tile(np.zeros((32, 32), np.float32)))
    [item] = engine.submit_many("srmd", [Tile(np.random.default_rng(0).random((480, 480), dtype=np.float32))])
    threading.Timer(0.3, item.cancel).start()
    began = time.perf_counter()
    with pytest.raises(Cancelled):
        item.result()
    assert time.perf_counter() - began < 4


def test_missing_weights_are_said_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    srmd = next(model for model in MODELS if model.name == "srmd")
    assert srmd.why_not() is None
    monkeypatch.setattr("apps.medical.networks.WEIGHTS", tmp_path)
    assert "srmd_x2.safetensors are missing" in (srmd.why_not() or "")
