"""Numbers, times and names as a person reads them; everything that came from outside as text, never as markup."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from html import escape

__all__ = ["ago", "bytes_text", "escape", "figure", "humanised", "plain", "plural", "seconds_text"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])")
_UNITS = {"mm": "mm", "s": "s", "hz": "Hz", "px": "px", "pt": "pt", "db": "dB", "bytes": "bytes", "c": "°C"}


def plain(text: str) -> str:
    """`text` for a place that Streamlit reads as Markdown (labels, buttons): shown letter by letter."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def humanised(name: str) -> str:
    """A field's name as a label: `noise_sigma` -> "Noise sigma", `spacing_mm` -> "Spacing (mm)"."""
    words = name.strip("_").split("_")
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    label = " ".join(words[:-1] if unit else words)
    return label[:1].upper() + label[1:] + (f" ({unit})" if unit else "")


def seconds_text(seconds: float) -> str:
    """0.42 -> "0.4 s", 11.3 -> "11 s", 125 -> "2 min 5 s"."""
    if seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def bytes_text(size_bytes: float) -> str:
    """12_345_678 -> "11.8 MiB"; two to three significant digits, binary units."""
    if size_bytes < 1024:
        return f"{size_bytes:.0f} bytes"
    power = min(int(math.log2(size_bytes) // 10), 4)
    value = size_bytes / 1024**power
    return f"{value:.{0 if value >= 99.5 else 1}f} {('', 'KiB', 'MiB', 'GiB', 'TiB')[power]}"


def ago(time: datetime) -> str:
    """ "just now", "4 min ago", "2 h ago", "3 days ago"."""
    seconds = (datetime.now(UTC) - time).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 3_600:
        return f"{max(round(seconds / 60), 1)} min ago"
    if seconds < 86_400:
        return f"{round(seconds / 3_600)} h ago"
    return plural(round(seconds / 86_400), "day") + " ago"


def figure(value: float) -> str:
    """Three significant digits, without an exponent where one can do without."""
    if not math.isfinite(value):
        return "not finite"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(digits, 6)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "\N{MINUS SIGN}").replace(",", "\N{NARROW NO-BREAK SPACE}")


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
