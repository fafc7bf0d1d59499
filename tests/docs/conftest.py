"""How a page of the documentation is followed: its commands, and whether output is as it shows."""

import re

import pytest


class Console:
    """Reads blocks of commands and their output."""

    @staticmethod
    def commands_of(block):
        """Return the commands of a console block, each with the output that is shown of it."""
        found = []
        for line in block.splitlines(keepends=True):
            if line.startswith("$ "):
                found.append([line[2:].strip(), ""])
            else:
                found[-1][1] += line
        return found

    @staticmethod
    def shows(shown, output):
        """Say whether output is as shown: … is any text in a line, and alone any number of lines.

        Blanks at the ends of lines do not matter.
        """
        lines = [
            r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r"\s*?\n"
            for line in shown.splitlines()
        ]
        return re.fullmatch("".join(lines), output) is not None


@pytest.fixture(scope="session")
def console():
    """Reads blocks of commands and their output."""
    return Console
