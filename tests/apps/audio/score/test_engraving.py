"""Pages, what sounds when, and the PDF at the same scale."""

from __future__ import annotations

import re
import threading
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from apps.audio.chorales.chorale import HOLD, RANGES, Chorale
from apps.audio.score.engraving import Engraved, engrave, to_pdf
from apps.audio.score.pdf import matrices, outline
from apps.audio.score.writing import write_musicxml
from shared.errors import BadInput

EXAMPLES = Path(__file__).parents[4] / "apps/audio/examples"


def made(bars: int = 8, title: str = "Old (Hundredth)") -> bytes:
    """Quarters with some eighths and ties, and a pickup."""
    steps = bars * 16
    cells = np.full((steps, 4), HOLD, np.uint8)
    rng = np.random.default_rng(0)
    for voice, (low, _) in enumerate(RANGES):
        begins = np.unique(np.concatenate([[0], rng.choice(np.arange(0, steps, 2), steps // 5)]))
        cells[begins, voice] = low + rng.integers(3, 15, len(begins))
    position = ((np.arange(steps) - 4) % 16).astype(np.uint8)
    return write_musicxml(
        Chorale("made", cells, np.arange(steps) % 32 >= 28, position, 16, -3, 0), tempo_bpm=72, title=title, origin="A test, seed 0."
    )


@pytest.fixture(scope="module")
def engraved() -> Engraved:
    return engrave(made())


def test_every_note_head_of_the_timeline_is_on_a_page_and_on_the_strip(engraved: Engraved) -> None:
    ids = [sounding.svg_id for sounding in engraved.timeline]
    assert len(ids) == len(set(ids)) > 60
    drawn = "".join(engraved.pages)
    assert all(drawn.count(f'id="{name}"') == 1 and engraved.strip.count(f'id="{name}"') == 1 for name in ids)
    for voice in range(4):
        mine = [sounding for sounding in engraved.timeline if sounding.voice == voice]
        assert all(one.end_quarter == other.start_quarter for one, other in pairwise(mine))
        assert (mine[0].start_quarter, mine[-1].end_quarter) == (0, 32)
        assert all(RANGES[voice][0] <= one.pitch <= RANGES[voice][1] for one in mine)


def test_pictures_are_safe_to_inline(engraved: Engraved) -> None:
    hostile = engrave(made(2, "<script>alert(1)</script> & onload=x"))
    for svg in (*engraved.pages, engraved.strip, *hostile.pages):
        assert not re.search(r"<script|<image|<foreignObject|\bon\w+=\"|@font-face|@import|data:", svg)
        assert set(re.findall(r"(?:https?|file):[^\"' )]*", svg)) == {"http://www.w3.org/2000/svg"}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile.pages[0]


def test_pages_are_a4_with_title_and_tempo(engraved: Engraved) -> None:
    assert 'viewBox="0 0 2100 2970"' in engraved.pages[0]
    assert ">Old (Hundredth)<" in engraved.pages[0] and ">72<" in engraved.pages[0]
    assert not re.search("[\ue000-\uf8ff]", "".join(engraved.pages))
    assert len(engrave(made(40)).pages) > 1


def test_the_same_score_gives_the_same_picture(engraved: Engraved) -> None:
    assert engrave(made()).pages == engraved.pages


def test_a_long_title_stays_on_the_page() -> None:
    page = engrave(made(2, "A very long title " * 10)).pages[0]
    sizes = [float(size) for size in re.findall(r'font-size="(\d+)px">A very long', page)]
    assert sizes and sizes[0] * 0.5 * 180 <= 15_100


def test_no_system_is_left_with_one_bar() -> None:
    for bars in (9, 13):
        systems = [len(re.findall('class="measure', one)) for page in engrave(made(bars)).pages for one in page.split('class="system"')[1:]]
        assert sum(systems) == bars + 1 and min(systems) >= 2, systems


def test_threads_do_not_disturb_each_other(engraved: Engraved, capfd: pytest.CaptureFixture[str]) -> None:
    found: list[Engraved] = []
    threads = [threading.Thread(target=lambda: found.append(engrave(made()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.pages for one in found] == [engraved.pages] * 4
    assert capfd.readouterr() == ("", "")


def test_other_scores_are_engraved_too_and_what_is_none_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    melody = engrave((EXAMPLES / "nun_danket.musicxml").read_bytes())
    assert len(melody.pages) == 1 and {sounding.voice for sounding in melody.timeline} == {0}
    for data in (b"", b"<a/>", b"<score-partwise/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><score-partwise>&b;</score-partwise>"):
        with pytest.raises(BadInput):
            engrave(data)
    assert capfd.readouterr() == ("", "")


def test_the_pdf_has_the_pages_their_size_the_text_and_the_metadata(engraved: Engraved) -> None:
    pages = (*engraved.pages, *engraved.pages)
    data = to_pdf(pages, title="Чайка", origin="A test, seed 0.")
    assert data.startswith(b"%PDF-1.4") and data.endswith(b"%%EOF\n") and data == to_pdf(pages, title="Чайка", origin="A test, seed 0.")
    assert data.count(b"/MediaBox [0 0 595.276 841.890]") == 2
    assert "Чайка".encode("utf-16-be").hex().upper().encode() in data
    assert "A test, seed 0.".encode("utf-16-be").hex().upper().encode() in data
    operators = zlib.decompress(re.search(rb"stream\n(.*?)\nendstream", data, re.DOTALL)[1]).decode("latin-1")
    assert r"(Old \(Hundredth\)) Tj" in operators and operators.count("q\n") == operators.count("Q\n") + operators.endswith("Q")
    start = int(re.search(rb"startxref\n(\d+)", data)[1])
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", data[start:])]
    assert all(data[place:].startswith(f"{number} 0 obj".encode()) for number, place in enumerate(places, 1))


def test_ink_lies_where_the_svg_puts_it(engraved: Engraved) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    picture = pdfium.PdfDocument(to_pdf(engraved.pages))[0].render(scale=1).to_numpy()[..., 0]
    lines = re.findall(r'<path d="M(\d+) (\d+) L(\d+) \2" stroke-width="\d+"', engraved.pages[0])
    assert len(lines) > 40
    for left, y, right in lines[:40]:
        across, down = (int(left) + int(right)) / 2 + 1500, int(y) + 1500
        x, row = int(across * 0.0283465), int(down * 0.0283465)
        assert picture[row - 1 : row + 2, x - 2 : x + 3].min() < 220


def test_path_data_become_operators() -> None:
    assert outline("M1 2l3 4h1v-1c1 1 2 2 3 3s1 1 2 2z") == [
        "1 2 m",
        "4 6 l",
        "5 6 l",
        "5 5 l",
        "6 6 7 7 8 8 c",
        "9 9 9 9 10 10 c",
        "h",
    ]
    assert outline("M0 0Q3 3 6 0") == ["0 0 m", "2 2 4 2 6 0 c"]
    assert outline("M203 126c-29-.5 0-1 1 1") == ["203 126 m", "174 125.5 203 125 204 127 c"]
    assert matrices("translate(3, 4) scale(0.5)") == ["1 0 0 1 3 4 cm", "0.5 0 0 0.5 0 0 cm"]
    with pytest.raises(ValueError, match="A"):
        outline("M0 0A1 1 0 0 0 2 2")
