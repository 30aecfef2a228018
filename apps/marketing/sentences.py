"""Sentences of running text with their places: abbreviations, decimals, initials, quotes, lists and hard-wrapped lines understood."""

from __future__ import annotations

import re

__all__ = ["sentence_spans"]

_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "st", "sr", "jr", "vs", "etc", "eg", "ie", "e.g", "i.e", "cf", "al",
    "approx", "est", "inc", "ltd", "co", "corp", "dept", "fig", "figs", "eq", "no", "nos", "vol", "pp", "p", "ed", "eds", "ca",
    "resp", "min", "max", "tel", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon",
    "tue", "wed", "thu", "fri", "sat", "sun", "u.s", "u.k", "a.m", "p.m", "ph.d", "b.c", "a.d", "art", "sec", "par", "ch",
    "gen", "col", "sgt", "capt", "lt", "gov", "sen", "rep", "op", "cit", "ibid", "incl", "excl", "avg", "temp", "wt", "z.b",
    "d.h", "bzw", "usw", "nr", "bspw", "ggf", "vgl",
})  # fmt: skip
_ALWAYS_INSIDE = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "vs", "e.g", "i.e", "cf", "fig", "figs", "no", "nos", "vol", "pp", "z.b", "d.h", "approx", "ca"}
)
_STOP = re.compile("([.!?\u2026]+|[\u3002\uff01\uff1f\uff0e]+)([\"'\u201d\u2019\u00bb)\\]]*)")
_BLOCK = re.compile(r"\n[ \t]*(?=\n)|\n(?=[ \t]*(?:[-*\u2022\u25aa\u2013\u00b7]|\d{1,3}[.)]|[a-z]\)|#{1,6}|>|\|)[ \t])|\f|\v")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t][^\n]*(?=\n)", re.MULTILINE)
_LEAD = re.compile(r"[ \t]*(?:(?:[-*\u2022\u25aa\u2013\u00b7>]|\d{1,3}[.)]|[a-z]\)|#{1,6})[ \t]+)*")
_LAST_WORD = re.compile(r"[^\s(\[\"'\u201c\u2018]+$")
_MAX_SENTENCE = 2_000


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) in code points, in order, without overlap. A list item, a heading and a paragraph end a sentence; a line break inside
    a paragraph does not. Marks of lists and headings stand before the span."""
    found: list[tuple[int, int]] = []
    at = 0
    ends = {match.start() for match in _BLOCK.finditer(text)} | {match.end() for match in _HEADING.finditer(text)}
    for block in [*sorted(ends), len(text)]:
        found += _in_block(text, at, block)
        at = block
    return found


def _in_block(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = _skip(text, start, end)
    for match in _STOP.finditer(text, at, end):
        if match.start() < at or not _ends_sentence(text, at, match, end):
            continue
        found += _pieces(text, at, match.end())
        at = _skip(text, match.end(), end)
    return found + _pieces(text, at, end)


def _skip(text: str, at: int, end: int) -> int:
    """Past white space and, at the head of a line, past the marks of a list."""
    while at < end and text[at].isspace():
        at += 1
    head = at == 0 or text[max(0, at - 1)] in "\n\f\v \t"
    lead = _LEAD.match(text, at, end) if head else None
    return lead.end() if lead else at


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The span without white space around it, cut at a space where no sentence ends for thousands of characters (a table, a log)."""
    while end > start and text[end - 1].isspace():
        end -= 1
    found = []
    while end - start > _MAX_SENTENCE:
        cut = text.rfind(" ", start + 1, start + _MAX_SENTENCE)
        cut = cut if cut > start else start + _MAX_SENTENCE
        found.append((start, cut))
        start = cut + 1 if text[cut : cut + 1] == " " else cut
    return [*found, (start, end)] if end > start else found


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    mark, after = match.group(1), text[match.end() : match.end() + 80]
    if mark[0] in "\u3002\uff01\uff1f\uff0e":
        return True
    if match.end() < end and not after[:1].isspace():
        return False
    following = after.lstrip()
    if not following or match.end() >= end:
        return True
    if "!" in mark or "?" in mark:
        return not following[0].islower()
    return following[0].islower() is False and not _abbreviated(text[max(start, match.start() - 30) : match.start()], following)


def _abbreviated(before: str, following: str) -> bool:
    last = _LAST_WORD.search(before)
    word = last.group().casefold() if last else ""
    if word in _ALWAYS_INSIDE and not (word == "no" and not following[0].isdigit()):
        return True
    if re.fullmatch(r"[a-z]|(?:[a-z]\.)+[a-z]", word) and word != "i":
        return len(word) == 1 or not _begins_sentence(following)
    return word in _ABBREVIATIONS and not _begins_sentence(following)


def _begins_sentence(following: str) -> bool:
    """A common first word after an abbreviation: the abbreviation ended the sentence (`at 5 p.m. The tent ...`)."""
    return bool(re.match(r"(?:The|A|An|It|They|We|This|These|That|In|On|At|But|And|For|If|When|Our|Its|He|She|You|To|No|All)\b", following))
