"""Sets Sextant up in this checkout, then becomes the command: `python3 -m suite.bootstrap [--extras all,test] ARG...`.

    python3 -m suite.bootstrap -m suite demo         what `make demo` runs
    python3 -m suite.bootstrap -m pytest -k engine   what `make test ARGS='-k engine'` runs

Standard library only: it runs before anything is installed. The first start makes `.venv` (see `suite/environment.py`);
later ones compare a stamp and start within milliseconds. This file parses under Python 3.6 and later, so that an old one gets
a sentence instead of a SyntaxError.
"""

import os
import sys

MINIMUM = (3, 11)
DEFAULT_EXTRAS = "all,test"


def main(argv: "list[str]") -> int:
    """Install what is missing, then replace this process by `.venv/bin/python ARG...`; returns a failure's status."""
    if sys.version_info < MINIMUM:
        sys.stderr.write(
            f"Sextant needs Python 3.11 or newer and this is {sys.version_info[0]}.{sys.version_info[1]}: "
            "name another one, as in `make test PYTHON=python3.11`.\n"
        )
        return 2
    # imported here: older Pythons cannot parse it
    from suite import environment

    extras = DEFAULT_EXTRAS
    arguments = list(argv)
    if arguments[:1] == ["--extras"]:
        if len(arguments) < 2:
            sys.stderr.write("sextant: --extras takes a list, as in `--extras all,test,docs`.\n")
            return 2
        extras = arguments[1]
        arguments = arguments[2:]
    try:
        python = environment.ensure(environment.ROOT, [name for name in extras.split(",") if name])
    except environment.SetupError as error:
        sys.stderr.write(f"sextant: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("sextant: set-up interrupted; the next `make` starts it anew.\n")
        return 130
    if arguments:
        _become(python, arguments)
    return 0


def _become(python: str, arguments: "list[str]") -> None:
    """Replace this process by the venv's Python."""
    os.environ["PATH"] = os.path.dirname(python) + os.pathsep + os.environ.get("PATH", os.defpath)
    os.environ["VIRTUAL_ENV"] = os.path.dirname(os.path.dirname(python))
    # The full path as argv[0]: Python finds its venv by looking where argv[0] lies, and a bare "python" is looked up in
    # PATH, which may be another Python than the one that execv started.
    os.execv(python, [python, *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
