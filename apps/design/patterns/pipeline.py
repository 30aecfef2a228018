"""From a body to a sewing pattern and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.app import Artifact, Context, Figure

if TYPE_CHECKING:
    from apps.design.patterns import Garment
    from apps.design.tasks import GarmentRequest, GarmentResult

__all__ = ["garment_request"]

MEDIA_TYPES = {"svg": "image/svg+xml", "pdf": "application/pdf", "dxf": "image/vnd.dxf"}


def garment_request(request: GarmentRequest, context: Context) -> GarmentResult:
    """Raises `BadInput` for measurements no body has and options no pattern has."""
    from apps.design.patterns import draft, exports, read
    from apps.design.tasks import Check, GarmentResult

    measured = read(request.measurements, request.unit)
    drafted = draft(request.kind, measured, request.options, table=request.table, size=request.size)
    context.progress(1, 2, "pattern drafted")
    files = exports(drafted, request.paper)

    def file(ending: str) -> Artifact:
        name = next(name for name in files if name.endswith(ending))
        return context.artifact(name, files[name], MEDIA_TYPES[name.rsplit(".", 1)[-1]])

    fabric = drafted.fabric
    return GarmentResult(
        title=drafted.title,
        size=drafted.size,
        pattern=file(f"{_stem(drafted)}.svg"),
        lay=file("-lay.svg"),
        pdf=file(".pdf"),
        dxf=file(".dxf"),
        pieces=[{"name": piece.name, "cut": piece.cut} for piece in drafted.pieces],
        checks=[
            Check(
                key=one.name,
                title=one.name,
                value=round(one.value, 4),
                bound=one.limit,
                unit=one.unit,
                passed=one.passed,
                at_least=False,
                source=one.where,
            )
            for one in drafted.checks
        ],
        fabric={"width_mm": fabric.width_mm, "length_mm": fabric.length_mm, "buy_mm": fabric.buy_mm, "used": round(fabric.used, 3)}
        if fabric
        else {},
        body_mm={name: round(value, 1) for name, value in drafted.measured_mm.items()},
        notes=list(drafted.notes),
        figures=_figures(drafted),
        warnings=[f"{one.name}: {one.value:.2f} against {one.limit:g} {one.unit} {one.where}" for one in drafted.checks if not one.passed],
    )


def _stem(drafted: Garment) -> str:
    return drafted.title.lower().replace(" ", "-")


def _figures(drafted: Any) -> list[Figure]:
    from apps.design.patterns.checks import worst_mismatch_mm

    worst, where = worst_mismatch_mm(drafted)
    passed = sum(one.passed for one in drafted.checks)
    found = [
        Figure(label="checks passed", value=passed, unit=f"of {len(drafted.checks)}", reference="measured on the finished pieces"),
        Figure(label="worst seam mismatch", value=round(worst, 4), unit="mm", reference=f"at most 0.1; {where}"),
    ]
    if drafted.fabric:
        buy = drafted.fabric.buy_mm / 1000
        text = f"{drafted.fabric.width_mm / 10:.0f} cm wide, {drafted.fabric.lay}; estimate of a simple lay"
        found.append(Figure(label="fabric to buy", value=round(buy, 2), unit="m", reference=text))
        found.append(Figure(label="cloth used", value=round(100 * drafted.fabric.used), unit="%", reference="inside the cutting lines"))
    return found
