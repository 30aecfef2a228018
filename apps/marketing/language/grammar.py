"""GBNF for one line of copy: digits only as literals of the sheet, so long and no longer, at its end a sentence's end.

    number_locked(["24", "500 ml", "18/8"], 90)     a grammar
    fits(line, 90)                                  whether to keep what was written under it

The grammar counts: a rule for each state (word about to begin, in a word, behind a number, behind a sentence) and each number of
characters left, so that a literal takes its own length. A number begins only where a word may, and no letter or digit follows it: two
literals never join, and "5" of the sheet never becomes "5k". Numbers in words are none of its business.

A grammar cannot know where a word or a thought ends, so what runs into a limit is cut: "Keeps drinks cold for the w." No rule mends that;
with no blank allowed near the end the model joined words ("leakprooflid"), and a token that is too long gives way to a shorter one
(" included" to " in"). The limit therefore lies `ROOM` behind `max_chars`, so far that a line which keeps to `max_chars` was free to go on
where it ended, and a line that does not is refused, never clipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.errors import BadInput

__all__ = ["MAX_CHARS", "ROOM", "fits", "number_locked"]

ROOM = 16
"""A blank, a long word in one token (" sustainability") and the end."""
MAX_CHARS = 400
"""A rule costs parsing: 4 x 400 take some milliseconds. A longer text is written line by line."""

LETTER = "[a-zA-Z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u017F]"
INNER = "['\\u2019-]"
PAUSE = "[,:;]"
END = "[.!?]"
EMPTY = '""'

Alternative = tuple[str, str]
"""(what is written, the state behind it), "" for nothing and no state."""


def number_locked(
    sheet_numbers: Iterable[str],
    max_chars: int,
    *,
    min_chars: int = 1,
    sentence: bool = True,
    single: bool = False,
    starts: Sequence[str] = (),
) -> str:
    """GBNF of one line of `min_chars` to `max_chars` + ROOM characters (Unicode code points); keep what `fits`.

    sheet_numbers: what may stand in it with a digit, literally: "24", "500 ml", "$49", "18/8", "H2O". sentence: it ends with . ! or ?,
    as copy does; without, it ends behind any word, as a headline does. single: one sentence, no second.
    starts: what it may begin with; anything where there are none.
    Raises BadInput for a length that no line has.
    """
    if not 4 <= max_chars <= MAX_CHARS or not 1 <= min_chars <= max_chars:
        raise BadInput(f"A line of {min_chars} to {max_chars} characters: expected up to {MAX_CHARS}.", field="max_chars")
    literals = sorted({" ".join(number.split()) for number in sheet_numbers} - {""})
    room = max_chars + ROOM
    line = _Line(literals, room - min_chars, sentence, single)
    rules = {f"{state}{left}": line.alternatives(state, left) for left in range(room + 1) for state in "wine"}
    root = [(_quoted(start), f"i{room - len(start)}") for start in starts] or [("", f"w{room}")]
    return _written(_alive(rules), root)


def fits(line: str, max_chars: int) -> bool:
    """Whether it keeps to the limit, which means that it also ended where it wanted to."""
    return 0 < len(line) <= max_chars


@dataclass(frozen=True)
class _Line:
    """The states: w before a word, i in a word, n behind a number, e behind the end of a sentence."""

    literals: list[str]
    last_left: int
    sentence: bool
    single: bool = False

    def alternatives(self, state: str, left: int) -> list[Alternative]:
        """What may follow in `state` with `left` characters to go, and where that leads."""
        if state == "w":
            numbers = [found for literal in self.literals for found in _then(_quoted(literal), len(literal), "n", left)]
            return [*_then(LETTER, 1, "i", left), *numbers]
        if state == "e":
            return [*self._finish(left), *([] if self.single else _word(left))]
        end = _then(END, 1, "e", left) + ([] if self.sentence else self._finish(left))
        if state == "n":
            return [*_then(f'"-" {LETTER}', 2, "i", left), *_word(left), *end]
        return [*_then(LETTER, 1, "i", left), *_then(f"{INNER} {LETTER}", 2, "i", left), *_word(left), *end]

    def _finish(self, left: int) -> list[Alternative]:
        return [("", "")] if left <= self.last_left else []


def _word(left: int) -> list[Alternative]:
    """Another word, with a pause before it or not."""
    return [*_then('" "', 1, "w", left), *_then(f'{PAUSE} " "', 2, "w", left)]


def _then(text: str, length: int, state: str, left: int) -> list[Alternative]:
    return [(text, f"{state}{left - length}")] if left >= length else []


def _alive(rules: dict[str, list[Alternative]]) -> dict[str, list[Alternative]]:
    """Without what leads to no end: there the model would have nothing to write. rules: those with less left first."""
    alive: dict[str, list[Alternative]] = {}
    for name, alternatives in rules.items():
        kept = [each for each in alternatives if not each[1] or each[1] in alive]
        if kept:
            alive[name] = kept
    return alive


def _written(rules: dict[str, list[Alternative]], root: list[Alternative]) -> str:
    """GBNF of the rules that `root` leads to."""
    seen = {target for _, target in root}
    waiting = sorted(seen)
    lines = [f"root ::= {' | '.join(f'{text} {target}'.strip() for text, target in root)}"]
    while waiting:
        name = waiting.pop()
        lines.append(f"{name} ::= {' | '.join(f'{text} {target}' if target else EMPTY for text, target in rules[name])}")
        new = {target for _, target in rules[name] if target} - seen
        seen |= new
        waiting += sorted(new)
    return "\n".join(lines) + "\n"


def _quoted(literal: str) -> str:
    return '"' + literal.replace("\\", "\\\\").replace('"', '\\"') + '"'
