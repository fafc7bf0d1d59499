"""What the registry logs while a command runs reaches the user, in the command line's own form."""

import io
import logging

import pytest
from rich.console import Console

from textgen.cli import progress
from textgen_registry.database.database import Database

SAID = "registry postgresql://here/runs: its server cannot be reached; waiting up to 30 s for it"


@pytest.fixture
def reads(monkeypatch):
    """What was read from registries, for each of which the server was waited for."""
    read, reads = Database.read, []

    def read_patiently(self, work):
        reads.append(work)
        logging.getLogger("textgen_registry").warning(SAID)
        return read(self, work)

    monkeypatch.setattr(Database, "read", read_patiently)
    return reads


def test_each_is_one_note_on_stderr_however_many_commands_ran_before(textgen, reads):
    for _ in range(2):
        reads.clear()
        listed = textgen("runs", "list", "--json")
        assert (listed.code, listed.json) == (0, [])
        assert listed.err == f"note: {SAID}\n" * len(reads) != ""


def test_a_bar_on_the_terminal_makes_way_for_it(monkeypatch, textgen):
    textgen("runs", "list")  # which has what is logged told
    terminal = io.StringIO()
    console = Console(file=terminal, width=60, force_terminal=True, color_system=None)
    monkeypatch.setattr(progress, "make_console", lambda *, stderr: console)
    with progress.reading_bar("training") as show:
        show(0.5)
        logging.getLogger("textgen_registry").warning(SAID)
    written = terminal.getvalue()
    line = next(line for line in written.splitlines() if "note:" in line)
    assert line.rpartition("\x1b[2K")[2].startswith("note: registry")
    assert "".join(written.split()).count("".join(SAID.split())) == 1
