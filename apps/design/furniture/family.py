"""A declared family of furniture: parameters with units and ranges, styles, and the builder of its parts.

FAMILIES["chair"].design(style="ladder", material="oak", option="plain", values=family.middle(choices))
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from apps.design.furniture.materials import MATERIALS
from apps.design.furniture.shapes import Part
from apps.design.furniture.solid import Solid
from shared.errors import BadInput, NotFound

__all__ = ["FAMILY_KEYS", "Choices", "Design", "Family", "Parameter", "Style", "family"]

FAMILY_KEYS = ("chair", "stool")
Range = tuple[float, float]


@dataclass(frozen=True)
class Parameter:
    """A length in mm, an angle in degrees or a share, with the widest range it is drawn from."""

    key: str
    title: str
    unit: str
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"{self.key}: from {self.low} to {self.high}")


@dataclass(frozen=True)
class Style:
    """ranges narrow the family's; a parameter it has no use for is not drawn."""

    key: str
    title: str
    ranges: Mapping[str, Range]
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choices:
    """What is chosen by name rather than by number."""

    style: str
    material: str
    option: str

    @property
    def is_tube(self) -> bool:
        return MATERIALS[self.material].sheet is not None

    @property
    def is_print(self) -> bool:
        return MATERIALS[self.material].process == "fdm-print"

    @property
    def sheet(self) -> str:
        """The material of seat and back."""
        return MATERIALS[self.material].sheet or self.material


@dataclass(frozen=True)
class Family:
    """`narrow(choices)`: ranges that a material or an option changes, and those it has no use for as None."""

    key: str
    title: str
    parameters: tuple[Parameter, ...]
    styles: tuple[Style, ...]
    options: Mapping[str, str]
    narrow: Callable[[Choices], Mapping[str, Range | None]]
    build: Callable[[Choices, Mapping[str, float]], list[Part]]
    backrest: bool

    def style(self, key: str) -> Style:
        for style in self.styles:
            if style.key == key:
                return style
        raise NotFound(
            f"No style {key!r} of {self.key}.", remedy=f"Styles: {', '.join(style.key for style in self.styles)}.", field="style"
        )

    def check(self, choices: Choices) -> None:
        """Raises NotFound for a style, material or option that is not there."""
        self.style(choices.style)
        if choices.material not in MATERIALS:
            raise NotFound(f"No material {choices.material!r}.", remedy=f"Materials: {', '.join(MATERIALS)}.", field="material")
        if choices.option not in self.options:
            raise NotFound(f"No option {choices.option!r} of {self.key}.", remedy=f"Options: {', '.join(self.options)}.", field="option")

    def every_choice(self) -> list[Choices]:
        return [Choices(style.key, material, option) for style in self.styles for material in MATERIALS for option in self.options]

    def ranges(self, choices: Choices) -> np.ndarray:
        """(parameters, 2): low and high; both the same where the parameter has no use."""
        style = self.style(choices.style)
        narrowed = self.narrow(choices)
        out = np.empty((len(self.parameters), 2))
        for row, parameter in zip(out, self.parameters, strict=True):
            row[:] = style.ranges.get(parameter.key, (parameter.low, parameter.high))
            span = narrowed.get(parameter.key, (row[0], row[1]))
            if span is None or parameter.key in style.unused:
                row[:] = row.mean()
            else:
                row[:] = span
        return out

    def values(self, choices: Choices, share: Sequence[float] | np.ndarray) -> np.ndarray:
        """Shares (..., parameters) of the ranges, 0 to 1, as values: lengths to 0.5 mm, angles to 0.1, shares to 0.01."""
        span = self.ranges(choices)
        raw = span[:, 0] + np.clip(share, 0, 1) * (span[:, 1] - span[:, 0])
        step = np.array([{"mm": 0.5, "deg": 0.1}.get(parameter.unit, 0.01) for parameter in self.parameters])
        return np.round(raw / step) * step

    def shares(self, choices: Choices, values: np.ndarray) -> np.ndarray:
        """The inverse of `values`; 0.5 where a parameter has no use."""
        span = self.ranges(choices)
        width = span[:, 1] - span[:, 0]
        return np.where(width > 0, (values - span[:, 0]) / np.where(width > 0, width, 1), 0.5)

    def design(self, choices: Choices, values: Sequence[float] | np.ndarray) -> Design:
        """Raises BadInput for a value that is not a finite number within ten times the family's range."""
        self.check(choices)
        numbers = np.asarray(values, float)
        if numbers.shape != (len(self.parameters),) or not np.isfinite(numbers).all():
            raise BadInput(f"A {self.key} has {len(self.parameters)} finite parameters.", remedy=", ".join(p.key for p in self.parameters))
        for parameter, value in zip(self.parameters, numbers, strict=True):
            if (
                value < min(0.0, parameter.low)
                or value > 3 * parameter.high
                or (parameter.unit == "mm" and parameter.low > 0 and value <= 0)
            ):
                raise BadInput(
                    f"{parameter.title} of {value:g} {parameter.unit} is no {self.key}'s.",
                    remedy=f"Give {parameter.low:g} to {parameter.high:g} {parameter.unit}.",
                    field=parameter.key,
                )
        return Design(self, choices, tuple(float(value) for value in numbers))


@dataclass(frozen=True)
class Design:
    family: Family
    choices: Choices
    values: tuple[float, ...]

    @property
    def named(self) -> dict[str, float]:
        return {parameter.key: value for parameter, value in zip(self.family.parameters, self.values, strict=True)}

    def parts(self) -> list[Part]:
        return self.family.build(self.choices, self.named)

    def solid(self) -> Solid:
        return Solid.of(self.parts())


@cache
def family(key: str) -> Family:
    """The declared family of that name. Raises NotFound."""
    if key not in FAMILY_KEYS:
        raise NotFound(f"No family {key!r}.", remedy=f"Families: {', '.join(FAMILY_KEYS)}.", field="family")
    declared: Family = importlib.import_module(f"apps.design.furniture.families.{key}").FAMILY
    return declared
