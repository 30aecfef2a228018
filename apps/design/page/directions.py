"""A variant moved along the two directions in which the generator's designs differ most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from apps.design.models import WEIGHTS
from apps.design.tasks import product
from shared.errors import SextantError
from shared.ui.host import executor, open_run
from shared.ui.page import heading
from shared.ui.run_panel import refusal_key

if TYPE_CHECKING:
    from apps.design.tasks import Variant
    from shared.runs import Run
    from shared.ui.form import Form

__all__ = ["place_of", "show_directions"]

STEPS = tuple(round(-3 + 0.1 * step, 1) for step in range(61))
NAMES = ("First direction (SD)", "Second direction (SD)")


def place_of(family: str, latent: Sequence[float]) -> tuple[float, float]:
    """Where a variant stands along both, in standard deviations."""
    rows = _directions(family)
    first, second = (sum(a * b for a, b in zip(row, latent, strict=True)) for row in rows)
    return _held(first), _held(second)


def _held(value: float) -> float:
    return round(min(3.0, max(-3.0, value)), 1) + 0.0


@st.cache_data(show_spinner=False)
def _directions(family: str) -> list[list[float]]:
    from safetensors import safe_open

    with safe_open(WEIGHTS / f"product_{family}.safetensors", framework="numpy") as file:
        rows: list[list[float]] = file.get_tensor("directions").astype(float).tolist()
    return rows


def show_directions(form: Form, run: Run, one: Variant, name: str) -> None:
    """Two sliders, beginning where the variant is; the button starts a run of one variant."""
    heading("Vary", "What differs most between designs, all else the same")
    start = place_of(str(run.request.get("family") or "chair"), one.latent)
    places = []
    with st.container(key="dsg-directions"):
        for title, value in zip(NAMES, start, strict=True):
            key = f"design:direction:{run.id}:{one.glb.sha256[:8]}:{title}"
            st.session_state.setdefault(key, value)
            places.append(
                st.select_slider(
                    title,
                    STEPS,
                    key=key,
                    format_func=lambda step: f"{step:+.1f}".replace("-", "\N{MINUS SIGN}"),
                    help=f"{name} is at {value:+.1f}; two thirds of all designs lie between \N{MINUS SIGN}1 and +1 (standard deviations).",
                    persist_state="session",
                )
            )
    st.button(
        "Draw this variant",
        key="dsg-vary",
        width="stretch",
        disabled=tuple(places) == start,
        on_click=_start,
        args=(form, run, one, places[0], places[1]),
        help="Starts a run of one variant with the same criteria. This run stays in the list below.",
    )


def _start(form: Form, run: Run, one: Variant, first: float, second: float) -> None:
    """A callback."""
    given = {name: value for name, value in run.request.items() if value is not None}
    fields = {**given, "near": list(one.latent), "first": first, "second": second, "count": 1, "seed": run.seed}
    try:
        handle = executor().submit(product, product.parse(fields))
    except SextantError as error:
        st.session_state[refusal_key(form.task)] = error.as_dict()
        return
    st.session_state.pop(refusal_key(form.task), None)
    open_run(handle.run_id)
