"""The card's picture in the launcher, made by the studio itself: `python -m apps.medical.card`.

A CT slice (CT_small.dcm of pydicom's test data, MIT), left as acquired, right four times as fine.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from apps.medical.tasks import app, enhance
from apps.medical.views import open_view

__all__ = ["main"]

SIZE_PX = (720, 405)
WINDOW = (-950.0, 450.0)
MARK = (163, 23, 107)
QUALITY = 82


def main(path: Path = Path(__file__).parent / app.picture) -> None:
    """Write the picture, some 30 kB."""
    from PIL import Image, ImageDraw

    request = enhance.parse({**enhance.examples[0].values(), "scale": 4}, paths=True)
    result = enhance(request)
    view = open_view(request.image.read(), result.enhanced.read(), request.model_dump(mode="json"))
    before, after = view.values(0)
    width, height = SIZE_PX
    halves = []
    for plane, method in ((before, Image.Resampling.NEAREST), (after, Image.Resampling.LANCZOS)):
        grey = np.clip((plane - WINDOW[0]) / (WINDOW[1] - WINDOW[0]), 0, 1)
        halves.append(Image.fromarray(np.rint(255 * grey).astype(np.uint8)).resize((width, width), method))
    top = round(0.02 * width)
    card = halves[1].crop((0, top, width, top + height)).convert("RGB")
    card.paste(halves[0].crop((0, top, width // 2, top + height)), (0, 0))
    ImageDraw.Draw(card).line([(width // 2, 0), (width // 2, height)], fill=MARK, width=3)
    card.save(path, "WEBP", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
