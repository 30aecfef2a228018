"""The text of a document, page by page: plain text, Markdown, HTML, Word; PDF where `pypdfium2` is installed."""

from __future__ import annotations

import html
import re
from pathlib import PurePath
from typing import Any
from xml.parsers import expat

from apps.marketing.decoding import decode
from shared.archives import opened
from shared.errors import BadInput, TooLarge, Unavailable, Unsupported

__all__ = ["pages_of"]

MAX_BYTES = 50 << 20
MAX_TEXT_BYTES = 10 << 20
MAX_XML_BYTES = 32 << 20
MAX_PAGES = 2_000
_BODY = "word/document.xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr",
    "ul",
})  # fmt: skip
_TAG_NAME = re.compile(r"/?\s*([a-zA-Z][a-zA-Z0-9]*)")


def pages_of(data: bytes, name: str) -> list[str]:
    """The pages of a document; a format without pages is one, or one a form feed or page break.

    name: the file's, whose ending says what it is.
    Raises TooLarge, Unsupported, BadInput for a damaged file, Unavailable for a PDF without `pypdfium2`.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{name} has {len(data):,} bytes; at most {MAX_BYTES:,} are read.", remedy="Give a part of it.")
    ending = PurePath(name).suffix.lstrip(".").lower()
    if ending == "pdf" or data.startswith(b"%PDF"):
        return _pdf(data, name)
    if ending == "docx" or data.startswith(b"PK\x03\x04"):
        return _docx(data, name)
    text, _ = decode(data, name, max_bytes=MAX_TEXT_BYTES)
    if ending in ("html", "htm", "xhtml") or re.match(r"\s*<(?:!doctype html|html)\b", text[:500], re.IGNORECASE):
        return [_html(text)]
    if ending in ("md", "markdown"):
        return [_markdown(text)]
    if ending in ("txt", "text", ""):
        return text.split("\f")
    raise Unsupported(f"{name} is not a document that can be read.", remedy="Give TXT, Markdown, HTML, DOCX or PDF.")


def _markdown(text: str) -> str:
    """Without front matter, code blocks, images, and the addresses of links; list marks and headings stay, sentences end at them."""
    text = re.sub(r"\A---\n[\s\S]{0,10000}?\n---\n", "", text)
    text = "\n".join(line for line, code in _outside_fences(text.split("\n")) if not code)
    text = re.sub(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,1000}\)", "", text)
    text = re.sub(r"\[([^\]\n]{1,300})\]\([^)\n]{0,1000}\)", r"\1", text)
    return re.sub(
        r"[*_]{1,3}(?=\S)([^*_\n]{1,500})(?<=\S)[*_]{1,3}|`([^`\n]{1,300})`", lambda match: match.group(1) or match.group(2), text
    )


def _outside_fences(lines: list[str]) -> list[tuple[str, bool]]:
    inside, found = False, []
    for line in lines:
        fence = line.lstrip().startswith(("```", "~~~"))
        found.append((line, inside or fence))
        inside = inside != fence
    return found


def _html(text: str) -> str:
    """In one pass, so that a file of a million unclosed tags costs a second and no more."""
    kept: list[str] = []
    folded = text.casefold() if len(text.casefold()) == len(text) else text
    last_close = {tag: folded.rfind(f"</{tag}") for tag in _UNSEEN}
    at = 0
    while (start := text.find("<", at)) >= 0:
        kept.append(text[at:start])
        tag, at = _tag(text, start)
        if tag is None:
            kept.append(text[start:at])
        elif last_close.get(tag, -1) >= at:
            at = folded.find(f"</{tag}", at)
        elif tag.lstrip("/") in _BLOCKS:
            kept.append("\n\n" if tag.lstrip("/") != "br" else "\n")
    kept.append(text[at:])
    lines = [" ".join(line.split()) for line in html.unescape("".join(kept)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _tag(text: str, start: int) -> tuple[str | None, int]:
    """(name with its slash, where it ends); None for a `<` that opens nothing."""
    if text.startswith("<!--", start):
        end = text.find("-->", start + 4)
        return "", end + 3 if end >= 0 else len(text)
    name = _TAG_NAME.match(text, start + 1)
    if name is None and text[start + 1 : start + 2] not in ("!", "?"):
        return None, start + 1
    end = text.find(">", start + 1)
    slash = "/" if text[start + 1 : start + 2] == "/" else ""
    return slash + (name.group(1).lower() if name else ""), end + 1 if end >= 0 else len(text)


def _docx(data: bytes, name: str) -> list[str]:
    with opened(data, f"{name} is damaged", remedy="Save it again as DOCX.") as archive:
        if _BODY not in archive.namelist():
            raise Unsupported(f"{name} is a ZIP file, but no Word document.", remedy="Give TXT, Markdown, HTML, DOCX or PDF.")
        with archive.open(_BODY) as part:
            xml = part.read(MAX_XML_BYTES + 1)
    if len(xml) > MAX_XML_BYTES:
        raise TooLarge(f"{name} unpacks to more than {MAX_XML_BYTES:,} bytes.", remedy="Give a part of it.")
    return _Word().pages(xml, name)


class _Word:
    """Text of a Word body, by expat: a document type, and with it any entity, is refused before it is read."""

    def __init__(self) -> None:
        self.found: list[list[str]] = [[]]
        self.in_text = False

    def pages(self, xml: bytes, name: str) -> list[str]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as wrong:
            raise BadInput(f"{name} is damaged in line {wrong.lineno} of its text.", remedy="Save it again as DOCX.") from None
        return ["".join(page).strip() for page in self.found]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.removeprefix(f"{_WORD} ")
        self.in_text = kind == "t"
        if kind == "tab":
            self.found[-1].append(" ")
        elif kind == "br" and attributes.get(f"{_WORD} type") == "page":
            self.found.append([])
        elif kind in ("br", "cr"):
            self.found[-1].append("\n")

    def _end(self, tag: str) -> None:
        self.in_text = False
        if tag == f"{_WORD} p":
            self.found[-1].append("\n\n")

    def _text(self, text: str) -> None:
        if self.in_text:
            self.found[-1].append(text)


def _refuse_doctype(*_: Any) -> None:
    raise BadInput("The Word document declares a document type, which none needs.", remedy="Save it again as DOCX.")


def _pdf(data: bytes, name: str) -> list[str]:
    try:
        import pypdfium2  # type: ignore[import-untyped]
    except ImportError:
        raise Unavailable(
            f"{name} is a PDF, and `pypdfium2` is not installed.",
            remedy="Install it (pip install pypdfium2), or save the text as TXT or DOCX.",
        ) from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as wrong:
        raise BadInput(f"{name} is damaged or has a password ({wrong}).", remedy="Save it again without a password.") from None
    with document:
        if len(document) > MAX_PAGES:
            raise TooLarge(f"{name} has {len(document)} pages; at most {MAX_PAGES} are read.", remedy="Give a part of it.")
        pages = [_pdf_page(document, at) for at in range(len(document))]
    if not any(page.strip() for page in pages):
        raise BadInput(f"{name} has no text: its pages are pictures.", remedy="Recognise the text (OCR) first.")
    return pages


def _pdf_page(document: Any, at: int) -> str:
    page = document[at]
    text = page.get_textpage()
    try:
        return str(text.get_text_bounded()).replace("\r\n", "\n").replace("\r", "\n")
    finally:
        text.close()
        page.close()
