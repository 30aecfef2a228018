"""How often a picture was saved as JPEG, and whether one part of it has another such history than the rest.

Measured by `benchmark.py` on photographs saved once and twice (figures there and in the model card): an earlier saving at a
lower quality is found and its quality named; one at a higher quality is not (the second saving wipes it out), and says nothing.
Whole-picture findings are history, not manipulation: every messenger saves again. A part with another history than the
picture around it was put in, painted or changed after the picture was first saved: that is an edit, and may be a caption.
"""

from __future__ import annotations

import numpy as np

from apps.deepfake.evidence import Evidence
from apps.deepfake.forensics.containers import Container
from apps.deepfake.forensics.dct import MOST, History, block_coefficients, fitted, history, luma, tiles
from apps.deepfake.forensics.grid import CELL, Grid, grid_of

__all__ = ["compression_evidence", "local_gains"]

SOURCE = "Compression history"
# Photos saved once gain at most .005 nats in a JPEG (.0002 in a lossless file); saved twice with the first coarser, .1 and more.
TWICE = 0.03
EARLIER = 0.01
# Below this the first saving is too faint to be missed in a part.
LOCAL = 0.15
# Windows of twice-saved photos: never below -.10 in 27 photos x 5 quality pairs; inserted parts: -.13 and less, median about -1.
MISSING = -0.25
WINDOW = 8  # blocks
STRIDE = 4
FEWEST = 60  # non-zero coefficients in a window
GRID_SHARE = 0.3  # never-compressed photos: .02; cut from a JPEG at 95: .6 and more
FOREIGN = 0.6  # windows of photos cut from a JPEG: at most .47; parts from elsewhere: .8 and more
LARGEST_BLOCKS = 260_000  # 16 megapixels; more are studied in their middle

LOSSLESS = {"png", "bmp", "tiff", "gif"}


def compression_evidence(pixels: np.ndarray, container: Container) -> list[Evidence]:
    """pixels: (h, w, 3) uint8, upright. container: of the file that they were decoded from."""
    if pixels.ndim != 3 or pixels.shape[2] < 3 or min(pixels.shape[:2]) < 64:
        return []
    turn = container.exif.orientation
    stored = _stored(pixels[..., :3], turn)
    plane = luma(stored)
    jpeg = container.found.jpeg
    if jpeg is not None and jpeg.components in {1, 3} and jpeg.table_of and jpeg.table_of[0] in jpeg.tables:
        if (container.found.width, container.found.height) != (stored.shape[1], stored.shape[0]):
            return []  # decoded at another size: the grid is gone
        return _of_jpeg(stored, plane, jpeg.tables[jpeg.table_of[0]], turn)
    if container.kind in LOSSLESS or "lossless" in container.found.boxes:
        return _of_lossless(stored, plane, turn)
    return []


def _of_jpeg(stored: np.ndarray, plane: np.ndarray, table: tuple[int, ...], turn: int) -> list[Evidence]:
    if min(table) < 1:
        return []
    coefficients, top = _coefficients(plane)
    earlier = history(coefficients, table)
    if earlier.gain < TWICE:
        return [
            _neutral(
                "compression.once",
                "No earlier JPEG saving shows in the coefficients. A saving at a higher quality than the present one leaves no trace, "
                "so the file may still have been saved before.",
                {"gain": f"{earlier.gain:.4f}"},
            )
        ]
    found = [
        _neutral(
            "compression.twice",
            f"The picture was saved as JPEG at least twice, earlier at about quality {earlier.quality} of 100. Messengers, websites and "
            "editors save pictures again, so this is part of the file's history and no sign of manipulation.",
            {"earlier_quality": str(earlier.quality), "gain": f"{earlier.gain:.3f}"},
        )
    ]
    if earlier.gain >= LOCAL:
        gains = local_gains(stored[8 * top : 8 * (top + coefficients.shape[0])], coefficients, table, earlier)
        found += _missing(gains, earlier, top, stored.shape, turn)
    return found


