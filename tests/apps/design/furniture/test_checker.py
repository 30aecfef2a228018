"""The checker against hand calculations and against furniture that must fail."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apps.design.furniture.checker import Demands, Report, check
from apps.design.furniture.family import Choices, family
from apps.design.furniture.frame import Beams, solve
from apps.design.furniture.materials import MATERIALS
from apps.design.furniture.people import people
from apps.design.furniture.shapes import Part, bar, outline, seat
from apps.design.furniture.solid import Solid
from apps.design.furniture.stability import Body, feet_polygon, margin, tilt_deg
from apps.design.furniture.strength import strength
from tests.apps.design.furniture.furniture import designed, plain_stool


def judged(parts: list[Part], *, backrest: bool = False, load_kg: float = 110.0) -> Report:
    return check(Solid.of(parts), Demands(load_kg, people(), 0.0, backrest=backrest))


def test_a_cantilever_bends_as_the_textbook_says() -> None:
    length, size, force, modulus = 800.0, 30.0, 500.0, 11_000.0
    # a node can be held against moving, not against turning: two stiff arms clamp the root
    beams = Beams(
        nodes=np.array([[0, 0, 0], [length, 0, 0], [-100, 0, 0], [0, 100, 0]], float),
        ends=np.array([[0, 1], [2, 0], [3, 0]]),
        sizes=np.stack([np.full((2, 2), each) for each in (size, 400, 400)]),
        up=np.array([[0.0, 0, 1]] * 3),
        is_round=np.zeros(3, bool),
        wall_mm=np.zeros(3),
        modulus=np.array([modulus, 1e6, 1e6]),
        owner=np.array([0, -1, -1]),
    )
    springs, loads = np.zeros((4, 3)), np.zeros((4, 3, 1))
    springs[[0, 2, 3]] = 1e9
    loads[1, 2, 0] = -force
    solved = solve(beams, springs, loads)
    inertia = size**4 / 12
    assert solved.moved[1, 2, 0] == pytest.approx(-force * length**3 / (3 * modulus * inertia), rel=0.02)
    assert solved.stress[0, 0] == pytest.approx(force * length * (size / 2) / inertia, rel=0.01)


def test_a_simple_stool_agrees_with_paper() -> None:
    parts = plain_stool()
    solid = Solid.of(parts)
    # mass: plate with rounded corners and bevelled edge, legs to its underside
    plate = (360**2 - (4 - math.pi) * 20**2) * 30
    legs = 4 * 40**2 * 420
    assert solid.mass_kg == pytest.approx((plate + legs) * 710e-9, rel=0.03)
    # a quarter of the load on each leg: pure compression of 1300 / 4 N under the middle of the seat
    loaded = strength(parts, 110)
    assert loaded.buckling < 0.05
    assert 1300 / 4 / 40**2 < loaded.stresses["leg 1"] < MATERIALS["beech"].strength
    # stability: righting (mass and 600 N) over 20 N at 450 mm, about the feet's edge, 170 mm from the middle
    feet = feet_polygon(np.asarray(solid.mesh.vertices))
    assert np.ptp(feet, axis=0) == pytest.approx([340, 340], abs=1)
    body = Body(solid.mass_kg, solid.centre_of_mass, feet)
    righting = solid.mass_kg * 9.81 * 170 + 600 * (60 - 10)
    expected = righting / (20 * 450)
    assert margin(body, np.array([0.0, 60.0]), np.array([0.0, -1.0]), 20, 450) == pytest.approx(expected, rel=0.02)
    assert tilt_deg(body) == pytest.approx(math.degrees(math.atan2(170, body.centre[2])), abs=0.5)
    assert judged(parts).passed


def test_mass_is_density_times_volume() -> None:
    box = [seat("seat", "oak", outline(400, 400, 300, 0.01, each=2), 100, 100, soft=0.001)]
    solid = Solid.of(box)
    assert solid.body.volume() == pytest.approx(400 * 300 * 100, rel=1e-3)
    assert solid.mass_kg == pytest.approx(0.4 * 0.3 * 0.1 * MATERIALS["oak"].density, rel=1e-3)


def test_a_tubes_wall_is_measured_and_its_mass_is_the_rings() -> None:
    tube = bar("leg", "leg", "steel", [(0, 0, 0), (0, 0, 400)], [25, 25], wall_mm=2.0)
    solid = Solid.of([tube])
    ring = math.pi * (12.5**2 - 10.5**2) * 400
    cap = math.pi * 10.5**2 * 3  # closed above, open below
    assert solid.volumes["steel"] == pytest.approx(ring + cap, rel=0.01)


def test_thin_legs_break() -> None:
    report = judged(plain_stool(leg_mm=11))
    assert {"stress", "wall"} & set(report.failed)
    assert report["stress"].value > 1 > judged(plain_stool(leg_mm=40))["stress"].value


def test_a_narrow_base_tips() -> None:
    report = judged(plain_stool(spread_mm=120))
    assert {"stable_forwards", "stable_sideways"} <= set(report.failed)
    assert report["stable_forwards"].value < 0


def test_loose_parts_are_two_bodies_and_do_not_hold() -> None:
    parts = plain_stool()
    parts[1] = bar("leg 1", "leg", "beech", [(700, 0, 0), (700, 0, 400)], [40, 40])
    assert "one_body" in judged(parts).failed


def test_a_heavier_user_is_a_higher_stress() -> None:
    light, heavy = (strength(plain_stool(), kg).utilisation for kg in (55, 110))
    assert heavy == pytest.approx(2 * light)


@pytest.mark.parametrize("option", ["plain", "arms"])
def test_sizes_are_measured_as_declared(option: str) -> None:
    design = designed("chair", "spindle", "oak", option)
    measured = check(design.solid(), Demands(90, people(), 0.0)).measured
    assert measured is not None
    assert measured.seat.height == pytest.approx(design.named["seat_height"], abs=1)
    assert measured.seat.depth == pytest.approx(design.named["seat_depth"], abs=35)  # the back is bowed behind the posts
    if option == "plain":
        assert measured.seat.arm_height is None
        assert measured.seat.width < design.named["seat_width"] + 1
    else:
        assert measured.seat.arm_height == pytest.approx(design.named["arm_height"], abs=8)
        assert measured.seat.width < design.named["seat_width"] - 30


@pytest.mark.parametrize("share", [0.3, 0.5, 0.65])
@pytest.mark.parametrize("below_mm", [150, 60, 15])
def test_nothing_between_the_arms_is_overlooked(share: float, below_mm: float) -> None:
    """A peg that stands inwards from an arm, anywhere from the seat to the arm's face: hips do not pass it."""
    design = designed("chair", "nordic", "oak", "arms")
    v = design.named
    z, y, inside = v["seat_height"] + v["arm_height"] - below_mm, v["seat_depth"] * share, 150.0
    peg = bar("peg", "arm", "oak", [(inside, y, z - 40), (inside + 1, y, z + 40)], [60.0, 60.0])
    open_, closed = (check(Solid.of(parts), Demands(90, people(), 0.0)).measured for parts in (design.parts(), [*design.parts(), peg]))
    assert open_ is not None and closed is not None
    assert closed.seat.width < 2 * inside < open_.seat.width


def test_a_bar_stools_feet_rest_on_its_front_bar() -> None:
    design = designed("stool", "square", "beech", "bar")
    measured = check(design.solid(), Demands(90, people(), 0.0, backrest=False, footrest=True)).measured
    assert measured is not None
    assert measured.seat.height == pytest.approx(design.named["foot_drop"] - design.named["stretcher"] / 2, abs=8)


@pytest.mark.parametrize("key", ["chair", "stool"])
def test_every_style_and_material_is_one_closed_body(key: str) -> None:
    kind = family(key)
    rng = np.random.default_rng(4)
    for style in kind.styles:
        for material in ("oak", "steel", "pla"):
            for option in kind.options:
                choices = Choices(style.key, material, option)
                solid = kind.design(choices, kind.values(choices, rng.random(len(kind.parameters)))).solid()
                assert solid.mesh.is_volume, choices
                assert len(solid.body.decompose()) == 1, choices
                assert sum(solid.volumes.values()) == pytest.approx(solid.body.volume(), rel=1e-6)
