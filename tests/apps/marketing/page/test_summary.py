"""A summary: sentences with their page, or with their place where there are no pages."""

from __future__ import annotations

from apps.marketing.page.summarize import summary_html
from apps.marketing.results import SummarizeResult, Taken
from shared.app import Artifact

NOTHING = Artifact(name="a.md", media_type="text/markdown", size_bytes=1, sha256="0" * 64)
MARKUP = "<img src=x onerror=alert(1)>"


def made(*sentences: Taken, pages: int = 1) -> SummarizeResult:
    return SummarizeResult(sentences=list(sentences), pages=pages, characters=1000, summary=NOTHING)


def test_each_sentence_has_its_page_and_stands_on_the_rule() -> None:
    html = summary_html(made(Taken(text="Oil it.", page=2, start=0, end=7, score=0.5), pages=4), "brief.pdf", "care")
    assert "page 2" in html and "weight 0.50 of 1" in html and "left:37.5%" in html and "4 pages" in html and "care" in html


def test_of_one_page_the_place_in_the_text_is_said() -> None:
    html = summary_html(made(Taken(text="Oil it.", page=1, start=250, end=257, score=1.0)), "Your text", "")
    assert "characters 250 to 257" in html and "left:25.0%" in html


def test_nothing_found_and_hostile_texts() -> None:
    assert "No sentence fits" in summary_html(made(), "a", "")
    html = summary_html(made(Taken(text=MARKUP, page=1, start=0, end=1, score=0)), MARKUP, MARKUP)
    assert "<img" not in html
