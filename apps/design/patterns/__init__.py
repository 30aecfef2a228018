"""Sewing patterns drafted from body measurements: a T-shirt and a half-circle skirt, checked, to print and to cut."""

from apps.design.patterns.drafting import KINDS, draft, exports
from apps.design.patterns.measurements import MEASUREMENTS, Body, complete, read
from apps.design.patterns.options import SkirtOptions, TShirtOptions
from apps.design.patterns.piece import Garment
from apps.design.patterns.sizes import sizes

__all__ = ["KINDS", "MEASUREMENTS", "Body", "Garment", "SkirtOptions", "TShirtOptions", "complete", "draft", "exports", "read", "sizes"]
