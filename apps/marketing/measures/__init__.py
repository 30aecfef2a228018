"""How the studio is measured: tiers, raw decoding beside them, fluency, claims."""
