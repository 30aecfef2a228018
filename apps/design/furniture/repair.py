"""Meshes from anywhere: what is wrong with one, and a first mend.

Files are measured before they are decoded: sizes, counts and paths are read from headers, so that a bomb is refused by its header. Nothing
outside the file is ever opened.
"""

from __future__ import annotations

import io
import json
import re
import struct
from dataclasses import dataclass

import numpy as np
import trimesh

from shared.errors import BadInput, TooLarge, Unsupported

__all__ = ["FORMATS", "MOST_BYTES", "MOST_FACES", "Inspection", "Mended", "inspect_mesh", "mend", "read_mesh"]

FORMATS = ("glb", "stl", "obj", "ply")
MOST_BYTES = 128 * 2**20
MOST_FACES = 2_000_000
MOST_JSON_BYTES = 8 * 2**20
PLY_TYPES = {
    "char": 1,
    "uchar": 1,
    "int8": 1,
    "uint8": 1,
    "short": 2,
    "ushort": 2,
    "int16": 2,
    "uint16": 2,
    "int": 4,
    "uint": 4,
    "int32": 4,
    "uint32": 4,
    "float": 4,
    "float32": 4,
    "double": 8,
    "float64": 8,
}
UNITS = (("mm", 1.0), ("cm", 10.0), ("inches", 25.4), ("m", 1000.0))


@dataclass(frozen=True)
class Inspection:
    """faces, vertices; is_volume: closed, consistently wound, with an inside; bodies: connected shells; size in the file's own unit.

    unit: what the size suggests for furniture (300 to 2000 mm), "" where nothing does. wall: the thinnest, in that unit; None if open.
    """

    faces: int
    vertices: int
    is_volume: bool
    watertight: bool
    bodies: int
    size: tuple[float, float, float]
    unit: str
    volume: float | None
    wall: float | None
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Mended:
    mesh: trimesh.Trimesh
    before: Inspection
    after: Inspection
    done: tuple[str, ...]


def inspect_mesh(data: bytes, name: str) -> Inspection:
    """Raises BadInput, TooLarge, Unsupported."""
    return _inspected(read_mesh(data, name), metres=_is_gltf(data))


def read_mesh(data: bytes, name: str) -> trimesh.Trimesh:
    """One mesh of a GLB, STL, OBJ or PLY, its parts joined, equal vertices merged. Raises BadInput, TooLarge, Unsupported."""
    kind = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if kind not in FORMATS:
        raise Unsupported(
            f"{kind or 'A file without an ending'} is no mesh format that is read here.", remedy=f"Formats: {', '.join(FORMATS)}."
        )
    if len(data) > MOST_BYTES:
        raise TooLarge(f"The file has {len(data) / 2**20:.0f} MiB.", remedy=f"At most {MOST_BYTES // 2**20} MiB.")
    if not data.strip(b"\0 \r\n\t"):
        raise BadInput("The file is empty.", remedy="Export the mesh again.")
    if data[:4] == b"PK\x03\x04" or data[:2] == b"\x1f\x8b":
        raise Unsupported(f"{name} is a compressed archive, not a mesh.", remedy="Unpack it and send the mesh itself.")
    {"glb": _check_glb, "stl": _check_stl, "obj": _check_obj, "ply": _check_ply}[kind](data)
    try:
        scene = trimesh.load_scene(io.BytesIO(data), file_type=kind, resolver=None, skip_materials=True, process=False)
        mesh = scene.to_mesh()
    except (MemoryError, RecursionError) as error:
        raise TooLarge(f"{name} needs more memory than there is.", remedy="Send a simpler mesh.") from error
    except Exception as error:  # trimesh raises whatever its parsers stumble over
        raise BadInput(
            f"{name} is not a readable {kind.upper()}: {str(error)[:120] or type(error).__name__}.", remedy="Export the mesh again."
        ) from error
    if not len(mesh.faces) or not len(mesh.vertices):
        raise BadInput(f"{name} holds no faces.", remedy="Export the mesh with its surface.")
    _most(len(mesh.faces))
    if not np.isfinite(mesh.vertices).all():
        bad = int((~np.isfinite(mesh.vertices)).any(1).sum())
        raise BadInput(f"{bad} of {len(mesh.vertices)} vertices are not numbers.", remedy="Delete them in the program the mesh comes from.")
    if np.abs(mesh.vertices).max() > 1e7:
        raise BadInput("The mesh is larger than 10 km.", remedy="Check its unit: millimetres are expected.")
    mesh.merge_vertices(merge_tex=True, merge_norm=True)
    return mesh


