"""Procedural models of sound effects, one module per family; `apps.audio.effects.synthesis` lists and renders them."""
