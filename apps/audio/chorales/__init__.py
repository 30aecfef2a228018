"""Four-part chorales in the style of Bach: the notes, and the network that writes them."""
