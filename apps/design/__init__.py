"""Design: furniture that fits its users, patterns that can be sewn, meshes that can be made.

    from apps.design import garment, product, repair

    product(family="chair", material="oak", count=6)       # each passes every check: GLB, STL, drawing, bill
    garment(kind="tshirt", size="38")                      # SVG, tiled PDF, DXF
    repair(mesh="part.stl")                                # a report, and one closed solid

Strength, stability and fit are estimates, never a certificate.
"""

from apps.design.tasks import (
    GarmentRequest,
    GarmentResult,
    ProductRequest,
    ProductResult,
    RepairRequest,
    RepairResult,
    app,
    garment,
    product,
    repair,
)

__all__ = [
    "GarmentRequest",
    "GarmentResult",
    "ProductRequest",
    "ProductResult",
    "RepairRequest",
    "RepairResult",
    "app",
    "garment",
    "product",
    "repair",
]
