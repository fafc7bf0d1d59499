"""`python -m textgen` is the same program as `textgen`."""

from textgen.cli.main import main

if __name__ == "__main__":
    main()
