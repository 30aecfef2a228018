"""Meshes that are broken, wrong or hostile."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile

import numpy as np
import pytest
import trimesh

from apps.design.furniture.repair import inspect_mesh, mend
from shared.errors import BadInput, SextantError, TooLarge, Unsupported


def glb(tree: dict, binary: bytes = b"") -> bytes:
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + (struct.pack("<I4s", len(binary), b"BIN\0") + binary if binary else b"")
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def triangle(count: int = 3, **more: object) -> dict:
    view = {"buffer": 0, "byteOffset": 0, "byteLength": 36}
    return {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": 36}],
        "bufferViews": [view],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": count, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
        **more,
    }


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * 10_000_000)
    return out.getvalue()


def stl_of(faces: int) -> bytes:
    return b"\0" * 80 + struct.pack("<I", faces) + b"\0" * 50 * min(faces, 10)


def ascii_ply(corner: str) -> bytes:
    head = "ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\nelement face 4\n"
    return (
        head
        + f"property list uchar int vertex_indices\nend_header\n{corner} 0 0\n1 0 0\n0 1 0\n0 0 1\n3 0 2 1\n3 0 1 3\n3 1 2 3\n3 0 3 2\n"
    ).encode()


HOSTILE = {
    "empty file": (b"", "a.stl", BadInput),
    "a zip bomb named .glb": (zipped(), "a.glb", Unsupported),
    "a gzip named .stl": (gzip.compress(b"\0" * 1_000_000), "a.stl", Unsupported),
    "another format": (b"hello", "a.exe", Unsupported),
    "no ending": (b"hello", "a", Unsupported),
    "no faces": (b"v 0 0 0\nv 1 0 0\n", "a.obj", BadInput),
    "10 M faces declared": (stl_of(10_000_000), "a.stl", BadInput),
    "10 M faces in a ply": (
        b"ply\nformat binary_little_endian 1.0\nelement face 10000000\nproperty list uchar int a\nend_header\n",
        "a.ply",
        TooLarge,
    ),
    "10 M faces in a glb": (glb(triangle(count=30_000_000)), "a.glb", TooLarge),
    "a count over the file's length": (glb(triangle(count=3_000_000)), "a.glb", BadInput),
    "a vertex that is no number": (ascii_ply("nan"), "a.ply", BadInput),
    "1e30 mm": (ascii_ply("1e30"), "a.ply", BadInput),
    "a texture by its path": (glb(triangle(images=[{"uri": "../../etc/passwd"}])), "a.glb", BadInput),
    "a buffer elsewhere": (glb(triangle(buffers=[{"byteLength": 36, "uri": "http://10.0.0.1/a"}])), "a.glb", BadInput),
    "an obj with a path": (b"mtllib ../../secret.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "a.obj", BadInput),
    "a ply with a path": (b"ply\nformat ascii 1.0\ncomment TextureFile ../x.png\nelement vertex 0\nend_header\n", "a.ply", BadInput),
    "a cut glb": (glb(triangle())[:40], "a.glb", BadInput),
    "json that is a list": (glb([]), "a.glb", BadInput),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_with_a_remedy(case: str) -> None:
    data, name, kind = HOSTILE[case]
    with pytest.raises(kind) as caught:
        inspect_mesh(data, name)
    assert isinstance(caught.value, SextantError) and caught.value.remedy


def box(extents: tuple[float, float, float] = (400, 400, 450)) -> trimesh.Trimesh:
    return trimesh.creation.box(extents)


@pytest.mark.parametrize("kind", ["glb", "stl", "obj", "ply"])
def test_a_good_mesh_has_no_problems(kind: str) -> None:
    exported = box().export(file_type=kind)
    found = inspect_mesh(exported if isinstance(exported, bytes) else exported.encode(), f"a.{kind}")
    assert found.problems == () and found.is_volume and found.bodies == 1
    assert found.unit == ("m" if kind == "glb" else "mm"), "glTF has a unit, the others are guessed"
    assert found.volume == pytest.approx(400 * 400 * 450) and found.wall == pytest.approx(400, rel=0.01)


@pytest.mark.parametrize(("factor", "unit"), [(0.001, "m"), (0.1, "cm")])
def test_a_mesh_in_another_unit_is_told(factor: float, unit: str) -> None:
    found = inspect_mesh(box((400 * factor, 400 * factor, 850 * factor)).export(file_type="stl"), "a.stl")
    assert found.unit == unit and any("mm" in problem for problem in found.problems)


def test_a_flat_box_has_no_volume() -> None:
    found = inspect_mesh(box((400, 400, 0)).export(file_type="ply"), "a.ply")
    assert not found.is_volume and found.problems


def test_a_hole_is_closed() -> None:
    mesh = box()
    mesh.update_faces(np.arange(len(mesh.faces)) > 0)
    mended = mend(mesh.export(file_type="stl"), "a.stl")
    assert not mended.before.is_volume and mended.after.is_volume
    assert mended.mesh.volume == pytest.approx(400 * 400 * 450)


def test_faces_are_turned_outwards() -> None:
    mesh = box()
    mesh.invert()
    mended = mend(mesh.export(file_type="stl"), "a.stl")
    assert "inside out" in mended.before.problems and mended.after.is_volume


def test_overlapping_bodies_become_one() -> None:
    pair = trimesh.util.concatenate([box(), box((100, 100, 900))])
    mended = mend(pair.export(file_type="stl"), "a.stl")
    assert mended.before.bodies == 2 and mended.after.bodies == 1 and mended.after.is_volume
    assert mended.mesh.volume == pytest.approx(400 * 400 * 450 + 100 * 100 * 450, rel=1e-4)
