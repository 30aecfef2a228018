"""What a number is a number of: the roles that the words around it give it."""

from __future__ import annotations

from collections.abc import Sequence

from apps.marketing.claims.quantities import Quantity
from apps.marketing.claims.reading import Reading
from apps.marketing.claims.tokens import Token
from apps.marketing.claims.vocabulary import vocabulary

__all__ = ["role_places", "roles_near", "segment"]

STRONGER = {
    "charge": {"battery"},
    "load": {"weight"},
    "dry": {"wash"},
    "assembly": {"delivery"},
    "warranty": {"battery", "life"},
    "return": {"battery"},
    "delivery": {"return"},
    "discount": {"price"},
    "heatup": {"hot"},
    "packed": {"length"},
    "response": {"delivery"},
}
"""A role and those that it displaces: `battery charging time` is of charging."""


RELATIVE = frozenset(("that", "which", "who"))


def role_places(found: Sequence[Token], first: int, last: int, dimension: str) -> list[tuple[int, str]]:
    """(token, role) of the words in the range that say what a number of this dimension measures; the longest phrases win."""
    words = vocabulary()
    result: list[tuple[int, str]] = []
    at = first
    while at < last:
        length = 0
        for stems, role in words.roles.get(found[at].stem, ()):
            if at + len(stems) <= last and all(found[at + index].stem == wanted for index, wanted in enumerate(stems)):
                if length and len(stems) < length:
                    break
                length = len(stems)
                if dimension in words.role_dimensions[role]:
                    result.append((at, role))
        at += max(length, 1)
    return result


def segment(reading: Reading, quantity: Quantity) -> tuple[int, int]:
    """The clause around a quantity, as a range of tokens."""
    clause = reading.clauses[quantity.number_at]
    first, last = quantity.first, quantity.last
    while first > 0 and reading.clauses[first - 1] == clause:
        first -= 1
    while last < len(reading.tokens) and reading.clauses[last] == clause and reading.tokens[last].text not in RELATIVE:
        last += 1
    return first, last


def roles_near(reading: Reading, quantity: Quantity) -> frozenset[str]:
    """The roles of a quantity: of the role words in its clause, those that no other quantity there is nearer to."""
    first, last = segment(reading, quantity)
    rivals = [other for other in reading.quantities if first <= other.number_at < last and other.dimension in (quantity.dimension, "count")]
    mine = set()
    for at, role in role_places(reading.tokens, first, last, quantity.dimension):
        nearest = min(rivals or [quantity], key=lambda other: _distance(other, at))
        if nearest.first == quantity.first:
            mine.add(role)
    return settled(mine)


def settled(roles: set[str]) -> frozenset[str]:
    displaced = {weaker for role in roles for weaker in STRONGER.get(role, ())}
    return frozenset(roles - displaced)


def _distance(quantity: Quantity, at: int) -> int:
    return quantity.first - at if at < quantity.first else at - quantity.last + 1
