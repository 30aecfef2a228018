"""Shares with their intervals."""

from __future__ import annotations

__all__ = ["share", "wilson"]


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson, 1927); (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    part, square = hits / total, z * z
    middle = (part + square / (2 * total)) / (1 + square / total)
    half = z * ((part * (1 - part) / total + square / (4 * total * total)) ** 0.5) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(hits: int, total: int) -> str:
    low, high = wilson(hits, total)
    return f"{hits}/{total} = {hits / total:.3f} ({low:.3f} to {high:.3f})" if total else "none"
