"""From criteria to furniture: the brief resolved, variants from the engine, their files, and what was measured on them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from apps.design.models import WEIGHTS, Order
from shared.app import Context, Figure
from shared.errors import BadInput

if TYPE_CHECKING:
    from PIL import Image

    from apps.design.furniture.criteria import Brief, Criteria, MassSpans
    from apps.design.furniture.sampling import Variant as Drawn
    from apps.design.furniture.sampling import Variants
    from apps.design.tasks import ProductRequest, ProductResult, Variant

__all__ = ["brief_of", "criteria_of", "masses_of", "product_request"]

PICTURE_PX = 256
SHEET_COLUMNS = 4
PAPER = (251, 252, 252)


def product_request(request: ProductRequest, context: Context) -> ProductResult:
    """Raises `BadInput` for criteria that contradict each other, with the nearest feasible ones in the remedy."""
    from apps.design.tasks import ProductResult

    brief = brief_of(request)
    order = Order(brief, request.count, request.seed, tuple(request.near), request.first, request.second)
    drawn: Variants = context.run(str(request.model), order)
    if not drawn.shown:
        failed = ", ".join(f"{key} ({count})" for key, count in sorted(drawn.failures.items(), key=lambda item: -item[1]))
        raise BadInput(
            f"None of {drawn.drawn} designs passes every check. Failed: {failed}.", remedy="Loosen the mass, the share or the bed."
        )
    reach = max(float(max(variant.solid.mesh.extents)) for variant in drawn.shown) * 1.15
    pictures, variants = [], []
    for number, variant in enumerate(drawn.shown, start=1):
        context.progress(number - 1, len(drawn.shown), "variants drawn up")
        pictures.append(_picture(variant, reach))
        variants.append(_variant(variant, pictures[-1], f"{request.family}-{number:02d}", request, context))
    return ProductResult(
        summary=_summary(brief, len(variants)),
        variants=variants,
        preview=context.artifact(f"{request.family}s.png", _png(_sheet(pictures)), "image/png"),
        failures=drawn.failures,
        first_passed=drawn.first_passed,
        first_drawn=drawn.first_drawn,
        figures=_figures(brief, drawn, request),
        warnings=[] if request.near or len(variants) == request.count else [f"Only {len(variants)} of {request.count} were found."],
        metadata=_metadata(brief, request),
    )


def criteria_of(request: ProductRequest) -> Criteria:
    """What was asked, with the family's first style and option where none was named. Raises `BadInput`."""
    from apps.design.furniture.criteria import Criteria
    from apps.design.furniture.family import family
    from apps.design.furniture.people import Measurements

    kind = family(request.family)
    person = None
    if request.person:
        known = tuple(Measurements.__dataclass_fields__)
        if strange := sorted(set(request.person) - set(known)):
            raise BadInput(f"There is no measurement {strange[0]!r}.", remedy=f"There are: {', '.join(known)}.", field="person")
        if missing := [name for name in known[:3] if name not in request.person]:
            raise BadInput(f"A person needs {', '.join(missing)} too.", remedy="In mm, barefoot.", field="person")
        person = Measurements(**request.person)
    return Criteria(
        family=request.family,
        style=request.style or kind.styles[0].key,
        material=request.material,
        option=request.option or next(iter(kind.options)),
        process=request.process or None,
        sex=request.users,
        low=request.low,
        high=request.high,
        person=person,
        load_kg=request.load_kg,
        mass_kg=request.mass_kg,
        fit_share=request.fit_share,
        bed_mm=request.bed_mm,
    )


def brief_of(request: ProductRequest) -> Brief:
    """Raises `BadInput`: every conflict by name."""
    from apps.design.furniture.criteria import resolve

    return resolve(criteria_of(request), masses_of(request.family))


def masses_of(key: str) -> MassSpans:
    """What designs of each style, material and option weigh: it stands in the weights' metadata."""
    from safetensors import safe_open

    with safe_open(WEIGHTS / f"product_{key}.safetensors", framework="numpy") as file:
        table: dict[str, list[float]] = json.loads(file.metadata()["masses"])
    spans: MassSpans = {}
    for name, (low, middle, high) in table.items():
        style, material, option = name.split()
        spans[style, material, option] = (low, middle, high)
    return spans


