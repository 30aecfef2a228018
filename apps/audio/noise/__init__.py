"""Noise reduction for speech, music and effects."""