def _is_gltf(data: bytes) -> bool:
    return data[:4] == b"glTF"


def _most(faces: int) -> None:
    if faces > MOST_FACES:
        raise TooLarge(f"The mesh has {faces:,} faces.", remedy=f"At most {MOST_FACES:,}: simplify it first.")


def _check_glb(data: bytes) -> None:
    if len(data) < 20 or data[:4] != b"glTF":
        raise BadInput("This is no binary glTF.", remedy="Export it as .glb.")
    _, version, length = struct.unpack("<4sII", data[:12])
    json_bytes, chunk = struct.unpack("<I4s", data[12:20])
    if version != 2 or length > len(data) or chunk != b"JSON" or 20 + json_bytes > len(data):
        raise BadInput("The GLB's header does not agree with its length.", remedy="Export it again.")
    if json_bytes > MOST_JSON_BYTES:
        raise TooLarge("The GLB's description is over 8 MiB.", remedy="Send one piece of furniture, not a scene.")
    try:
        tree = json.loads(data[20 : 20 + json_bytes])
        accessors, views = tree.get("accessors", []), tree.get("bufferViews", [])
        for one in [*tree.get("buffers", []), *tree.get("images", [])]:
            if "uri" in one and not str(one["uri"]).startswith("data:"):
                raise BadInput(
                    f"The GLB points to a file outside itself: {str(one['uri'])[:60]!r}.", remedy="Export it with everything embedded."
                )
        required = set(tree.get("extensionsRequired", []))
        if required & {"KHR_draco_mesh_compression", "EXT_meshopt_compression"}:
            raise Unsupported("The GLB is compressed.", remedy="Export it without Draco or meshopt.")
        faces = 0
        for mesh in tree.get("meshes", []):
            for piece in mesh["primitives"]:
                faces += int(accessors[piece.get("indices", piece["attributes"]["POSITION"])]["count"]) // 3
        instances = max(1, sum("mesh" in node for node in tree.get("nodes", [])))
        _most(faces * (instances if instances > len(tree.get("meshes", [])) else 1))
        for one in accessors:
            if int(one["count"]) * 4 > 16 * len(data) or "bufferView" not in one or not 0 <= int(one["bufferView"]) < len(views):
                raise BadInput("The GLB's tables do not agree with its length.", remedy="Export it again.")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput("The GLB's description cannot be read.", remedy="Export it again.") from error


def _check_stl(data: bytes) -> None:
    if len(data) >= 84:
        faces = struct.unpack("<I", data[80:84])[0]
        if len(data) == 84 + 50 * faces:
            return _most(faces)
    if b"facet" not in data[:4096]:
        raise BadInput("The STL's count of faces does not agree with its length.", remedy="Export it again.")
    return _most(data.count(b"endfacet"))


def _check_obj(data: bytes) -> None:
    _most(len(re.findall(rb"^\s*f\s", data, re.MULTILINE)))
    for line in re.findall(rb"^\s*mtllib\s+(.+)$", data, re.MULTILINE):
        if re.search(rb"[/\\]|\.\.|:", line.strip()):
            raise BadInput(
                f"The OBJ points to a material file by a path: {line.strip()[:60]!r}.",
                remedy="Delete its mtllib line: only the shape is read.",
            )


def _check_ply(data: bytes) -> None:
    end = data.find(b"end_header")
    if not data.startswith(b"ply") or not 0 < end < 65_536:
        raise BadInput("This is no PLY.", remedy="Export it again.")
    header = data[:end].decode("ascii", "replace")
    for line in header.splitlines():
        if line.startswith("comment TextureFile") and re.search(r"[/\\]|\.\.|:", line[19:]):
            raise BadInput("The PLY points to a texture by a path.", remedy="Delete the comment: only the shape is read.")
    least = 0
    for kind, count, body in re.findall(r"element (\w+) (\d+)((?:\s+property [^\n]*)*)", header):
        if kind == "face":
            _most(int(count))
        if "format ascii" not in header:
            least += int(count) * sum(PLY_TYPES.get(word, 1) for word in re.findall(r"property (?!list)(\w+)", body))
        else:
            least += int(count)
    if least > len(data):
        raise BadInput("The PLY's counts do not agree with its length.", remedy="Export it again.")


