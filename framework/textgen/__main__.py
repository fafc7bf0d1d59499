"""The program `textgen`, which `python -m textgen` is too: Ctrl-C is minded from the start."""

import sys

from textgen.cli.importing import interrupted_between_imports


def main() -> None:
    """Run the command line and exit as it says; with 130 where even its import is interrupted."""
    try:
        with interrupted_between_imports():
            from textgen.cli.main import main as run

            run()
    except KeyboardInterrupt:
        sys.stderr.write("textgen: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
