"""A seventh studio: invents names that sound like the navigational stars."""

import numpy as np

from shared.app import App, Artifact, Context, Example, Field, Figure, Request, Result
from shared.serving import Model, Source

STARS = """acamar achernar acrux adhara aldebaran alioth alkaid alnair alnilam alphard alphecca alpheratz altair ankaa antares
arcturus atria avior bellatrix betelgeuse canopus capella deneb denebola diphda dubhe elnath eltanin enif fomalhaut gacrux
gienah hadar hamal kochab markab menkar menkent miaplacidus mirfak nunki peacock polaris pollux procyon rasalhague regulus
rigel rigil sabik schedar shaula sirius spica suhail vega zubenelgenubi""".split()  # noqa: SIM905


class Trigrams:
    """How often a letter follows two others in the names of the stars."""

    def __init__(self, device, dtype):
        self.after = {}
        for word in (f"^^{star}$" for star in STARS):
            for a, b, c in zip(word, word[1:], word[2:], strict=False):
                self.after.setdefault(a + b, []).append(c)

    def run(self, requests, step):
        return [self.name(np.random.default_rng(entropy), longest) for entropy, longest in requests]

    def name(self, random, longest):
        text = "^^"
        while not text.endswith("$") and len(text) < longest + 2:
            text += str(random.choice(self.after[text[-2:]]))
        name = text.strip("^$")
        return self.name(random, longest) if name in STARS or len(name) < 3 else name.capitalize()

    def close(self):
        self.after.clear()


trigrams = Model(
    name="star-trigrams", task="invent", licence="CC0-1.0", source=Source("embedded", __file__), load=Trigrams,
    nbytes=lambda dtype: 100_000, working_bytes=lambda requests: 1_000 * len(requests), batch_key=lambda request: None, max_batch=64,
)  # fmt: skip
app = App("namer", "Names", "Invent names for ships, products and stars.", models=[trigrams])


class InventRequest(Request):
    count: int = Field(default=5, ge=1, le=1000, description="names to invent")
    longest: int = Field(default=10, ge=4, le=30, description="letters of the longest name")


class InventResult(Result):
    names: list[str]
    table: Artifact


@app.task(examples=[Example("Five new stars", {"count": 5, "seed": 7})])
def invent(request: InventRequest, context: Context) -> InventResult:
    """Invent names that sound like the navigational stars."""
    names = context.map(request.model, [([request.seed, i], request.longest) for i in range(request.count)], note="name")
    mean = Figure(label="Mean length", value=np.mean([*map(len, names)]), unit="letters", reference="6.6 for the stars themselves")
    return InventResult(names=names, table=context.artifact("names.csv", "\n".join(names).encode(), "text/csv"), figures=[mean])