def _inspected(mesh: trimesh.Trimesh, *, metres: bool = False) -> Inspection:
    closed = bool(mesh.is_watertight)
    size = np.asarray(mesh.bounds[1] - mesh.bounds[0], float)
    solid = closed and bool(mesh.is_winding_consistent) and bool(abs(mesh.volume) > 1e-9 * max(float(size.max()), 1e-9) ** 3)
    inward = solid and mesh.volume < 0
    bodies = len(trimesh.graph.connected_components(mesh.face_adjacency, nodes=np.arange(len(mesh.faces)), min_len=1))
    unit = next((name for name, factor in UNITS if 300 <= size.max() * factor <= 2000), "")
    problems = []
    if not closed:
        open_edges = int((np.unique(mesh.edges_sorted, axis=0, return_counts=True)[1] == 1).sum())
        problems.append(f"{open_edges} open edges: it has no inside")
    elif not solid:
        problems.append("closed, but without volume" if bool(mesh.is_winding_consistent) else "faces look both ways")
    if inward:
        problems.append("inside out")
    if bodies > 1:
        problems.append(f"{bodies} separate bodies")
    if metres:
        unit = "m"  # glTF's unit, by its specification
    elif unit and unit != "mm":
        problems.append(f"its largest side is {size.max():.4g}: {unit} taken for mm?")
    elif not unit:
        problems.append(f"its largest side of {size.max():.4g} is no furniture's in mm, cm, inches or m: say its unit where it goes")
    wall = None
    if solid and len(mesh.faces) <= 200_000:
        wall = _wall(mesh)
        if wall is not None and wall * dict(UNITS).get(unit, 1.0) < 0.8:
            problems.append(f"a wall of {wall:.3g} is thinner than 0.8 mm")
    return Inspection(
        len(mesh.faces),
        len(mesh.vertices),
        solid and not inward,
        closed,
        bodies,
        (float(size[0]), float(size[1]), float(size[2])),
        unit,
        float(abs(mesh.volume)) if solid else None,
        wall,
        tuple(problems),
    )


def _wall(mesh: trimesh.Trimesh) -> float | None:
    from apps.design.furniture.measuring import least_wall_mm

    body = _manifold(mesh)
    if body is None:
        return None
    longest = float(np.ptp(mesh.vertices, axis=0).max())
    thinnest = least_wall_mm(body.scale((200 / longest,) * 3), rays=160)  # its rays are 400 long
    return thinnest * longest / 200 if np.isfinite(thinnest) else None


def _manifold(mesh: trimesh.Trimesh):  # type: ignore[no-untyped-def]
    import manifold3d

    body = manifold3d.Manifold(manifold3d.Mesh(np.asarray(mesh.vertices, np.float32), np.ascontiguousarray(mesh.faces, np.uint32)))
    return body if body.status() == manifold3d.Error.NoError and not body.is_empty() else None


def mend(data: bytes, name: str) -> Mended:
    """A first mend: equal vertices merged, double and flat faces dropped, small holes closed, faces turned outwards, bodies united.

    What it could not mend stays in `after.problems`; nothing is invented where much is missing. Raises BadInput, TooLarge, Unsupported.
    """
    mesh = read_mesh(data, name)
    metres = _is_gltf(data)
    before, done = _inspected(mesh, metres=metres), []
    faces = len(mesh.faces)
    mesh.update_faces(mesh.nondegenerate_faces() & mesh.unique_faces())
    mesh.remove_unreferenced_vertices()
    if len(mesh.faces) < faces:
        done.append(f"{faces - len(mesh.faces)} double or flat faces dropped")
    if not len(mesh.faces):
        raise BadInput(f"{name} has only faces without area.", remedy="Export the mesh again.")
    if not mesh.is_watertight and len(mesh.faces) < 500_000:
        more = len(mesh.faces)
        trimesh.repair.fill_holes(mesh)
        if len(mesh.faces) > more:
            added = len(mesh.faces) - more
            done.append(f"holes closed with {added} face{'' if added == 1 else 's'}")
    if not mesh.is_winding_consistent or (mesh.is_watertight and mesh.volume < 0):
        trimesh.repair.fix_normals(mesh)
        done.append("faces turned outwards")
    if mesh.is_watertight and before.bodies > 1:
        mesh = _united(mesh, done)
    return Mended(mesh, before, _inspected(mesh, metres=metres), tuple(done))


def _united(mesh: trimesh.Trimesh, done: list[str]) -> trimesh.Trimesh:
    from apps.design.furniture.solid import as_trimesh, united

    pieces = [_manifold(piece) for piece in mesh.split(only_watertight=True)[:500]]
    solid = [piece for piece in pieces if piece is not None and piece.volume() > 0]
    if len(solid) < 2:
        return mesh
    whole = united(solid)
    done.append(f"{len(solid)} bodies united into {len(whole.decompose())}")
    return as_trimesh(whole)
