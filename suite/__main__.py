"""`python -m suite` is `sextant`."""

from suite.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