def _missing(gains: np.ndarray, earlier: History, top: int, shape: tuple[int, ...], turn: int) -> list[Evidence]:
    """The part without the first saving's trace, if there is one and it is the smaller part."""
    from scipy.ndimage import label

    known = np.isfinite(gains)
    if not known.any() or np.nanmedian(gains) <= 0:
        return []
    parts, count = label(np.where(known, gains, 0) < MISSING / 2, np.ones((3, 3)))
    found = []
    for index in range(1, count + 1):
        inside = parts == index
        lowest = float(gains[inside].min())
        if lowest > MISSING or inside.sum() > 0.4 * known.sum():
            continue
        rows, columns = np.nonzero(inside)
        span = 8 * WINDOW
        region = (
            int(columns.min()) * 8 * STRIDE,
            int(rows.min()) * 8 * STRIDE + 8 * top,
            int(columns.max() - columns.min()) * 8 * STRIDE + span,
            int(rows.max() - rows.min()) * 8 * STRIDE + span,
        )
        found.append((lowest, region))
    return [
        Evidence(
            source=SOURCE,
            kind="compression.part-differs",
            claim=(
                f"This part lacks the trace of the earlier saving (about quality {earlier.quality}) that the rest of the picture carries: "
                "it was inserted, painted or changed after the picture had been saved once. Captions, logos and retouching do the same."
            ),
            direction="manipulated",
            strength=min(0.9, 0.6 + 0.2 * -lowest),
            reliability="medium",
            basis="Likelihood of the JPEG coefficients with and without an earlier quantisation, in windows of 64 pixels.",
            region=_upright(region, shape, turn),
            details={"gain": f"{lowest:.2f}", "earlier_quality": str(earlier.quality)},
        )
        for lowest, region in sorted(found)[:5]
    ]


def local_gains(stored: np.ndarray, coefficients: np.ndarray, table: tuple[int, ...], earlier: History) -> np.ndarray:
    """Log-likelihood gain per non-zero coefficient of the earlier saving in windows of 8 x 8 blocks every 4: (rows, columns), NaN where
    too little is there. Each window fits its own mixture, so that texture and smooth areas are judged alike."""
    extremes = tiles(stored.max(2)) >= 254, tiles(stored.min(2)) <= 1
    clipped = np.any(extremes[0] | extremes[1], axis=(2, 3))[: coefficients.shape[0], : coefficients.shape[1]]
    gain: np.ndarray | float = 0.0
    counted: np.ndarray | float = 0.0
    for (row, column), first in earlier.steps.items():
        step = int(table[8 * row + column])
        if first <= step:
            continue
        multiples = np.minimum(np.abs(np.rint(coefficients[..., row, column] / step)).astype(int), MOST + 1)
        multiples[clipped] = MOST + 1
        counts = _window_counts(multiples)
        flat = counts.reshape(-1, MOST + 2)[:, : MOST + 1]
        gain = gain + (fitted(flat, first, step) - fitted(flat, 1, step)).reshape(counts.shape[:2])
        counted = counted + flat[:, 1:].sum(1).reshape(counts.shape[:2])
    if isinstance(gain, float):
        return np.full((1, 1), np.nan)
    return np.where(counted >= FEWEST, gain / np.maximum(counted, 1), np.nan)


def _window_counts(multiples: np.ndarray) -> np.ndarray:
    cells = tiles(multiples, STRIDE)
    rows, columns = cells.shape[:2]
    flat = cells.reshape(rows * columns, -1)
    index = (np.arange(len(flat))[:, None] * (MOST + 2) + flat).ravel()
    counts = np.bincount(index, minlength=len(flat) * (MOST + 2)).reshape(rows, columns, MOST + 2).astype(float)
    return counts[:-1, :-1] + counts[1:, :-1] + counts[:-1, 1:] + counts[1:, 1:]


