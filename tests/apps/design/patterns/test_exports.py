"""The files read back by other readers: SVG by an XML parser, PDF by pdfium, DXF by ezdxf and by a reader of group codes."""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from itertools import pairwise
from xml.etree import ElementTree

import ezdxf
import numpy as np
import pypdfium2
import pytest
from shapely import LinearRing, LineString, Point, Polygon

from apps.design.patterns import Garment, draft, exports
from apps.design.patterns.benchmark import square_error_mm
from apps.design.patterns.dxf import LAYERS
from apps.design.patterns.layout import drop
from apps.design.patterns.svg import screen_sheet, sheet_svg
from apps.design.patterns.tiles import OVERLAP_MM, PAPERS_MM, plan
from shared.errors import BadInput

KINDS = ("tshirt", "half_circle_skirt")


@pytest.fixture(scope="module", params=KINDS)
def garment(request: pytest.FixtureRequest) -> Garment:
    return draft(request.param, {}, size="38")


@pytest.fixture(scope="module")
def files(garment: Garment) -> dict[str, bytes]:
    return exports(garment, "A4")


def named(files: dict[str, bytes], end: str) -> bytes:
    return next(data for name, data in files.items() if name.endswith(end))


def test_the_same_garment_gives_the_same_bytes(garment: Garment, files: dict[str, bytes]) -> None:
    assert exports(draft(garment.kind, {}, size="38"), "A4") == files
    assert all(len(data) < 400_000 for data in files.values())


def test_svg_is_xml_in_true_millimetres_with_every_piece(garment: Garment, files: dict[str, bytes]) -> None:
    name = next(name for name in files if name.endswith(".svg") and "lay" not in name)
    root = ElementTree.fromstring(files[name])
    assert root.get("viewBox") == f"0 0 {root.get('width', '').removesuffix('mm')} {root.get('height', '').removesuffix('mm')}"
    said = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    groups = {each.get("id"): each for each in root.iter("{http://www.w3.org/2000/svg}g")}
    for piece in garment.pieces:
        assert piece.name.upper() in said
        classes = [each.get("class") for each in groups[piece.name.lower()]]
        assert classes.count("cut") == 1 and "sew" in classes and "grain" in classes and "notch" in classes
        assert ("fold" in classes) == piece.on_fold
    sizes = [float(each.get("font-size", "0")) for each in root.iter("{http://www.w3.org/2000/svg}text") if each.get("class") == "b"]
    assert min(sizes) * 390 / float(root.get("width", "0").removesuffix("mm")) > 7  # names at 390 px
    assert "font-size" in sheet_svg(garment, plot=True)


def test_names_in_svg_are_escaped() -> None:
    from dataclasses import replace

    hostile = replace(draft("tshirt", {}, size="38"), size='<script>"&')
    assert "<script>" not in sheet_svg(hostile)
    assert ElementTree.fromstring(sheet_svg(hostile)) is not None


def test_pieces_do_not_overlap_on_any_sheet_or_lay(garment: Garment) -> None:
    sheets = [[Polygon(piece.cutting + shift) for piece, shift in screen_sheet(garment).pieces]]
    sheets.append([Polygon(piece.cutting + shift) for piece, shift in plan(garment).sheet.pieces])
    assert garment.fabric is not None
    sheets.append([Polygon(outline) for _, outline in garment.fabric.placed])
    for shapes in sheets:
        for i, one in enumerate(shapes):
            assert all(one.intersection(other).area < 1e-6 for other in shapes[i + 1 :])
    right = max(outline[:, 0].max() for _, outline in garment.fabric.placed)
    assert right <= garment.fabric.width_mm / (2 if garment.fabric.lay == "folded" else 1) + 1e-6


def test_a_lay_refuses_what_is_wider_than_the_cloth() -> None:
    from apps.design.patterns.layout import Item

    assert drop([Item("wide", np.array([[0, 0], [900, 0], [900, 10], [0, 10]], float))], 800) is None


