from __future__ import annotations

import collections
import contextlib
import hashlib
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.errors import DeclarationError, LoadFailed, Unavailable
from shared.serving import Source
from shared.serving.torch_archive import Stored, Stub, describe, read_archive

torch = pytest.importorskip("torch")


def source(path: Path) -> Source:
    return Source("embedded", path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def saved(path: Path, content: Any) -> Path:
    torch.save(content, path)
    return path


def written(path: Path, pickled: bytes, **records: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", pickled)
        for name, content in records.items():
            archive.writestr(f"model/data/{name}", content)
    return path


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"])
def test_what_describe_says_is_what_is_read(tmp_path: Path, dtype: str) -> None:
    tensors = {
        "matrix": torch.arange(6).reshape(2, 3),
        "vector": torch.tensor([1, 0, 1]),
        "scalar": torch.tensor(1),
        "none": torch.zeros(0, 3),
    }
    state = {key: tensor.to(getattr(torch, dtype)) for key, tensor in tensors.items()}
    path = saved(tmp_path / "model.pt", state)
    layout = describe(path)
    assert {stored.dtype for stored in layout.values()} == {dtype}
    found = read_archive(path, source(path), layout)
    assert set(found) == set(state)
    for key, tensor in state.items():
        assert torch.equal(found[key], tensor)
        assert found[key].dtype is tensor.dtype


def test_tensors_of_one_record_are_told_apart_and_only_the_named_are_read(tmp_path: Path) -> None:
    whole = torch.arange(12.0)
    path = saved(tmp_path / "model.pt", {"a": whole[:4].reshape(2, 2), "b": whole[6:9], "c": torch.ones(3)})
    layout = describe(path)
    assert layout["b"] == Stored(layout["a"].record, 6, (3,), "float32")
    del layout["c"]
    found = read_archive(path, source(path), layout)
    assert found["a"].tolist() == [[0, 1], [2, 3]]
    assert found["b"].tolist() == [6, 7, 8]
    found["a"].zero_()
    assert found["b"].tolist() == [6, 7, 8]
    assert set(found) == {"a", "b"}


def test_a_module_s_checkpoint_is_described_with_its_classes_as_stubs(tmp_path: Path) -> None:
    module = torch.nn.Linear(2, 2)
    path = saved(tmp_path / "model.pt", {"state": module.state_dict(), "settings": {"activation": torch.nn.ReLU(), "kind": torch.nn.Tanh}})
    found = describe(path)
    assert found["state"]["weight"] == Stored("0", 0, (2, 2), "float32")
    activation = found["settings"]["activation"]
    assert isinstance(activation, Stub)
    assert (type(activation).__module__, type(activation).__name__) == ("torch.nn.modules.activation", "ReLU")
    assert activation.state["training"] is True
    assert found["settings"]["kind"].__name__ == "Tanh"


class Runs:
    """Pickled, it is a call."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_code_is_not_run(tmp_path: Path, protocol: int) -> None:
    witness = tmp_path / "witness"
    calls = [
        Runs(os.system, f"touch {witness}"),
        Runs(eval, f"open({str(witness)!r}, 'w')"),
        Runs(exec, f"open({str(witness)!r}, 'w')"),
        Runs(os.mkdir, str(witness)),
    ]
    path = written(tmp_path / "model.pt", pickle.dumps({"calls": calls, "list": [1]}, protocol))
    found = describe(path)
    assert not witness.exists()
    assert [type(call).__name__ for call in found["calls"]] == ["system", "eval", "exec", "mkdir"]
    assert found["calls"][3].args == (str(witness),)
    assert found["list"] == [1]
    pickle.loads(pickle.dumps(Runs(os.mkdir, str(witness)), protocol))
    assert witness.exists()  # so it would have been


def test_reading_tensors_does_not_open_the_pickle(tmp_path: Path) -> None:
    path = written(tmp_path / "model.pt", b"no pickle at all", **{"0": torch.ones(2).numpy().tobytes()})
    assert read_archive(path, source(path), {"x": Stored("0", 0, (2,), "float32")})["x"].tolist() == [1, 1]
    with pytest.raises(ValueError, match=r"model\.pt cannot be described"):
        describe(path)


def test_a_pickle_cannot_change_the_reader_for_the_next_one(tmp_path: Path) -> None:
    """BUILD with a pair calls setattr on what is on the stack: here the maker of `Stored` and the class of state dicts."""
    state = {"__defaults__": (1,), "marked": True}
    attack = b"\x80\x02" + b"".join(
        b"c" + name + b"\nN}(" + b"".join(b"X" + len(k).to_bytes(4, "little") + k.encode() + b"N" for k in state) + b"u\x86b0"
        for name in (b"torch._utils\n_rebuild_tensor_v2", b"collections\nOrderedDict")
    )
    path = written(tmp_path / "attack.pt", attack + b"N.")
    with contextlib.suppress(ValueError):
        describe(path)
    clean = saved(tmp_path / "model.pt", collections.OrderedDict(x=torch.ones(2)))
    assert describe(clean) == {"x": Stored("0", 0, (2,), "float32")}
    assert not hasattr(type(describe(clean)), "marked")
    assert not hasattr(collections.OrderedDict, "marked")


@pytest.mark.parametrize(
    ("pickled", "reason"),
    [
        (b"", "EOFError"),
        (b"\x80\x02]\x81.", "UnpicklingError|TypeError|IndexError|AttributeError"),
        (b"\x80\x02\x82\x01.", "ValueError"),  # a copyreg extension
        (b"\x80\x02U\x01xQ.", "ValueError"),  # a persistent id that is not a storage
        (b"\x80\x02X\x03\x00\x00\x00abc", "EOFError"),
        (pickle.dumps(Runs(Path.touch, Path("x")), 2), "TypeError: 'getattr' object is not callable"),  # the result of a call is called
        (b"(" * 100, "EOFError|UnpicklingError"),
    ],
)
def test_a_broken_pickle_is_one_error(tmp_path: Path, pickled: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"cannot be described: ({reason})"):
        describe(written(tmp_path / "model.pt", pickled))


def test_what_is_not_contiguous_or_not_a_pt_file_is_not_described(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not contiguous"):
        describe(saved(tmp_path / "model.pt", {"x": torch.arange(6).reshape(2, 3).T}))
    (tmp_path / "text.pt").write_text("text")
    with pytest.raises(ValueError, match="BadZipFile"):
        describe(tmp_path / "text.pt")
    with zipfile.ZipFile(tmp_path / "two.pt", "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps(1))
        archive.writestr("b/data.pkl", pickle.dumps(2))
    with pytest.raises(ValueError, match="too many values"):
        describe(tmp_path / "two.pt")


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (Stored("1", 0, (2,), "float32"), "'1'"),
        (Stored("../data.pkl", 0, (2,), "uint8"), "data.pkl"),
        (Stored("0", 0, (3,), "float32"), "has 8 bytes"),
        (Stored("0", 1, (2,), "float32"), "has 8 bytes"),
        (Stored("0", -1, (2,), "float32"), "has 8 bytes"),
        (Stored("0", 0, (-2,), "float32"), "has 8 bytes"),
        (Stored("0", 0, (2**40,), "float32"), "has 8 bytes"),
        (Stored("0", 0, (2,), "load"), "no dtype 'load'"),
        (Stored("0", 0, (2,), "nothing"), "no dtype 'nothing'"),
    ],
)
def test_a_file_that_is_not_laid_out_like_that_is_a_failed_load(tmp_path: Path, stored: Stored, reason: str) -> None:
    path = written(tmp_path / "model.pt", b".", **{"0": torch.ones(2).numpy().tobytes()})
    with pytest.raises(LoadFailed, match=f"not laid out as expected: .*{reason}"):
        read_archive(path, source(path), {"x": stored})


def test_a_damaged_file_is_a_failed_load(tmp_path: Path) -> None:
    layout = {"x": Stored("0", 0, (64,), "float32")}
    path = written(tmp_path / "model.pt", b".", **{"0": torch.ones(64).numpy().tobytes()})
    content = bytearray(path.read_bytes())
    content[content.index(b"\x00\x00\x80\x3f")] ^= 1
    path.write_bytes(content)
    with pytest.raises(LoadFailed, match="CRC"):
        read_archive(path, source(path), layout)
    path.write_bytes(content[:100])
    with pytest.raises(LoadFailed, match="not laid out"):
        read_archive(path, source(path), layout)
    path.write_bytes(b"")
    with pytest.raises(LoadFailed, match="not laid out"):
        read_archive(path, source(path), layout)


def test_another_file_than_the_pinned_one_is_not_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "model.pt", {"x": torch.ones(2)})
    layout, pinned = describe(path), source(path)
    saved(path, {"x": torch.full((2,), 7.0)})
    with pytest.raises(LoadFailed, match="not what was declared"):
        read_archive(path, pinned, layout)
    with pytest.raises(DeclarationError, match="pins no sha256"):
        read_archive(path, Source("embedded", "model.pt"), layout)
    path.unlink()
    with pytest.raises(Unavailable, match="missing"):
        read_archive(path, pinned, layout)
