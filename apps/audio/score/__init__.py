"""Notes as files, pictures and sound: MIDI, MusicXML and ABC, engraving, instruments."""
