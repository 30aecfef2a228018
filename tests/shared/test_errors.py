from __future__ import annotations

import pytest

from shared.errors import BadInput, Cancelled, Overloaded, SextantError, StorageFailed, TooLarge, from_dict


@pytest.mark.parametrize(
    "error",
    [
        BadInput("Upside down.", remedy="Turn it.", field="picture"),
        TooLarge("Too large."),
        Cancelled("The run was cancelled."),
        StorageFailed("The disk is full.", remedy="Free some space."),
        Overloaded("Busy.", retry_after_s=3),
        SextantError("Odd."),
    ],
)
def test_a_stored_error_is_typed_again(error: SextantError) -> None:
    again = from_dict(error.as_dict())
    assert type(again) is type(error)
    assert (again.message, again.remedy, again.field) == (error.message, error.remedy, error.field)


def test_an_unknown_code_is_still_an_error() -> None:
    """Another version may have written it."""
    again = from_dict({"code": "of_another_version", "message": "What?"})
    assert type(again) is SextantError
    assert str(again) == "What?"


def test_a_class_without_a_code_of_its_own_is_not_mistaken_for_its_base() -> None:
    class Upside(BadInput):
        """A studio's own kind of bad input."""

    assert type(from_dict(Upside("Down.").as_dict())) is BadInput
