"""From measurements to a checked pattern, and from a pattern to its files.

garment = draft("tshirt", {"chest_girth": 880}, {"fit": "regular"})
files = exports(garment, "A4")            # {"t-shirt.svg": ..., "t-shirt-A4.pdf": ..., "t-shirt.dxf": ..., "t-shirt-lay.svg": ...}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

from apps.design.patterns import skirt, tshirt
from apps.design.patterns.checks import checked
from apps.design.patterns.layout import lay
from apps.design.patterns.measurements import MEASUREMENTS, Body, complete
from apps.design.patterns.options import SkirtOptions, TShirtOptions, chosen
from apps.design.patterns.piece import Garment
from shared.errors import BadInput, NotFound

__all__ = ["KINDS", "draft", "exports"]

KINDS = ("tshirt", "half_circle_skirt")


def draft(
    kind: str,
    measurements: Body | Mapping[str, float],
    options: TShirtOptions | SkirtOptions | Mapping[str, Any] | None = None,
    *,
    table: str = "women",
    size: str = "",
) -> Garment:
    """The pattern of a garment, with its checks, notes and fabric.

    measurements: mm by the names of `MEASUREMENTS`; what is left out comes from `table` ("women", "men") at `size` or at the girth given.
    A T-shirt needs the chest, a skirt the waist, unless a size is chosen. Raises BadInput for what no body or pattern can have.
    """
    if kind not in KINDS:
        raise NotFound(f"There is no pattern {kind!r}.", remedy=f"Choose one of {', '.join(KINDS)}.", field="kind")
    needs = tshirt.NEEDS if kind == "tshirt" else skirt.NEEDS
    body = measurements if isinstance(measurements, Body) else complete(measurements, table=table, size=size, needs=needs)
    if kind == "tshirt":
        if isinstance(options, SkirtOptions):
            wrong(kind)
        wanted = chosen(TShirtOptions, options)
        drawn = tshirt.tshirt(body, wanted)
        fabric = lay(drawn, wanted.fabric_width_mm, one_way=wanted.one_way)
    else:
        if isinstance(options, TShirtOptions):
            wrong(kind)
        cut = chosen(SkirtOptions, options)
        drawn = skirt.half_circle_skirt(body, cut)
        fabric = lay(drawn, cut.fabric_width_mm, one_way=cut.one_way)
    told = () if not body.assumed else (assumed(body),)
    return replace(drawn, notes=(*drawn.notes, *told), checks=checked(drawn), fabric=fabric)


def assumed(body: Body) -> str:
    """What nobody measured, in a sentence."""
    if len(body.assumed) == len(MEASUREMENTS):
        return f"Every measurement is the size table's ({body.table}, {body.size}): nobody was measured. Sew a trial first."
    return f"From the size table ({body.table}), not measured: {', '.join(MEASUREMENTS[name].title for name in body.assumed)}."


def wrong(kind: str) -> NoReturn:
    raise BadInput(f"These are not the options of {kind!r}.", remedy="Give the options of the same kind.", field="options")


def exports(garment: Garment, paper: str = "A4") -> dict[str, bytes]:
    """{file name: bytes}: the sheet as SVG, the lay as SVG, tiles at true scale as PDF on `paper` ("A4", "Letter"), DXF for a cutter."""
    from apps.design.patterns.dxf import dxf
    from apps.design.patterns.svg import lay_svg, sheet_svg
    from apps.design.patterns.tiles import tiled_pdf

    stem = garment.title.lower().replace(" ", "-")
    return {
        f"{stem}.svg": sheet_svg(garment).encode(),
        f"{stem}-lay.svg": lay_svg(garment).encode(),
        f"{stem}-{paper}.pdf": tiled_pdf(garment, paper),
        f"{stem}.dxf": dxf(garment).encode("ascii"),
    }
