"""What the design studio can do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from shared.app import App, Artifact, Context, Example, Field, File, InputFile, Request, Result, Work

__all__ = [
    "Check",
    "GarmentRequest",
    "GarmentResult",
    "Mesh",
    "ProductRequest",
    "ProductResult",
    "RepairRequest",
    "RepairResult",
    "Variant",
    "app",
    "garment",
    "product",
    "repair",
]

NOTICE = (
    "Strength, stability and fit are estimates, never a certificate: build and test a prototype, sew a trial garment, before anybody "
    "relies on one."
)
EXAMPLES = Path(__file__).parent / "examples"
MESHES = ("glb", "stl", "obj", "ply")

Finite = Annotated[float, Field(allow_inf_nan=False)]


def _models() -> tuple[Any, ...]:
    from apps.design.models import MODELS

    return MODELS


app = App(
    key="design",
    title="Design",
    summary="Furniture that fits its users, patterns that can be sewn, meshes that can be made.",
    models=_models,
    notice=NOTICE,
    picture="card.webp",
)


class Check(BaseModel):
    """One finding against its bound, with the rule it follows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    title: str
    value: float
    bound: float
    unit: str = ""
    passed: bool
    at_least: bool = True
    source: str = ""


class ProductRequest(Request):
    """Who sits on it, what it is made of, how heavy it may be."""

    family: Literal["chair", "stool"] = Field(default="chair", description="what is designed")
    style: str = Field(default="", max_length=40, description="of the family; its first when left out")
    material: str = Field(default="beech", max_length=40, description="beech, oak, pine, birch-plywood, steel, aluminium, petg, ...")
    option: str = Field(default="", max_length=40, description="chair: plain or arms; stool: its height; the first when left out")
    process: str = Field(default="", max_length=40, description="as the material is worked, when left out")
    count: int = Field(default=12, ge=1, le=48, description="variants to show, each of which passes every check")
    users: Literal["all", "women", "men"] = Field(default="all", description="whose percentiles (ANSUR II)")
    low: Finite = Field(default=5.0, ge=0, le=100, description="lowest percentile that shall fit")
    high: Finite = Field(default=95.0, ge=0, le=100, description="highest percentile that shall fit")
    person: dict[str, float] = Field(
        default={},
        description="one person's own measurements in mm instead, barefoot: popliteal_height, buttock_popliteal, hip_breadth, "
        "elbow_rest_height, weight_kg",
    )
    load_kg: Finite | None = Field(default=None, description="heaviest user; that of the group when left out")
    mass_kg: Finite | None = Field(default=None, description="what it shall weigh; usual for the style and material when left out")
    fit_share: Finite | None = Field(
        default=None, gt=0, le=1, description="share of the group that must fit; 0.9 of the best when left out"
    )
    bed_mm: tuple[float, float, float] | None = Field(
        default=None, description="the machine's working space; that of the process when left out"
    )
    near: list[float] = Field(default=[], max_length=64, description="the latent of a variant to stay near, as it stands in the result")
    first: Finite = Field(default=0.0, ge=-3, le=3, description="with near: place along the first direction, in standard deviations")
    second: Finite = Field(default=0.0, ge=-3, le=3, description="with near: along the second")


