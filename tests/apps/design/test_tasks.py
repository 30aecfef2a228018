"""The three tasks: what a furniture designer, a pattern cutter and a maker ask, and what they get."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import numpy as np
import pytest
import trimesh

from apps.design import ProductResult, garment, product, repair
from apps.design.tasks import EXAMPLES
from shared.errors import BadInput, TooLarge, Unsupported

BROKEN = EXAMPLES / "broken_stool.stl"


def refusal(task: Any, **fields: Any) -> str:
    with pytest.raises(BadInput) as caught:
        task(**fields)
    assert caught.value.message
    return str(caught.value)


@pytest.fixture(scope="module")
def chairs() -> ProductResult:
    return product(family="chair", material="oak", count=4, seed=4)


class TestProduct:
    def test_what_is_shown_passes_every_check(self, chairs: ProductResult) -> None:
        assert len(chairs.variants) == 4 and chairs.first_drawn == 4
        for variant in chairs.variants:
            assert variant.checks and all(check.passed for check in variant.checks)
            for check in variant.checks:
                assert check.value >= check.bound if check.at_least else check.value <= check.bound

    def test_the_files_are_the_same_solid_in_their_own_units(self, chairs: ProductResult) -> None:
        for variant in chairs.variants:
            stl = trimesh.load(io.BytesIO(variant.stl.read()), file_type="stl")
            glb = trimesh.load(io.BytesIO(variant.glb.read()), file_type="glb")
            assert stl.is_volume and np.isfinite(stl.vertices).all()
            assert np.allclose(stl.extents, variant.size_mm, atol=0.1)
            width, depth, height = variant.size_mm
            assert np.allclose(glb.extents * 1000, (width, height, depth), atol=1)

    def test_the_bill_adds_up(self, chairs: ProductResult) -> None:
        variant = chairs.variants[0]
        rows = list(csv.DictReader(io.StringIO(variant.bill.read().decode())))
        total = rows[-1]
        assert float(total["mass_kg"]) == pytest.approx(variant.mass_kg, abs=0.01)
        assert sum(float(row["mass_kg"] or 0) for row in rows[:-1]) == pytest.approx(variant.mass_kg, abs=0.01)
        assert float(total["cost_eur"]) == pytest.approx(sum(float(row["cost_eur"]) for row in rows[:-1]), abs=0.05)

    def test_the_drawing_has_the_size_of_the_chair(self, chairs: ProductResult) -> None:
        variant = chairs.variants[0]
        drawing = variant.drawing.read().decode()
        written = [float(text) for text in re.findall(r'class="size"[^>]*>([\d.]+)<', drawing)]
        assert drawing.startswith("<svg") and any(abs(one - variant.size_mm[2]) < 0.6 for one in written)

    def test_variants_differ_and_a_seed_repeats(self, chairs: ProductResult) -> None:
        again = product(family="chair", material="oak", count=4, seed=4)
        assert [one.stl.sha256 for one in again.variants] == [one.stl.sha256 for one in chairs.variants]
        assert len({one.stl.sha256 for one in chairs.variants}) == 4

    def test_a_slider_moves_a_design_and_keeps_it_sound(self, chairs: ProductResult) -> None:
        latent = chairs.variants[0].latent
        moved = product(family="chair", material="oak", near=latent, first=0.5, second=0.0)
        assert len(moved.variants) == 1 and moved.variants[0].stl.sha256 != chairs.variants[0].stl.sha256

    def test_conflicts_are_named_with_what_could_be_met(self) -> None:
        message = refusal(product, family="chair", mass_kg=0.9)
        assert "weighs" in message and "Nearest feasible" in message
        assert "hold nobody" in refusal(product, low=95, high=5)
        assert "Did you mean" in refusal(product, person={"popliteal_height": 43, "buttock_popliteal": 49, "hip_breadth": 38})
        assert "no measurement" in refusal(product, person={"height": 1800})
        for mass in (0.0, -3.0, 1e9):
            assert "mass" in refusal(product, mass_kg=mass)
        assert "style" in refusal(product, style="baroque").lower()


class TestGarment:
    def test_a_pattern_from_a_size_passes_its_checks(self) -> None:
        shirt = garment(kind="tshirt", size="38")
        assert all(check.passed for check in shirt.checks) and not shirt.warnings
        assert {piece["name"] for piece in shirt.pieces} >= {"Front", "Back", "Sleeve"}
        assert shirt.pdf.read().startswith(b"%PDF") and shirt.dxf.name.endswith(".dxf") and b"<svg" in shirt.pattern.read()

    def test_inches_and_centimetres_give_the_same_pattern(self) -> None:
        inch = garment(kind="half_circle_skirt", measurements={"waist_girth": 30}, unit="inch")
        cm = garment(kind="half_circle_skirt", measurements={"waist_girth": 76.2}, unit="cm")
        # behind the comments of the header, which hold the hash of the request
        assert inch.dxf.read().partition(b"SECTION")[2] == cm.dxf.read().partition(b"SECTION")[2]

    def test_impossible_bodies_are_refused_by_name(self) -> None:
        assert "38 in" in refusal(garment, measurements={"chest_girth": 38}, unit="cm")
        for value in (0, -5, 1e9):
            assert "chest" in refusal(garment, measurements={"chest_girth": value}).lower()
        assert "size" in refusal(garment)
        assert "option" in refusal(garment, size="38", options={"pockets": 3})


class TestRepair:
    def test_a_broken_stool_becomes_one_solid(self) -> None:
        result = repair(mesh=(BROKEN.name, BROKEN.read_bytes()))
        assert not result.before.is_volume and result.before.bodies > 1
        assert result.after is not None and result.after.is_volume and result.after.bodies == 1
        assert result.mended is not None
        assert trimesh.load(io.BytesIO(result.mended.read()), file_type="stl").is_volume

    def test_what_could_not_be_mended_is_no_result(self) -> None:
        plane = trimesh.Trimesh([[0, 0, 0], [500, 0, 0], [0, 500, 0], [500, 500, 0]], [[0, 1, 2], [1, 3, 2]])
        result = repair(mesh=("plane.stl", bytes(plane.export(file_type="stl"))))
        assert result.mended is None and "Not mended" in result.warnings[0]

    def test_a_glb_is_in_metres(self, chairs: ProductResult) -> None:
        result = repair(mesh=("chair.glb", chairs.variants[0].glb.read()), mend=False)
        assert result.before.unit == "m" and not any("taken for" in warning for warning in result.warnings)

    def test_hostile_meshes_are_refused(self) -> None:
        assert "no mesh format" in refusal(repair, mesh=("a.txt", b"hello"))
        with pytest.raises(Unsupported, match="archive"):
            repair(mesh=("bomb.glb", b"PK\x03\x04" + b"\0" * 100))
        header = b"ply\nformat binary_little_endian 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
        many = b"element face 10000000\nproperty list uchar int vertex_indices\nend_header\n"
        with pytest.raises(TooLarge):
            repair(mesh=("many.ply", header + many + b"\0" * 100))
        assert "length" in refusal(repair, mesh=("lies.stl", b"\0" * 80 + (10_000_000).to_bytes(4, "little") + b"\0" * 500))
        nan = trimesh.creation.box()
        nan.vertices[0] = np.nan
        assert "not numbers" in refusal(repair, mesh=("nan.stl", bytes(nan.export(file_type="stl"))))
        assert "empty" in refusal(repair, mesh=("empty.stl", b"\0\0\0"))
