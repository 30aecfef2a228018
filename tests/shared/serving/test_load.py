from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from shared.errors import DeclarationError, LoadFailed, Unavailable, Unsupported
from shared.serving import CpuDevice, DType, Source
from shared.serving.load import load_module, read_weights, verify

torch = pytest.importorskip("torch")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    from safetensors.torch import save_file

    path = tmp_path / "model.safetensors"
    save_file({"weight": torch.full((2, 3), 0.5), "bias": torch.tensor([1.0, 2.0])}, path)
    return path


def source(path: Path, **fields: Any) -> Source:
    return Source("embedded", "tests/model", **({"sha256": hashlib.sha256(path.read_bytes()).hexdigest()} | fields))


def test_a_module_comes_in_its_dtype_ready_to_run(weights: Path) -> None:
    module = load_module(lambda: torch.nn.Linear(3, 2), weights, source(weights), CpuDevice(), DType.BFLOAT16)
    assert module.weight.dtype is torch.bfloat16
    assert not module.training
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert module(torch.ones(3, dtype=torch.bfloat16)).tolist() == [2.5, 3.5]


def test_weights_that_do_not_fit_their_module_are_a_failed_load(weights: Path) -> None:
    with pytest.raises(LoadFailed, match="does not fit"):
        load_module(lambda: torch.nn.Linear(4, 2), weights, source(weights), CpuDevice(), DType.FLOAT32)


def test_a_changed_file_is_refused(weights: Path) -> None:
    pinned = source(weights)
    assert set(read_weights(weights, pinned)) == {"weight", "bias"}
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(LoadFailed, match="not what was declared"):
        read_weights(weights, pinned)


def test_a_source_without_a_sha256_is_told_the_one_to_declare(weights: Path) -> None:
    with pytest.raises(DeclarationError, match=hashlib.sha256(weights.read_bytes()).hexdigest()):
        verify(weights, source(weights, sha256=""))


def test_only_safetensors_are_read(tmp_path: Path) -> None:
    pickle = tmp_path / "model.pt"
    torch.save({}, pickle)
    with pytest.raises(Unsupported, match="can run code"):
        read_weights(pickle, source(pickle))


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    missing = tmp_path / "none.safetensors"
    with pytest.raises(Unavailable, match="Reinstall"):
        verify(missing, Source("embedded", "x", sha256="0"))
    with pytest.raises(Unavailable, match="sextant models pull owner/name"):
        verify(missing, Source("hub", "owner/name", sha256="0"))


def test_a_file_is_hashed_once_for_each_of_its_versions(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned, hashed = source(weights), []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, name: (hashed.append(1), digest(file, name))[1])
    verify(weights, pinned)
    verify(weights, pinned)
    assert hashed == [1]