class Variant(BaseModel):
    """One piece of furniture that passed every check."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    picture: Artifact = Field(description="PNG with a transparent background")
    glb: Artifact = Field(description="metres, Y up")
    stl: Artifact = Field(description="mm, Z up")
    drawing: Artifact = Field(description="SVG, A3, three views with dimensions in mm")
    bill: Artifact = Field(description="CSV: parts, cut sizes, mass and cost")
    mass_kg: float
    cost_eur: float = Field(description="material and work, by the table of prices in `materials.py`")
    share: float = Field(description="of all 6,068 people measured")
    share_of_group: float = Field(description="of the people asked for")
    size_mm: tuple[float, float, float] = Field(description="width, depth, height")
    parameters: dict[str, float] = Field(description="mm and degrees, as the family declares them")
    checks: list[Check]
    latent: list[float] = Field(description="its place in the generator")


class ProductResult(Result):
    """Variants that pass, and how many of the first draws did."""

    summary: str
    variants: list[Variant]
    preview: Artifact = Field(description="PNG: all of them at one scale")
    failures: dict[str, int] = Field(default={}, description="checks that draws failed, counted; none of those is shown")
    first_passed: int
    first_drawn: int
    metadata: dict[str, str] = Field(default={}, description="who, load, target mass, seat asked for, sources")


class GarmentRequest(Request):
    """A garment, a body and how it shall fit."""

    kind: Literal["tshirt", "half_circle_skirt"] = Field(default="tshirt", description="what is drafted")
    table: Literal["women", "men"] = Field(default="women", description="size table for what was not measured")
    size: str = Field(default="", max_length=8, description="EU size or letter, such as 38 or M; needed where nothing is measured")
    measurements: dict[str, float] = Field(
        default={}, description="body measurements by name, such as chest_girth, waist_girth, hip_girth; the size table fills in the others"
    )
    unit: Literal["mm", "cm", "inch"] = Field(default="cm", description="of the measurements")
    options: dict[str, Any] = Field(
        default={},
        description="fit (close, regular, loose), sleeve (short, elbow, long), neckline (crew, scoop), panels, length_mm, ...",
    )
    paper: Literal["A4", "Letter"] = Field(default="A4", description="of the tiled PDF")

    @model_validator(mode="after")
    def _somebody(self) -> GarmentRequest:
        if not self.size and not self.measurements:
            raise ValueError("size: give a size such as 38 or M, or measurements (chest_girth for a T-shirt, waist_girth for a skirt)")
        return self


class GarmentResult(Result):
    """The pattern, to print, to plot and to cut."""

    title: str
    size: str
    pattern: Artifact = Field(description="SVG of all pieces")
    lay: Artifact = Field(description="SVG: the pieces on the fabric")
    pdf: Artifact = Field(description="tiles at true scale, with a test square and an assembly sheet")
    dxf: Artifact = Field(description="DXF with AAMA layers, mm")
    pieces: list[dict[str, str]] = Field(description="name, how it is cut, grain")
    checks: list[Check]
    fabric: dict[str, float] = Field(description="width, length of the lay, length to buy, in mm; share of the cloth used")
    body_mm: dict[str, float] = Field(description="the measurements it was drafted from")
    notes: list[str] = Field(default=[], description="to be read before cutting")


class RepairRequest(Request):
    """A mesh to look at, and to mend."""

    mesh: Annotated[InputFile, File(kinds=MESHES, max_bytes=256 << 20)] = Field(description="GLB, STL, OBJ or PLY, at most 2 million faces")
    format: Literal["glb", "stl", "ply"] = Field(default="stl", description="of the mended mesh")
    mend: bool = Field(default=True, description="make it one closed solid where that can be done")


class Mesh(BaseModel):
    """What was found in a mesh. size: in the file's own unit; wall: the thinnest, in that unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faces: int
    vertices: int
    is_volume: bool
    watertight: bool
    bodies: int
    size: tuple[float, float, float]
    unit: str
    volume: float | None
    wall: float | None
    problems: list[str]


class RepairResult(Result):
    """The report, and the mended mesh."""

    before: Mesh
    after: Mesh | None = None
    mended: Artifact | None = None
    preview: Artifact = Field(description="PNG: before, and after where it was mended")
    done: list[str] = Field(default=[], description="what was changed")


SECONDS_A_VARIANT = 0.35
"""Of two CPU cores, files included; `benchmark.py` measures the parts."""


def _work_product(request: ProductRequest) -> Work:
    return Work(request.count, "variants", 64 << 20, SECONDS_A_VARIANT)


def _work_garment(request: GarmentRequest) -> Work:
    return Work(1, "pattern", 32 << 20, 0.4)


def _work_repair(request: RepairRequest) -> Work:
    return Work(request.mesh.size_bytes / 1e6, "megabytes", 40 * request.mesh.size_bytes, 0.5)


@app.task(
    work=_work_product,
    examples=(
        Example("A beech chair for nearly everybody", {"family": "chair", "count": 12, "seed": 4}),
        Example(
            "A stool of oak that weighs 3.5 kg", {"family": "stool", "material": "oak", "mass_kg": 3.5, "count": 8, "seed": 2}, short=False
        ),
    ),
)
def product(request: ProductRequest, context: Context) -> ProductResult:
    """Design chairs and stools that fit the people they are for, and prove it.

    A generator trained on feasible designs draws them; an independent checker measures the solid: stability, member stress, fit to
    6,068 measured people, walls, size. What is shown passes every check.
    """
    from apps.design.furniture.pipeline import product_request

    return product_request(request, context)


@app.task(
    work=_work_garment,
    source_type="algorithmicMedia",
    examples=(
        Example("A T-shirt, women's size 38", {"kind": "tshirt", "size": "38"}),
        Example(
            "A half-circle skirt to measure",
            {"kind": "half_circle_skirt", "measurements": {"waist_girth": 74, "hip_girth": 99}, "options": {"length_mm": 650}},
        ),
    ),
)
def garment(request: GarmentRequest, context: Context) -> GarmentResult:
    """Draft a T-shirt or a half-circle skirt to a body's measurements, ready to print and to cut.

    Drafted from published rules, with seam allowances, notches and grain; every pair of seams is measured against its partner.
    """
    from apps.design.patterns.pipeline import garment_request

    return garment_request(request, context)


@app.task(
    work=_work_repair,
    source_type="algorithmicallyEnhanced",
    examples=(
        Example(
            "A chair of two intersecting parts and a hole",
            {"mesh": EXAMPLES / "broken_stool.stl"},
            source="Made by this studio",
            licence="Apache-2.0",
        ),
    ),
)
def repair(request: RepairRequest, context: Context) -> RepairResult:
    """Say whether a mesh can be made, and make it one closed solid where it cannot yet.

    Reports closed volume, bodies, size, unit and thinnest wall; mends holes, duplicates and intersecting shells.
    """
    from apps.design.mending import repair_request

    return repair_request(request, context)
