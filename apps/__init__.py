"""One package per studio. No studio imports another."""
