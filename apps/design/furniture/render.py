"""Pictures of furniture without a graphics card: a z-buffer in numpy, soft light, a shadow on the floor.

Rendered at twice the size and averaged, so that edges are smooth; the ground is transparent or paper. Triangles fill the buffer in
batches of similar size, which takes a few milliseconds where a loop over them takes a second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import trimesh
from PIL import Image

from apps.design.furniture.materials import MATERIALS

__all__ = ["PAPER", "picture"]

PAPER = (250, 248, 244)
CHUNK = 20_000
"""Pixels tested at a time: bounds the memory at some 30 MB."""


def _camera(turn_deg: float, tilt_deg: float) -> np.ndarray:
    """(3, 3): rows are right, up and towards the viewer. 0 deg looks at the front from y < 0."""
    turn, tilt = math.radians(turn_deg), math.radians(tilt_deg)
    towards = np.array([math.sin(turn) * math.cos(tilt), -math.cos(turn) * math.cos(tilt), math.sin(tilt)])
    right = np.cross([0, 0, 1.0], towards)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(towards, right), towards])


def _fill(screen: np.ndarray, colours: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """screen (f, 3, 3): pixels and depth. Returns depth (size, size), -inf where nothing is, and colour (size, size, 3)."""
    depth = np.full(size * size, -np.inf, np.float32)
    owner = np.full(size * size, -1)
    low = np.clip(np.floor(screen[:, :, :2].min(1)), 0, size - 1).astype(np.int32)
    high = np.clip(np.ceil(screen[:, :, :2].max(1)), 0, size - 1).astype(np.int32)
    extent = high - low + 1
    a, b, c = screen[:, 0], screen[:, 1], screen[:, 2]
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    usable = np.flatnonzero(np.abs(area) > 1e-9)
    # u, w and z of a pixel are linear in x and y: three coefficients each, (f, 9), relative to the corner of the face's box
    plane = np.zeros((len(screen), 9), np.float32)
    k, shift = usable, low + 0.5 - a[:, :2]
    plane[k, 0], plane[k, 1] = ac[k, 1] / area[k], -ac[k, 0] / area[k]
    plane[k, 3], plane[k, 4] = -ab[k, 1] / area[k], ab[k, 0] / area[k]
    plane[:, 6:8] = plane[:, 0:2] * ab[:, 2:] + plane[:, 3:5] * ac[:, 2:]
    for first in (0, 3, 6):
        plane[:, first + 2] = plane[:, first] * shift[:, 0] + plane[:, first + 1] * shift[:, 1]
    plane[:, 8] += a[:, 2]
    corner = low[:, 1] * size + low[:, 0]
    number = extent.prod(1)
    for group in np.array_split(usable, np.flatnonzero(np.diff(np.cumsum(number[usable]) // CHUNK)) + 1):
        many = number[group]
        face = np.repeat(group, many)
        y, x = np.divmod(np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many), np.repeat(extent[group, 0], many))
        p = plane[face]
        u = p[:, 0] * x + p[:, 1] * y + p[:, 2]
        w = p[:, 3] * x + p[:, 4] * y + p[:, 5]
        inside = np.flatnonzero((u >= 0) & (w >= 0) & (u + w <= 1))
        face, x, y, p = face[inside], x[inside], y[inside], p[inside]
        pixel = corner[face] + y * size + x
        z = (p[:, 6] * x + p[:, 7] * y + p[:, 8]).astype(np.float32)
        np.maximum.at(depth, pixel, z)
        nearest = z >= depth[pixel]
        owner[pixel[nearest]] = face[nearest]
    colour = np.where(owner[:, None] >= 0, colours[owner], 0.0)
    return depth.reshape(size, size), colour.reshape(size, size, 3)


def _occlusion(depth: np.ndarray, scale: float) -> np.ndarray:
    """A pixel is darker where its surroundings stand nearer to the viewer: screen-space ambient occlusion, 8 neighbours at two radii."""
    finite = np.where(np.isfinite(depth), depth, -1e9)
    dark = np.zeros_like(depth)
    for radius in (max(2, int(9 * scale)), max(4, int(28 * scale))):
        for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)):
            step = np.roll(finite, (dy * radius, dx * radius), (0, 1)) - finite
            dark += np.clip(step / (radius / scale), 0, 1) * (step < 4 * radius / scale)
    return 1 - 0.5 * np.clip(dark / 8, 0, 1)


def _doubled(image: np.ndarray) -> np.ndarray:
    return np.repeat(np.repeat(image, 2, 0), 2, 1)


def _shadow(points: np.ndarray, faces: np.ndarray, view: np.ndarray, fit: tuple[float, np.ndarray], size: int) -> np.ndarray:
    """(size, size) 0-1: what the piece darkens on the floor, blurred."""
    cast = points.copy()
    cast[:, 0] -= cast[:, 2] * 0.22
    cast[:, 1] += cast[:, 2] * 0.16
    cast[:, 2] = 0
    flat = cast @ view.T
    screen = flat.copy()
    screen[:, 0] = (flat[:, 0] - fit[1][0]) * fit[0] + size / 2
    screen[:, 1] = size / 2 - (flat[:, 1] - fit[1][1]) * fit[0]
    depth, _ = _fill(screen[faces].astype(np.float32), np.zeros((len(faces), 3)), size)
    shade = np.isfinite(depth).astype(float)
    radius = max(1, size // 90)
    for _ in range(3):
        for axis in (0, 1):
            total = np.cumsum(np.pad(shade, [(radius + 1, radius) if k == axis else (0, 0) for k in (0, 1)]), axis)
            ahead = np.take(total, range(2 * radius + 1, total.shape[axis]), axis)
            shade = (ahead - np.take(total, range(total.shape[axis] - 2 * radius - 1), axis)) / (2 * radius + 1)
    return shade


def picture(
    meshes: Mapping[str, trimesh.Trimesh],
    *,
    size: int = 256,
    turn_deg: float = 32.0,
    tilt_deg: float = 18.0,
    background: tuple[int, int, int] | None = None,
    reach_mm: float | None = None,
) -> Image.Image:
    """meshes: closed, mm, z up, by material key. RGBA (size, size); `background` None leaves it transparent.

    reach_mm: the height and width that the picture shows, so that several pictures have one scale; None fits the piece.
    """
    big = size * 2
    view = _camera(turn_deg, tilt_deg)
    points = np.concatenate([np.asarray(mesh.vertices) for mesh in meshes.values()])
    offsets = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes.values())])
    faces = np.concatenate([np.asarray(mesh.faces) + at for mesh, at in zip(meshes.values(), offsets, strict=False)])
    tints = np.concatenate([np.tile(MATERIALS[key].colour, (len(mesh.faces), 1)) for key, mesh in meshes.items()])
    gloss = np.concatenate([np.full(len(mesh.faces), 1 - MATERIALS[key].roughness) for key, mesh in meshes.items()])
    seen = points @ view.T
    low, high = seen.min(0), seen.max(0)
    scale = 0.86 * big / (reach_mm or max(high[0] - low[0], high[1] - low[1]))
    middle = (low + high) / 2
    screen = seen.copy()
    screen[:, 0] = (seen[:, 0] - middle[0]) * scale + big / 2
    screen[:, 1] = big / 2 - (seen[:, 1] - middle[1]) * scale

    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12
    front = normal @ view[2] > 0
    key = np.array([-0.45, -0.55, 0.7]) @ np.eye(3)
    key /= np.linalg.norm(key)
    fill = view[0] * 0.8 + view[2] * 0.5
    light = (
        0.30
        + 0.16 * (normal[:, 2] + 1) / 2
        + 0.62 * np.clip(normal @ key, 0, 1)
        + 0.14 * np.clip(normal @ (fill / np.linalg.norm(fill)), 0, 1)
    )
    half = key + view[2]
    shine = 0.35 * gloss * np.clip(normal @ (half / np.linalg.norm(half)), 0, 1) ** 24
    colours = tints * light[:, None] + shine[:, None]
    depth, linear = _fill(screen[faces[front]].astype(np.float32), colours[front], big)
    # what is soft anyway is made at half the size
    linear *= _doubled(_occlusion(depth[::2, ::2], scale / 2))[..., None]
    alpha = np.isfinite(depth).astype(float)
    shadow = _doubled(_shadow(points, faces[normal[:, 2] > 0], view, (scale / 2, middle), size)) * 0.30
    over = np.clip(linear, 0, 1) ** (1 / 2.2)
    rgba = np.concatenate([over * alpha[..., None], (alpha + (1 - alpha) * shadow)[..., None]], -1)  # premultiplied; the shadow is black
    small = rgba.reshape(size, 2, size, 2, 4).mean((1, 3))
    if background is not None:
        paper = np.array(background) / 255
        flat = small[..., :3] + (1 - small[..., 3:]) * paper
        return Image.fromarray((np.clip(flat, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")
    colour = small[..., :3] / np.maximum(small[..., 3:], 1e-6)
    return Image.fromarray((np.clip(np.concatenate([colour, small[..., 3:]], -1), 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA")
