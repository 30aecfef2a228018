"""Evidence on an image or a voice clip: where it says it comes from, and what speaks for synthesis or manipulation."""

from apps.deepfake.tasks import inspect, sign, verify

__all__ = ["inspect", "sign", "verify"]
