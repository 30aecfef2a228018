import io

import numpy as np
import pytest
from PIL import Image

from apps.deepfake.forensics.generators import SOURCE_TYPES
from apps.deepfake.forensics.metadata import metadata_evidence
from tests.apps.deepfake.forensics.made import chunk, jpeg, png, scene, wav

PIXELS = scene(0, (96, 128))
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def kinds(data: bytes, **more) -> dict[str, object]:
    return {evidence.kind: evidence for evidence in metadata_evidence(data, **more)}


@pytest.mark.parametrize(
    ("texts", "program"),
    [
        ({"parameters": "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"}, "AUTOMATIC1111"),
        ({"prompt": '{"3": {"class_type": "KSampler", "inputs": {}}}'}, "ComfyUI"),
        ({"invokeai_metadata": '{"app_version": "4.2"}'}, "InvokeAI"),
        ({"Software": "NovelAI", "Comment": "{}"}, "NovelAI"),
        ({"Description": "a cat --v 6.1 Job ID: 0f9c1d2e-1234-4567-89ab-000000000000"}, "Midjourney"),
        ({"AIGC": '{"Label": "1", "ContentProducer": "x"}'}, "China"),
        ({"Software": "Adobe Firefly"}, "Firefly"),
        ({"Source": "DALL-E 3"}, "DALL-E"),
    ],
)
def test_generators_are_named_from_png_texts(texts, program):
    found = [evidence for evidence in metadata_evidence(png(PIXELS, texts)) if evidence.direction == "declares-ai"]
    assert len(found) == 1 and program in found[0].claim
    assert found[0].reliability != "high" and "Anybody can write" in found[0].basis


def test_compressed_texts_are_read_and_bounded():
    import zlib

    bomb = b"parameters\0\0" + zlib.compress(b"x" * 50_000_000)
    told = b"parameters\0\0" + zlib.compress(b"cat\nSteps: 20, Sampler: Euler, Seed: 3")
    data = png(PIXELS)
    assert "metadata.absent" in kinds(data[:33] + chunk(b"zTXt", bomb) + data[33:])
    assert "metadata.generator" in kinds(data[:33] + chunk(b"zTXt", told) + data[33:])


@pytest.mark.parametrize("term", sorted(SOURCE_TYPES))
def test_every_source_type_has_its_words(term):
    packet = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><Iptc4xmpExt:DigitalSourceType>{IPTC}{term}</Iptc4xmpExt:DigitalSourceType></x:xmpmeta>'
    found = kinds(jpeg(PIXELS, xmp=packet.encode()))
    evidence = found[f"metadata.source-type.{term}"]
    assert SOURCE_TYPES[term].words in evidence.claim
    assert (evidence.direction == "declares-ai") == (
        term in {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"}
    )


def test_googles_credit_and_editors():
    packet = (
        b'<x:xmpmeta><rdf:Description photoshop:Credit="Made with Google AI" xmp:CreatorTool="Adobe Photoshop 25.0 (Windows)"/></x:xmpmeta>'
    )
    found = kinds(jpeg(PIXELS, xmp=packet))
    assert found["metadata.generator"].direction == "declares-ai"
    assert found["metadata.editor"].direction == "none" and "edited or saved with Adobe Photoshop" in found["metadata.editor"].claim


def test_a_word_in_a_caption_is_no_declaration():
    assert "metadata.absent" in kinds(
        png(PIXELS, {"Title": "Interview about Midjourney and Sora", "Description": "Gemini, the constellation"})
    )


def camera(pixels: np.ndarray, thumbnail: np.ndarray | None = None) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Canon", "EOS R5", "2026:01:02 03:04:05"
    details = exif.get_ifd(0x8769)
    details[0x829A], details[0x8827], details[0x9003] = 0.01, 400, "2026:01:01 00:00:00"
    data = jpeg(pixels, exif=exif)
    if thumbnail is None:
        return data
    import struct

    small = jpeg(thumbnail, 80)
    entries = struct.pack(">HHHII", 2, 0x0201, 4, 1, 8 + 6 + 30) + struct.pack(">HHII", 0x0202, 4, 1, len(small)) + struct.pack(">I", 0)
    block = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 0) + struct.pack(">I", 14) + entries + small
    body = b"Exif\0\0" + block
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg(pixels)[2:]


def test_a_cameras_settings_are_neutral_and_dates_are_compared():
    found = kinds(camera(PIXELS))
    assert found["metadata.camera"].direction == "none" and "Canon EOS R5" in found["metadata.camera"].claim
    assert "metadata.dates-differ" in found


def test_the_preview_is_compared_with_the_picture():
    picture, other = scene(1, (480, 640)), scene(2, (480, 640))
    small, wrong = (np.asarray(Image.fromarray(pixels).resize((160, 120))) for pixels in (picture, other))
    assert "metadata.thumbnail-same" in kinds(camera(picture, small), pixels=picture)
    assert kinds(camera(picture, wrong), pixels=picture)["metadata.thumbnail-differs"].direction == "manipulated"


def test_voices_are_named_in_sound_files():
    assert "ElevenLabs" in kinds(wav({b"ISFT": b"ElevenLabs"}))["metadata.names-generator"].claim
    frame = b"\0made with suno; created=2025"
    tag = b"TXXX" + len(frame).to_bytes(4, "big") + b"\0\0" + frame
    mp3 = b"ID3\x04\0\0" + bytes([0, 0, 0, len(tag)]) + tag + b"\xff\xfb\x90\0" * 8
    assert "metadata.names-generator" in kinds(mp3)
    assert "metadata.absent" in kinds(wav({b"INAM": b"Suno river, field recording"}))


def test_absence_is_neutral():
    (evidence,) = metadata_evidence(jpeg(PIXELS))
    assert evidence.kind == "metadata.absent" and evidence.direction == "none" and "says nothing" in evidence.claim


@pytest.mark.parametrize(
    ("source_type", "direction"),
    [("trainedAlgorithmicMedia", "declares-ai"), ("algorithmicallyEnhanced", "none"), ("algorithmicMedia", "none")],
)
def test_our_own_origin_is_read_and_a_cleaned_recording_is_not_called_ai(source_type, direction):
    from shared.provenance import Origin
    from shared.provenance.formats import write_origin

    origin = Origin("Sextant", "1.0", "audio/denoise", None, None, 3, "0" * 64, "2026-01-01T00:00:00Z", source_type)
    found = kinds(write_origin(png(PIXELS), origin))["metadata.sextant"]
    assert found.direction == direction and "audio/denoise" in found.claim


def test_unknown_bytes_and_further_texts():
    assert "metadata.absent" in kinds(b"")
    assert "metadata.names-generator" in kinds(b"no container", texts={"Software": "Midjourney"})
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "WEBP", xmp=b'<x:xmpmeta><r xmp:CreatorTool="ChatGPT"/></x:xmpmeta>')
    assert "metadata.names-generator" in kinds(buffer.getvalue())
