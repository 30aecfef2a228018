"""What is handed over: GLB, STL, drawing, bill, picture."""

from __future__ import annotations

import io
import json
import re
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import trimesh

from apps.design.furniture.bill import bill
from apps.design.furniture.checker import Demands, check
from apps.design.furniture.drawing import drawing
from apps.design.furniture.export import glb, read_size_m, shaded, stl
from apps.design.furniture.people import people
from apps.design.furniture.render import PAPER, picture
from tests.apps.design.furniture.furniture import designed

DESIGNS = {"oak": designed("chair", "ladder", "oak", "arms"), "steel": designed("chair", "nordic", "steel", "plain")}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_glb_is_metres_upright_and_says_where_it_comes_from(name: str) -> None:
    solid = DESIGNS[name].solid()
    data = glb(solid, name, {"seed": 3})
    wide, deep, tall = solid.mesh.extents
    assert read_size_m(data) == pytest.approx(np.array([wide, tall, deep]) / 1000, abs=1e-6)
    tree = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    assert tree["asset"]["extras"]["synthetic"] is True and tree["asset"]["extras"]["seed"] == 3
    assert len(tree["materials"]) == len(solid.volumes)
    assert all("pbrMetallicRoughness" in material for material in tree["materials"])
    assert all("NORMAL" in piece["attributes"] for mesh in tree["meshes"] for piece in mesh["primitives"])


def test_an_stl_is_millimetres_and_closed() -> None:
    solid = DESIGNS["steel"].solid()
    mesh = trimesh.load_mesh(io.BytesIO(stl(solid, "a chair")), file_type="stl")
    assert mesh.extents == pytest.approx(solid.mesh.extents, abs=0.01)
    assert mesh.volume == pytest.approx(solid.body.volume(), rel=1e-3)
    assert mesh.bounds[0][2] == pytest.approx(0, abs=0.01)


def test_normals_are_smooth_on_a_turned_leg_and_sharp_on_a_box() -> None:
    _, normals, _ = shaded(trimesh.creation.box((1, 1, 1)))
    assert np.abs(normals).max(1) == pytest.approx(1)
    points, normals, _ = shaded(trimesh.creation.cylinder(1, 2, sections=32))
    side = np.abs(normals[:, 2]) < 0.5
    assert np.einsum("ij,ij->i", points[side, :2], normals[side, :2]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_drawings_numbers_are_the_parameters(name: str) -> None:
    design = DESIGNS[name]
    solid = design.solid()
    text = drawing(design, solid, check(solid, Demands(90, people(), 0.0)), "No. 1 <b>")
    ET.fromstring(text)  # well-formed, the title escaped
    drawn = {key: float(value) for key, value in re.findall(r'data-key="(\w+)"[^>]*>([\d.]+)<', text)}
    for key in ("seat_height", "seat_width", "back_height", "seat_thickness", *(["arm_height"] if name == "oak" else [])):
        assert drawn[key] == pytest.approx(design.named[key], abs=0.05), key
    assert drawn["height"] == pytest.approx(solid.mesh.extents[2], abs=0.06)
    # to scale: a seat's width on paper is the number over the scale
    scale = int(re.search(r"scale 1:(\d+)", text).group(1))  # type: ignore[union-attr]
    ends = re.search(r'class="arrow" d="M([\d.]+) [\d.]+L([\d.]+) [\d.]+"/><text class="size" data-key="seat_width"', text)
    assert ends is not None
    assert (float(ends[2]) - float(ends[1])) * scale == pytest.approx(design.named["seat_width"], abs=0.2)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_bill_adds_up(name: str) -> None:
    solid = DESIGNS[name].solid()
    listed = bill(solid)
    assert sum(line.count for line in listed.lines) == len(solid.parts)
    heavy = sum(line.mass_kg for line in listed.lines)
    assert listed.mass_kg < heavy < listed.mass_kg * 1.15  # joints overlap
    assert listed.cost == pytest.approx(sum(line.cost for line in listed.lines) + listed.work_cost)
    assert len(listed.csv().splitlines()) == len(listed.lines) + 3


def test_a_picture_stands_on_paper_or_on_nothing() -> None:
    meshes = DESIGNS["steel"].solid().by_material()
    began = time.process_time()
    clear, paper = picture(meshes, size=160), picture(meshes, size=160, background=PAPER)
    assert time.process_time() - began < 2
    alpha = np.asarray(clear)[..., 3]
    assert clear.mode == "RGBA" and alpha[0, 0] == 0 and (alpha == 255).sum() > 500
    assert paper.getpixel((0, 0)) == PAPER
    assert np.asarray(picture(meshes, size=160)).tobytes() == np.asarray(clear).tobytes()
