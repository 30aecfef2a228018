"""Chorales as sound: organ, strings and choir by own synthesis in one room, or a SoundFont of the user's."""