def _of_lossless(stored: np.ndarray, plane: np.ndarray, turn: int) -> list[Evidence]:
    grid = grid_of(plane)
    if grid.share < GRID_SHARE:
        return [
            _neutral(
                "compression.none",
                "No grid of an earlier JPEG saving was found. Photographs that were resized, and pictures made by programs, "
                "have none either.",
                {"share": f"{grid.share:.2f}"},
            )
        ]
    x, y = grid.offset
    earlier = history(_coefficients(plane[y:, x:])[0], (1,) * 64)
    quality = f", at about quality {earlier.quality} of 100" if earlier.gain >= EARLIER else ""
    cut = f" Its blocks begin at pixel ({x}, {y}): it was cropped or moved after that saving." if (x, y) != (0, 0) else ""
    details = {"share": f"{grid.share:.2f}", "grid": f"{x}, {y}", "earlier_quality": str(earlier.quality) if quality else ""}
    claim = f"This file is stored without loss, but the picture was a JPEG before{quality}.{cut} By itself that is no sign of manipulation."
    return [_neutral("compression.was-jpeg", claim, details), *_foreign(grid, stored.shape, turn)]


def _foreign(grid: Grid, shape: tuple[int, ...], turn: int) -> list[Evidence]:
    from scipy.ndimage import label

    found = []
    for offset in np.unique(grid.which[grid.foreign >= FOREIGN]):
        parts, count = label((grid.foreign >= FOREIGN / 2) & (grid.which == offset), np.ones((3, 3)))
        for index in range(1, count + 1):
            inside = parts == index
            share = float(grid.foreign[inside].max())
            if share < FOREIGN or inside.sum() > 0.4 * inside.size:
                continue
            rows, columns = np.nonzero(inside)
            left, top = int(columns.min()) * CELL + grid.left, int(rows.min()) * CELL + grid.top
            region = (left, top, int(np.ptp(columns) + 2) * CELL, int(np.ptp(rows) + 2) * CELL)
            found.append((share, region))
    return [
        Evidence(
            source=SOURCE,
            kind="compression.foreign-grid",
            claim=(
                "The blocks left by an earlier JPEG saving lie elsewhere in this part than in the rest of the picture: the part was copied "
                "in from another picture, or moved within this one."
            ),
            direction="manipulated",
            strength=min(0.9, 0.5 + 0.4 * share),
            reliability="medium",
            basis="Each pixel votes for the block grid that explains it best (ZERO, IPOL 2021). Collages do the same.",
            region=_upright(region, shape, turn),
            details={"share": f"{share:.2f}"},
        )
        for share, region in sorted(found, reverse=True)[:5]
    ]


def _neutral(kind: str, claim: str, details: dict[str, str]) -> Evidence:
    return Evidence(source=SOURCE, kind=kind, claim=claim, direction="none", strength=0, reliability="high", details=details)


def _coefficients(plane: np.ndarray) -> tuple[np.ndarray, int]:
    """Those of at most LARGEST_BLOCKS blocks around the middle row, and the first row of blocks."""
    rows, columns = plane.shape[0] // 8, max(plane.shape[1] // 8, 1)
    kept = max(1, min(rows, LARGEST_BLOCKS // columns))
    top = (rows - kept) // 2
    return block_coefficients(plane[8 * top : 8 * (top + kept)]), top


def _stored(pixels: np.ndarray, turn: int) -> np.ndarray:
    """Upright pixels as the file holds them, before EXIF orientation `turn`."""
    if turn >= 5:
        pixels = pixels.swapaxes(0, 1)
    flips = {2: (False, True), 3: (True, True), 4: (True, False), 6: (True, False), 7: (True, True), 8: (False, True)}
    rows, columns = flips.get(turn, (False, False))
    return pixels[:: -1 if rows else 1, :: -1 if columns else 1]


def _upright(region: tuple[int, int, int, int], shape: tuple[int, ...], turn: int) -> tuple[int, int, int, int]:
    """A region of the stored pixels, shape (h, w), in the upright picture; cut to it."""
    height, width = shape[:2]
    x, y = min(region[0], width - 1), min(region[1], height - 1)
    wide, high = min(region[2], width - x), min(region[3], height - y)
    flips = {2: (False, True), 3: (True, True), 4: (True, False), 6: (True, False), 7: (True, True), 8: (False, True)}
    rows, columns = flips.get(turn, (False, False))
    y = height - y - high if rows else y
    x = width - x - wide if columns else x
    return (y, x, high, wide) if turn >= 5 else (x, y, wide, high)
