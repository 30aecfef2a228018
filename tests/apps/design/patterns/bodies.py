"""Random plausible bodies for the property tests: the size table's proportions, strayed by what people stray."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from apps.design.patterns.measurements import MEASUREMENTS, Body, complete
from shared.errors import BadInput

__all__ = ["bodies", "tshirts"]


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    """A body of either table; one that contradicts itself is thrown away."""
    table = draw(st.sampled_from(["women", "men"]))
    chest = draw(st.floats(720, 1400))
    base = complete({"chest_girth": chest}, table=table, needs=("chest_girth",))
    stray = {name: draw(st.floats(0.87, 1.13)) for name in MEASUREMENTS if name != "chest_girth"}
    try:
        return complete({"chest_girth": chest} | {name: base[name] * share for name, share in stray.items()}, table=table)
    except BadInput:
        assume(False)
        raise


def tshirts() -> st.SearchStrategy[dict[str, object]]:
    """Options of a T-shirt."""
    return st.fixed_dictionaries(
        {
            "fit": st.sampled_from(["close", "regular", "loose"]),
            "sleeve": st.sampled_from(["short", "elbow", "long"]),
            "neckline": st.sampled_from(["crew", "scoop"]),
            "cap_ease_mm": st.floats(0, 15),
            "neckband_ratio": st.floats(0.75, 0.95),
            "waist_shaping_mm": st.sampled_from([0, 15, 30]),
            "seam_allowance_mm": st.sampled_from([0, 7, 10, 15]),
            "hem_allowance_mm": st.sampled_from([0, 20, 40]),
        }
    )
