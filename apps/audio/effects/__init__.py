"""Procedural models of sound effects, one module per family; `apps.audio.synthesis` lists and renders them."""