def _variant(drawn: Drawn, picture: Image.Image, name: str, request: ProductRequest, context: Context) -> Variant:
    from apps.design.furniture.bill import bill
    from apps.design.furniture.drawing import drawing
    from apps.design.furniture.export import glb, stl
    from apps.design.tasks import Check, Variant

    solid, report = drawn.solid, drawn.report
    title = name.replace("-", " ").capitalize()
    origin: dict[str, object] = {"model": request.model, "seed": request.seed, "digitalSourceType": "trainedAlgorithmicMedia"}
    parts = bill(solid)
    width, depth, height = (round(float(edge), 1) for edge in solid.mesh.extents)
    return Variant(
        picture=context.artifact(f"{name}.png", _png(picture), "image/png"),
        glb=context.artifact(f"{name}.glb", glb(solid, title, origin), "model/gltf-binary"),
        stl=context.artifact(f"{name}.stl", stl(solid, title), "model/stl"),
        drawing=context.artifact(f"{name}.svg", drawing(drawn.design, solid, report, title).encode(), "image/svg+xml"),
        bill=context.artifact(f"{name}.csv", _bill_csv(parts), "text/csv"),
        mass_kg=round(report.mass_kg, 3),
        cost_eur=round(parts.cost, 2),
        share=round(report.share, 4),
        share_of_group=round(report.share_of_group, 4),
        size_mm=(width, depth, height),
        parameters={key: round(value, 3) for key, value in drawn.design.named.items()},
        checks=[
            Check(
                key=one.key,
                title=one.title,
                value=round(one.value, 4),
                bound=round(one.bound, 4),
                unit=one.unit,
                passed=one.passed,
                at_least=one.at_least,
                source=one.source,
            )
            for one in report.checks
        ],
        latent=[] if drawn.latent is None else [round(float(value), 5) for value in drawn.latent],
    )


def _bill_csv(parts: Any) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["part", "count", "material", "length_mm", "width_mm", "thickness_mm", "wall_mm", "mass_kg", "cost_eur"])
    for line in parts.lines:
        writer.writerow([line.name, line.count, line.material, *line.cut_mm, line.wall_mm, f"{line.mass_kg:.3f}", f"{line.cost:.2f}"])
    joints = parts.mass_kg - sum(line.mass_kg for line in parts.lines)
    writer.writerow(["less what the joints overlap", "", "", "", "", "", "", f"{joints:.3f}", "0.00"])
    writer.writerow(["work", f"{parts.hours:.2f} h", "", "", "", "", "", "", f"{parts.work_cost:.2f}"])
    writer.writerow(["total", "", "", "", "", "", "", f"{parts.mass_kg:.3f}", f"{parts.cost:.2f}"])
    return out.getvalue().encode()


def _picture(drawn: Drawn, reach_mm: float) -> Image.Image:
    from apps.design.furniture.render import picture

    return picture(drawn.solid.by_material(), size=PICTURE_PX, reach_mm=reach_mm)


def _sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    from PIL import Image

    columns = min(SHEET_COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * PICTURE_PX, rows * PICTURE_PX), PAPER)
    for number, picture in enumerate(pictures):
        sheet.paste(picture, ((number % columns) * PICTURE_PX, number // columns * PICTURE_PX), picture)
    return sheet


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _summary(brief: Brief, count: int) -> str:
    from apps.design.furniture.materials import MATERIALS

    asked = brief.criteria
    who = "one person" if asked.person else f"{asked.sex if asked.sex != 'all' else 'women and men'}, P{asked.low:g} to P{asked.high:g}"
    return f"{count} {brief.kind.title}{'' if count == 1 else 's'} of {MATERIALS[asked.material].title} for {who}"


def _figures(brief: Brief, drawn: Variants, request: ProductRequest) -> list[Figure]:
    masses = [variant.report.mass_kg for variant in drawn.shown]
    shares = [variant.report.share_of_group for variant in drawn.shown]
    best = f"one fixed seat fits {100 * brief.best.share:.0f} % at best"
    found = [
        Figure(label="of the group accommodated", value=round(100 * sum(shares) / len(shares), 1), unit="%", reference=f"mean; {best}"),
        Figure(label="mass", value=round(sum(masses) / len(masses), 2), unit="kg", reference=f"mean; {brief.mass_kg:.2f} kg aimed at"),
        Figure(label="load", value=round(brief.load_kg, 1), unit="kg", reference="heaviest user; forces in the checks"),
    ]
    if not request.near:
        rate = f"of {drawn.first_drawn} first draws; the others are not shown"
        found.insert(0, Figure(label="passed at once", value=drawn.first_passed, unit="designs", reference=rate))
    return found


def _metadata(brief: Brief, request: ProductRequest) -> dict[str, str]:
    seat = brief.best.seat
    return {
        "style": brief.criteria.style,
        "option": brief.criteria.option,
        "process": brief.criteria.process or "as the material is worked",
        "seat that fits most": f"{seat.height:.0f} mm high, {seat.depth:.0f} deep, {seat.width:.0f} wide",
        "people": "ANSUR II, 4,082 men and 1,986 women of the US Army, 2012",
        "stability": "after EN 1022, estimate",
    }
