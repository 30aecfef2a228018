"""From a mesh to a report, and to one closed solid where that can be done."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from shared.app import Context, Figure

if TYPE_CHECKING:
    import trimesh

    from apps.design.furniture.repair import Inspection
    from apps.design.tasks import Mesh, RepairRequest, RepairResult

__all__ = ["repair_request"]

MEDIA_TYPES = {"glb": "model/gltf-binary", "stl": "model/stl", "ply": "model/ply"}
PICTURE_PX = 320
DRAWN_FACES = 60_000
"""More are left out of the picture, every n-th kept: it shows what it is, not each face."""
PAPER = (251, 252, 252)


def repair_request(request: RepairRequest, context: Context) -> RepairResult:
    """Raises `BadInput` and its kind for what is no mesh, or too much of one."""
    from apps.design.furniture.repair import inspect_mesh, mend, read_mesh
    from apps.design.tasks import RepairResult

    data, name = request.mesh.read(), request.mesh.name
    stem = PurePath(name).stem[:60] or "mesh"
    if not request.mend:
        before = inspect_mesh(data, name)
        preview = _picture([read_mesh(data, name)])
        return RepairResult(
            before=_mesh(before),
            preview=context.artifact(f"{stem}.png", preview, "image/png"),
            figures=_figures(before),
            warnings=list(before.problems),
        )
    mended = mend(data, name)
    context.progress(1, 2, "mesh mended")
    exported: Any = mended.mesh.export(file_type=request.format) if mended.after.is_volume else b""
    return RepairResult(
        before=_mesh(mended.before),
        after=_mesh(mended.after),
        mended=context.artifact(f"{stem}-mended.{request.format}", bytes(exported), MEDIA_TYPES[request.format]) if exported else None,
        preview=context.artifact(f"{stem}.png", _picture([read_mesh(data, name), mended.mesh]), "image/png"),
        done=list(mended.done),
        figures=_figures(mended.after),
        warnings=[
            *([] if exported else ["Not mended: it is no closed solid yet, so no file was written."]),
            *(f"Still so: {problem}" for problem in mended.after.problems),
        ],
    )


def _mesh(found: Inspection) -> Mesh:
    from apps.design.tasks import Mesh

    return Mesh(**{name: getattr(found, name) for name in Mesh.model_fields if name != "problems"}, problems=list(found.problems))


def _figures(found: Inspection) -> list[Figure]:
    unit = found.unit or "units"
    figures = [
        Figure(
            label="bodies",
            value=found.bodies,
            reference="1 can be made in one piece" if found.is_volume else "not closed: it has no inside",
        ),
        Figure(label="longest edge of the box", value=round(max(found.size), 2), unit=unit, reference="the file's own unit, by its size"),
    ]
    if found.wall is not None:
        figures.append(Figure(label="thinnest wall", value=round(found.wall, 3), unit=unit, reference="sampled by rays"))
    return figures


def _picture(meshes: list[trimesh.Trimesh]) -> bytes:
    import numpy as np
    import trimesh
    from PIL import Image

    from apps.design.furniture.render import picture

    sheet = Image.new("RGB", (PICTURE_PX * len(meshes), PICTURE_PX), PAPER)
    for number, mesh in enumerate(meshes):
        kept = np.asarray(mesh.faces)[:: max(1, len(mesh.faces) // DRAWN_FACES)]
        longest = float(np.ptp(mesh.vertices, axis=0).max()) or 1.0
        points = (np.asarray(mesh.vertices) - mesh.vertices.min(axis=0)) * (1000 / longest)
        drawn = picture({"birch-plywood": trimesh.Trimesh(points, kept, process=False)}, size=PICTURE_PX)
        sheet.paste(drawn, (number * PICTURE_PX, 0), drawn)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
