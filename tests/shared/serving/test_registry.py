from __future__ import annotations

import pytest

from shared.errors import DeclarationError, NotFound
from shared.serving.registry import Registry
from tests.shared.serving.fakes import declare


def test_the_same_declaration_may_come_again_and_another_of_its_name_may_not() -> None:
    registry = Registry()
    first, other = declare("one", task="upscale")[0], declare("one", task="denoise")[0]
    registry.add(first)
    registry.add(first)
    with pytest.raises(DeclarationError, match=r"embedded 'tests/one' for 'upscale' and embedded 'tests/one' for 'denoise'"):
        registry.add(other)
    assert registry.get("one") is first
    assert registry.names() == ["one"]


def test_an_unknown_name_says_what_is_known() -> None:
    registry = Registry()
    with pytest.raises(NotFound, match="Known here: none"):
        registry.get("one")
    registry.add(declare("one")[0])
    with pytest.raises(NotFound, match="Known here: one"):
        registry.get("two")
