"""The number-locked line: what it lets through, and that it never leads to nowhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.marketing.language.grammar import MAX_CHARS, ROOM, fits, number_locked
from shared.errors import BadInput

NUMBERS = ["24", "500 ml", "18/8", 'the "A | B" 7']
LINE = number_locked(NUMBERS, 60)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^]]*\]|[a-z]\d+')


def rules(grammar: str) -> dict[str, list[list[str]]]:
    """{state: alternatives, each a list of terminals and the state behind them}"""
    table = {}
    for line in grammar.splitlines():
        name, body = line.split(" ::= ", 1)
        alternatives: list[list[str]] = [[]]
        position = 0
        while position < len(body):
            if body.startswith(" | ", position):
                alternatives.append([])
                position += 3
                continue
            match = TOKEN.match(body, position)
            if match is None:
                position += 1
                continue
            alternatives[-1].append(match.group())
            position = match.end()
        table[name] = alternatives
    return table


def accepts(grammar: str, text: str) -> bool:
    """Whether the grammar lets the whole of `text` through."""
    table = rules(grammar)

    def follow(name: str, at: int) -> bool:
        return any(matches(alternative, at) for alternative in table[name])

    def matches(alternative: list[str], at: int) -> bool:
        for part in alternative:
            if part in table:
                return follow(part, at)
            terminal = part if part[0] == "[" else re.escape(re.sub(r"\\(.)", r"\1", part[1:-1]))
            match = re.compile(terminal).match(text, at)
            if match is None:
                return False
            at = match.end()
        return at == len(text)

    return follow("root", 0)


@pytest.mark.parametrize(
    "line",
    [
        "Cold for 24 hours.",
        "24-hour cold, in 500 ml of 18/8 steel!",
        "It's a café-style bottle; 500 ml.",
        "Holds 500 ml. Cold for 24 hours.",
        'Meet the "A | B" 7.',
    ],
)
def test_copy_of_the_sheet_passes(line: str) -> None:
    assert accepts(LINE, line)


@pytest.mark.parametrize(
    "line",
    [
        "Cold for 25 hours.",  # a number of its own
        "Cold for 2 hours.",  # a part of one
        "Cold for 2424 hours.",  # two joined
        "Cold for 24.24 hours.",
        "Holds 500 mls.",  # another unit
        "Cold for 24h.",
        "Model A24.",
        "Cold for ²⁴ hours.",
        "Cold for ٢٤ hours.",
        "Cold for hours",  # no end
        "Cold  for hours.",
        "Cold for\nhours.",
        "Cold -24 hours.",
        "Cold - hours.",
        "",
        ".",
    ],
)
def test_what_is_not_of_the_sheet_or_no_line_does_not(line: str) -> None:
    assert not accepts(LINE, line)


def test_it_counts_the_characters_of_words_and_literals_alike() -> None:
    room = 20 + ROOM
    grammar = number_locked(["500 ml"], 20)
    assert accepts(grammar, "a" * (room - 1) + ".") and not accepts(grammar, "a" * room + ".")
    assert accepts(grammar, "a" * (room - 8) + " 500 ml.") and not accepts(grammar, "a" * (room - 7) + " 500 ml.")
    assert fits("a" * 20, 20) and not fits("a" * 21, 20) and not fits("", 20)


def test_a_headline_ends_behind_any_word_and_a_least_length_holds() -> None:
    headline = number_locked(["24"], 30, min_chars=8, sentence=False)
    assert accepts(headline, "Cold for 24") and accepts(headline, "Cold all day!") and not accepts(headline, "Cold 24")
    line = number_locked([], 30, min_chars=10)
    assert accepts(line, "Abcdefghi.") and not accepts(line, "Abcdefgh.")
    assert accepts(line, "Abc. Efgh.")


@given(st.data())
def test_every_way_leads_to_an_end(data: st.DataObject) -> None:
    """Whatever is chosen, there is something to choose next, and what comes out holds no digit but the sheet's."""
    table = rules(LINE)
    name, written = "root", ""
    while name:
        alternative = data.draw(st.sampled_from(table[name]))
        name = ""
        for part in alternative:
            if part in table:
                name = part
            elif part[0] == "[":
                written += {"[,:;]": ",", "[.!?]": "."}.get(part, "-" if part.startswith("['") else "x")
            else:
                written += re.sub(r"\\(.)", r"\1", part[1:-1])
    assert 0 < len(written) <= 60 + ROOM and written[-1] == "."
    rest = written
    for number in sorted(NUMBERS, key=len, reverse=True):
        rest = rest.replace(number, "")
    assert not re.search(r"\d", rest), written


@pytest.mark.parametrize(("max_chars", "min_chars"), [(3, 1), (MAX_CHARS + 1, 1), (20, 21), (20, 0)])
def test_a_length_that_no_line_has_is_refused(max_chars: int, min_chars: int) -> None:
    with pytest.raises(BadInput, match="characters"):
        number_locked([], max_chars, min_chars=min_chars)
