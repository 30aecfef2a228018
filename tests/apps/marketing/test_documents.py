"""Pages of documents of several kinds, whole and hostile."""

from __future__ import annotations

import io
import sys
import time
import zipfile

import pytest

from apps.marketing import documents
from apps.marketing.documents import pages_of
from shared.errors import BadInput, TooLarge, Unavailable, Unsupported

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, prolog: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f'<?xml version="1.0"?>{prolog}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        )
    return out.getvalue()


def test_plain_text_has_pages_at_form_feeds() -> None:
    assert pages_of(b"one\r\n\ftwo", "a.txt") == ["one\n", "two"]
    assert pages_of("K\u00e4nnchen".encode("cp1252"), "a.txt") == ["K\u00e4nnchen"]


def test_markdown_without_code_pictures_and_addresses() -> None:
    text = "---\ntitle: x\n---\n# Tent\n![p](a.png) A **light** [tent](http://x) with `poles`.\n```\ncode\n```\nEnd."
    assert pages_of(text.encode(), "a.md") == ["# Tent\n A light tent with poles.\nEnd."]


def test_html_as_it_is_read() -> None:
    text = (
        b"<html><head><title>x</title><style>p{}</style></head><body><h1>Tent</h1><p>For two &amp; light<!-- no -->"
        b"<script>if(a<b)x()</script>"
        b"<br>3 < 5 kg</p></body></html>"
    )
    assert pages_of(text, "a.html") == ["Tent\n\nFor two & light\n3 < 5 kg"]


@pytest.mark.parametrize("piece", ["<a", "<!--", "<script>", '<a "', "</", "<![", "<head>", "&"])
def test_hostile_html_is_quick(piece: str) -> None:
    began = time.process_time()
    pages_of((piece * 40_000).encode(), "a.html")
    assert time.process_time() - began < 2


def test_word_paragraphs_and_page_breaks() -> None:
    body = (
        "<w:p><w:r><w:t>A tent</w:t><w:tab/><w:t>for two.</w:t></w:r></w:p>"
        '<w:p><w:r><w:br w:type="page"/><w:t>Page two.</w:t></w:r></w:p><w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>'
    )
    assert pages_of(docx(body), "a.docx") == ["A tent for two.", "Page two."]


def test_word_with_entities_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(BadInput, match="document type"):
        pages_of(docx("<w:p><w:t>&b;</w:t></w:p>", bomb), "a.docx")
    with pytest.raises(BadInput, match="document type"):
        pages_of(docx("", '<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "a.docx")


def test_a_word_file_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_XML_BYTES", 1 << 20)
    with pytest.raises(TooLarge, match="unpacks"):
        pages_of(docx(" " * (1 << 20)), "a.docx")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.docx", b"PK\x03\x04broken", BadInput),
        ("a.docx", docx("<w:p>")[:-30], BadInput),
        ("a.docx", docx("<w:p>"), BadInput),
        ("a.pdf", b"%PDF-1.4 broken", BadInput),
        ("a.xls", b"plain", Unsupported),
        ("a.txt", b"\x89PNG....", Unsupported),
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(name: str, data: bytes, kind: type[BadInput]) -> None:
    with pytest.raises(kind) as caught:
        pages_of(data, name)
    assert caught.value.remedy


def test_a_zip_that_is_no_word_file() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(Unsupported, match="no Word document"):
        pages_of(out.getvalue(), "a.zip")


def test_a_pdf_without_its_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(Unavailable, match="pypdfium2"):
        pages_of(b"%PDF-1.7", "a.pdf")


def test_a_pdf_page_by_page() -> None:
    assert pages_of(_pdf(["A tent for two.", "Page two."]), "a.pdf") == ["A tent for two.", "Page two."]


def _pdf(pages: list[str]) -> bytes:
    """A PDF of one line a page, written by hand."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(count))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F1 3 0 R>>>>/Contents {5 + 2 * at} 0 R>>")
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()
