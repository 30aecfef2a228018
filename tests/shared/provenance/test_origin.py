"""An origin read from a file is what anybody may have written."""

from __future__ import annotations

from shared.provenance.origin import Origin

TEXTS = {
    "tool": "Sextant",
    "version": "1.0",
    "task": "a/b",
    "seed": "7",
    "request_sha256": "0" * 64,
    "made_at": "2026-05-04T12:00:00Z",
    "source_type": "algorithmicMedia",
}


def test_what_steers_a_terminal_or_turns_the_writing_is_left_out() -> None:
    found = Origin.from_dict({**TEXTS, "tool": "\x1b[2JSex\u202etant\n", "model": "größer"})
    assert found.tool == "[2JSextant" and found.model == "größer"
