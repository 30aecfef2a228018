"""What a person starts: set-up, the `sextant` command line and, on the same engine, the server."""
