"""Programs that make or edit pictures and voices, by the traces that they leave in a file's texts.

Sources: the programs' own code (AUTOMATIC1111 modules/images.py, ComfyUI nodes.py, InvokeAI metadata), IPTC's "Digital Source
Type" vocabulary (cv.iptc.org/newscodes/digitalsourcetype), Google's and Midjourney's help pages, China's GB 45438-2025 label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["EDITORS", "MAKERS", "NAMED", "SOURCE_TYPES", "VOICES", "SourceType", "Trace"]


@dataclass(frozen=True)
class Trace:
    """key and value: patterns that one text must match. tells: "its settings", ... for the claim."""

    program: str
    key: str
    value: str
    tells: str

    def matches(self, key: str, value: str) -> bool:
        return re.fullmatch(self.key, key, re.IGNORECASE) is not None and re.search(self.value, value[:65_536], re.DOTALL) is not None


SETTINGS = r"Steps: \d+.{0,4000}(Sampler|CFG scale|Seed): "
MAKERS = (
    Trace("a Stable Diffusion program (AUTOMATIC1111, Forge or alike)", "parameters|UserComment|Comment|Description", SETTINGS,
        "the text prompt and settings"),
    Trace("ComfyUI", "prompt|workflow", r'"class_type"\s*:|"nodes"\s*:\s*\[', "the program's graph of steps"),
    Trace("InvokeAI", "invokeai_metadata|invokeai_graph|sd-metadata|dream", r".", "the program's settings"),
    Trace("NovelAI", "Software|Source|Title", r"NovelAI", "the program's name"),
    Trace("Fooocus", "fooocus_scheme|parameters", r"fooocus|\"prompt_expansion\"", "the program's settings"),
    Trace("SwarmUI", "parameters|UserComment", r"sui_image_params", "the program's settings"),
    Trace("Draw Things", "Software|CreatorTool|UserComment", r"Draw Things", "the program's name"),
    Trace("Midjourney", "Description|ImageDescription|Caption|Comment", r"Job ID: [0-9a-f]{8}-[0-9a-f]{4}|--v \d.{0,200}Job",
        "the prompt and the job's number"),
    Trace("Google's generative models", "Credit|Source|Copyright|Description", r"(?i)(made|edited|generated) with google ai",
        "the credit line"),
    Trace("a generator under China's labelling rules", "AIGC", r"(?i)label", "the label of generated content that GB 45438-2025 demands"),
)  # fmt: skip

# A name in a field that says which program or model wrote the file. Names that people, places and other programs bear too ("Sora",
# "Gemini", "imagen", "Kokoro", "Synthesia" the piano tutor) need their second word.
NAMED = re.compile(
    r"\b(DALL[-·.\s]?E(?:\s?\d)?|GPT-4o|gpt-image(?:-\d)?|ChatGPT|OpenAI|Sora 2|sora\.com|Adobe Firefly|Firefly Image|Midjourney|"
    r"Stable ?Diffusion|SDXL|FLUX\.1|"
    r"NovelAI|"
    r"Google Imagen|Google Gemini|Gemini \d|Ideogram(?: AI)?|Leonardo\.Ai|Bing Image Creator|Microsoft Designer|Playground AI|"
    r"Recraft|Krea AI|RunwayML|Runway Gen-?\d|"
    r"DreamStudio|Craiyon|StarryAI|Freepik AI|Canva AI|Grok Imagine|xAI Grok|ComfyUI|InvokeAI)\b",
    re.IGNORECASE,
)
VOICES = re.compile(
    r"\b(ElevenLabs|Eleven Labs|"
    r"Suno AI|made with suno|suno\.(?:com|ai)|Udio|udio\.com|Murf(?:\.ai)?|Play\.ht|PlayHT|Resemble(?:\.ai| AI)|Speechify|"
    r"WellSaid(?: Labs)?|"
    r"LOVO(?: AI)?|Descript Overdub|HeyGen|Synthesia\.io|aiva\.ai|Soundraw|"
    r"Boomy Corporation|boomy\.com|Stable Audio|MusicGen|"
    r"Bark TTS|Coqui(?: TTS)?|Kokoro-\d+M|Kokoro TTS|eSpeak(?:[- ]?NG)?|"
    r"Amazon Polly|Azure TTS|Google TTS|gTTS|OpenAI TTS)\b",
    re.IGNORECASE,
)
EDITORS = re.compile(
    r"\b(Adobe Photoshop(?: Lightroom| Express| Elements)?|Photoshop|Lightroom|GIMP|Snapseed|FaceApp|Facetune|Meitu|BeautyPlus|FaceTune2|"
    r"PicsArt|"
    r"Canva|Pixelmator(?: Pro)?|Affinity Photo|Paint\.NET|Krita|Photopea|PaintShop Pro|Capture One|"
    r"darktable|RawTherapee|Luminar|Topaz [\w ]{0,20}AI|"
    r"Remini|VSCO|Polarr|Instagram|Paint 3D|ImageMagick|Reface|Audacity|Adobe Audition|GarageBand|Pro Tools|iZotope RX|Descript|CapCut)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SourceType:
    """direction: what the term declares; words: what a report says of it."""

    direction: str
    words: str


_AI, _NONE = "declares-ai", "none"
SOURCE_TYPES = {
    "trainedAlgorithmicMedia": SourceType(_AI, "made by a generative model"),
    "compositeWithTrainedAlgorithmicMedia": SourceType(
        _AI, "put together of several parts, at least one of them made by a generative model"
    ),
    "compositeSynthetic": SourceType(_AI, "put together of several parts, at least one of them made by a program"),
    "algorithmicallyEnhanced": SourceType(_NONE, "changed by minor automatic enhancement or correction"),
    "algorithmicMedia": SourceType(_NONE, "made by a program without a trained model, such as a fractal or a chart"),
    "dataDrivenMedia": SourceType(_NONE, "drawn from data, such as a weather map"),
    "virtualRecording": SourceType(_NONE, "a live recording of a virtual event, of captured or generated parts"),
    "screenCapture": SourceType(_NONE, "captured from a screen"),
    "digitalArt": SourceType(_NONE, "drawn by a person with digital tools"),
    "digitalCreation": SourceType(_NONE, "created by a person with tools that are not generative"),
    "composite": SourceType(_NONE, "put together of several parts"),
    "compositeCapture": SourceType(_NONE, "put together of several photographs or recordings"),
    "minorHumanEdits": SourceType(_NONE, "a capture with minor edits by a person"),
    "humanEdits": SourceType(_NONE, "a capture with edits by a person"),
    "digitalCapture": SourceType(_NONE, "captured by a camera or recorder"),
    "computationalCapture": SourceType(_NONE, "captured by a camera that combined several shots or sensors by computation"),
    "negativeFilm": SourceType(_NONE, "scanned from a negative"),
    "positiveFilm": SourceType(_NONE, "scanned from a slide"),
    "print": SourceType(_NONE, "scanned from a print"),
}