@pytest.mark.parametrize("paper", PAPERS_MM)
def test_the_test_squares_are_true_on_paper(garment: Garment, paper: str) -> None:
    pdf = named(exports(garment, paper), ".pdf")
    assert square_error_mm(pdf) <= 0.2
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        assert np.array(page.get_size()) * 25.4 / 72 == pytest.approx(PAPERS_MM[paper], abs=0.01)
    # and as a printer's raster shows them: the columns and rows of black from side to side, at 254 dpi (10 pixels a mm)
    picture = document[0].render(scale=254 / 72, grayscale=True).to_numpy().squeeze() < 140
    runs = [longest for row in picture if (longest := longest_run(row)) > 480]
    assert {round(run / 10, 0) for run in runs} == {50, 51}
    assert min(abs(run / 10 - 50 - 0.25) for run in runs) <= 0.2 and min(abs(run / 10 - 50.8 - 0.25) for run in runs) <= 0.2


def longest_run(row: np.ndarray) -> int:
    """Of True in a row; a horizontal side is one run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def test_the_pdf_says_what_to_do_and_names_every_page(garment: Garment, files: dict[str, bytes]) -> None:
    document = pypdfium2.PdfDocument(named(files, ".pdf"))
    made = plan(garment)
    assert len(document) == len(made.tiles) + 2
    first = document[0].get_textpage().get_text_bounded()
    assert "100 %" in first and "5 cm" in first and "2 inches" in first
    assert all(piece.name in document[1].get_textpage().get_text_bounded() for piece in garment.pieces)
    for number, (row, column) in enumerate(made.tiles):
        said = document[number + 2].get_textpage().get_text_bounded()
        assert f"Row {row + 1}, column {column + 1}" in said and f"page {number + 3} of {len(document)}" in said


def test_tiles_put_together_show_every_cutting_line_at_true_scale(garment: Garment, files: dict[str, bytes]) -> None:
    """Each point of each cutting line is black on some page, where the plan says it is."""
    document, made = pypdfium2.PdfDocument(named(files, ".pdf")), plan(garment)
    pictures = [document[i + 2].render(scale=72 / 72 * 2, grayscale=True).to_numpy().squeeze() for i in range(len(made.tiles))]
    per_mm = 2 * 72 / 25.4
    for piece, shift in made.sheet.pieces:
        ring = LinearRing(piece.cutting + shift)
        for share in np.linspace(0, 1, 60, endpoint=False):
            x, y = ring.interpolate(share, normalized=True).coords[0]
            darkest = 255
            for picture, (row, column) in zip(pictures, made.tiles, strict=True):
                px, py = x - column * made.step_mm[0], y - row * made.step_mm[1]
                if -0.01 <= px <= made.frame_mm[0] + 0.01 and -0.01 <= py <= made.frame_mm[1] + 0.01:
                    i, j = round((py + 10) * per_mm), round((px + 10) * per_mm)
                    darkest = min(darkest, int(picture[max(0, i - 2) : i + 3, max(0, j - 2) : j + 3].min()))
            assert darkest < 140
    assert made.step_mm[0] == made.frame_mm[0] - OVERLAP_MM


def test_an_unknown_paper_is_refused(garment: Garment) -> None:
    with pytest.raises(BadInput, match="no paper 'A3'"):
        exports(garment, "A3")


def group_codes(text: str) -> list[tuple[int, str]]:
    """The (code, value) pairs of a DXF file: a reader that shares nothing with the writer or with ezdxf."""
    lines = text.split("\r\n")
    return [(int(code), value) for code, value in zip(lines[:-1:2], lines[1::2], strict=True)]


def blocks(text: str) -> dict[str, dict[tuple[str, str], list[dict[int, str]]]]:
    """{block: {(entity, layer): [its first values]}}."""
    found: dict[str, dict[tuple[str, str], list[dict[int, str]]]] = {}
    entities = []
    for code, value in group_codes(text):
        if code == 0:
            entities.append((value, defaultdict(str)))
        elif entities:
            entities[-1][1].setdefault(code, value)
    block = ""
    for kind, values in entities:
        if kind == "BLOCK":
            block = values[2]
            found[block] = defaultdict(list)
        elif kind == "ENDBLK":
            block = ""
        elif block:
            found[block][kind, values[8]].append(values)
    return found


def test_dxf_by_a_reader_of_group_codes(garment: Garment, files: dict[str, bytes]) -> None:
    text = named(files, ".dxf").decode("ascii")
    read = blocks(text)
    assert list(read) == [piece.name.upper() for piece in garment.pieces]
    for piece in garment.pieces:
        block = read[piece.name.upper()]
        assert {layer for _, layer in block} <= {str(layer) for layer in LAYERS}
        said = [each[1] for each in block["TEXT", "1"]]
        assert f"Piece Name: {piece.name.upper()}" in said and "Size: 38" in said and f"Quantity: {piece.count}" in said
        vertices = {(each[10], each[20]) for each in block["VERTEX", "1"]}
        points = {(each[10], each[20]) for layer in ("2", "3") for each in block["POINT", layer]}
        assert points == vertices  # every vertex is a turn or a curve point
        assert {(each[10], each[20]) for each in block["POINT", "4"]} <= vertices
        assert len(block["LINE", "7"]) == 1
        whole = piece.unfolded()
        width = max(float(x) for x, _ in vertices) - min(float(x) for x, _ in vertices)
        assert width == pytest.approx(np.ptp(whole.cutting[:, 0]), abs=0.001)
    assert "Units: METRIC" in text and re.search(r"\$INSUNITS\r\n 70\r\n4\r\n", text)


def test_dxf_by_ezdxf(garment: Garment, files: dict[str, bytes]) -> None:
    document = ezdxf.read(io.StringIO(named(files, ".dxf").decode("ascii").replace("\r\n", "\n")))
    assert document.audit().errors == [] and document.units == 4
    assert len(document.modelspace().query("INSERT")) == len(garment.pieces)
    for piece in garment.pieces:
        block, whole = document.blocks[piece.name.upper()], piece.unfolded()
        rings = {}
        for layer in ("1", "14"):
            (line,) = block.query(f'POLYLINE[layer=="{layer}"]')
            assert line.is_closed
            rings[layer] = LinearRing([(vertex.dxf.location.x, -vertex.dxf.location.y) for vertex in line.vertices])
        assert rings["1"].length == pytest.approx(LinearRing(whole.cutting).length, abs=0.01)
        sewn = sum(math.dist(a, b) for edge in whole.edges for a, b in pairwise(edge.line))
        assert rings["14"].length == pytest.approx(sewn, abs=0.01)
        assert Polygon(rings["1"]).buffer(0.01).contains(Polygon(rings["14"]))
        (grain,) = block.query('LINE[layer=="7"]')
        ends = LineString([(end.x, -end.y) for end in (grain.dxf.start, grain.dxf.end)])
        assert Polygon(rings["14"]).contains(ends)
        for point in block.query('POINT[layer=="4"]'):
            assert rings["1"].distance(Point(point.dxf.location.x, -point.dxf.location.y)) < 0.001


def test_a_notch_survives_without_an_allowance() -> None:
    text = exports(draft("tshirt", {}, {"seam_allowance_mm": 0, "hem_allowance_mm": 0}, size="38"))["t-shirt.dxf"].decode("ascii")
    assert blocks(text)["FRONT"]["POINT", "4"]


def test_benchmark_prints_its_table(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    from apps.design.patterns.benchmark import main

    assert main(["--bodies", "3"]) == 0
    printed = capsys.readouterr().out
    assert "worst seam mismatch" in printed and "missed" not in printed
