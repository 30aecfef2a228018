"""Checks that need no learning: metadata, watermarks, compression, spectra, quality."""
