"""Parts into one solid, exactly: unions and differences by manifold3d, volumes from the result.

A tube's bores are taken out of the united frame, so that they open into each other and out at the feet: one skin, no closed hollow,
which is also how a frame is vented before it is galvanised. Where tube meets wood, the wood gives way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import manifold3d
import numpy as np
import trimesh

from apps.design.furniture.materials import MATERIALS
from apps.design.furniture.shapes import Part
from shared.errors import BadInput

__all__ = ["Solid", "loft", "united"]


SPECK_MM3 = 1.0


def _faces(rings: int, around: int) -> np.ndarray:
    """(f, 3) of a closed stack of rings, outward where the rings are counter-clockwise seen from the last."""
    base = np.arange(rings - 1)[:, None] * around
    here, after = np.arange(around), np.roll(np.arange(around), -1)
    lower, upper = base + here, base + after
    sides = np.concatenate([np.stack([lower, upper, upper + around], -1), np.stack([lower, upper + around, lower + around], -1)]).reshape(
        -1, 3
    )
    fan = np.stack([np.zeros(around - 2, int), np.arange(1, around - 1), np.arange(2, around)], 1)
    return np.concatenate([sides, fan[:, ::-1], fan + (rings - 1) * around])


def loft(rings: np.ndarray) -> manifold3d.Manifold:
    """The solid between rings (k, n, 3)."""
    count, around, _ = rings.shape
    faces = _faces(count, around)
    points = rings.reshape(-1, 3)
    a, b, c = (points[faces[:, k]] for k in range(3))
    if np.einsum("ij,ij->", a, np.cross(b, c)) < 0:
        faces = faces[:, ::-1]
    body = manifold3d.Manifold(manifold3d.Mesh(points.astype(np.float32), np.ascontiguousarray(faces, np.uint32)))
    if body.status() != manifold3d.Error.NoError:
        raise BadInput(f"A part is not a solid: {body.status()}.", remedy="Give it a size above zero.")
    return body


def united(bodies: Sequence[manifold3d.Manifold]) -> manifold3d.Manifold:
    if len(bodies) == 1:
        return bodies[0]
    return manifold3d.Manifold.batch_boolean(list(bodies), manifold3d.OpType.Add)


def _without_specks(body: manifold3d.Manifold) -> manifold3d.Manifold:
    """Where bores meet near a face, rounding may leave a closed hollow of no volume: such a speck is no body."""
    pieces = body.decompose()
    kept = [piece for piece in pieces if abs(piece.volume()) > SPECK_MM3]
    return body if len(kept) == len(pieces) else manifold3d.Manifold.compose(kept)


def as_trimesh(body: manifold3d.Manifold) -> trimesh.Trimesh:
    mesh = body.to_mesh()
    return trimesh.Trimesh(np.asarray(mesh.vert_properties, float)[:, :3], np.asarray(mesh.tri_verts, np.int64), process=False)


@dataclass(frozen=True)
class Solid:
    """body: the whole piece, mm; frame: its first material, others: its second. `volumes`: mm3 of each material, the body's in sum."""

    parts: tuple[Part, ...]
    body: manifold3d.Manifold
    frame: manifold3d.Manifold
    others: tuple[manifold3d.Manifold, ...]
    volumes: dict[str, float]
    centres: dict[str, np.ndarray]

    @classmethod
    def of(cls, parts: Sequence[Part]) -> Solid:
        """Raises BadInput where a part has no volume."""
        frame_material = next((part.material for part in parts if MATERIALS[part.material].sheet), parts[0].material)
        frame = united([loft(part.rings) for part in parts if part.material == frame_material])
        bores = [loft(part.bore) for part in parts if part.bore is not None]
        rest = [loft(part.rings) for part in parts if part.material != frame_material]
        if bores:
            hollow = united(bores)
            frame = _without_specks(frame - hollow)
            rest = [united(rest) - hollow] if rest else []
        body = _without_specks(united([frame, *rest])) if rest else frame
        centre, volume = centre_and_volume(frame)
        volumes, centres = {frame_material: volume}, {frame_material: centre}
        if rest:
            other = next(part.material for part in parts if part.material != frame_material)
            whole_centre, whole = centre_and_volume(body)
            volumes[other] = max(whole - volume, 1e-9)
            centres[other] = (whole_centre * whole - centre * volume) / volumes[other]
        return cls(tuple(parts), body, frame, tuple(rest), volumes, centres)

    @property
    def mass_kg(self) -> float:
        return sum(volume * MATERIALS[material].density * 1e-9 for material, volume in self.volumes.items())

    @property
    def centre_of_mass(self) -> np.ndarray:
        """(3,) mm."""
        masses = {material: volume * MATERIALS[material].density for material, volume in self.volumes.items()}
        return sum((self.centres[material] * mass for material, mass in masses.items()), np.zeros(3)) / sum(masses.values())

    @cached_property
    def mesh(self) -> trimesh.Trimesh:
        """The one body, mm, z up."""
        return as_trimesh(self.body)

    def by_material(self) -> dict[str, trimesh.Trimesh]:
        """A closed mesh a material, for a picture in two colours; wood gives way to tube."""
        if len(self.volumes) == 1:
            return {next(iter(self.volumes)): self.mesh}
        first, second = self.volumes
        return {first: as_trimesh(self.frame), second: as_trimesh(united(self.others) - self.frame)}


def centre_and_volume(body: manifold3d.Manifold) -> tuple[np.ndarray, float]:
    """(3,) and mm3: sums over signed tetrahedra from the origin."""
    mesh = body.to_mesh()
    points = np.asarray(mesh.vert_properties, float)[:, :3]
    a, b, c = (points[np.asarray(mesh.tri_verts)[:, k]] for k in range(3))
    six = np.einsum("ij,ij->i", a, np.cross(b, c))
    volume = float(six.sum() / 6)
    return ((a + b + c) * six[:, None]).sum(0) / (24 * volume), volume
