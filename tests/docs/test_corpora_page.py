"""docs/corpora.md: its commands print what it shows, and it names every source and every option."""

import re
import shlex
import sys
import zipfile
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from textgen.cli.main import main
from textgen.components import Kind
from textgen.plugins import load_plugins
from textgen.training.options import TrainingOptions

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "corpora.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
HEADING = "Text#,Type,Issued,Title,Language,Authors,Subjects,LoCC,Bookshelves\n"
ROW = '{},Text,2008-06-27,{},{},"Carroll, Lewis, 1832-1898",Fantasy fiction; Wit and humor,PR,\n'
ALICE = "Alice's Adventures in Wonderland"
WORKS = [
    *[(11, ALICE, "en"), (12, "Through the Looking-Glass", "en"), (13, "The Snark", "en")],
    *[(620, "Sylvie and Bruno", "en"), (651, "Phantasmagoria", "en"), (4763, "Logic", "en")],
    *[(19778, ALICE, "de"), (28371, ALICE, "it"), (55456, ALICE, "fr")],
]
CATALOGUE = HEADING + "".join(ROW.format(*work) for work in WORKS)


@pytest.fixture
def desk(corpora, tmp_path, monkeypatch):
    """A folder with the files that the page speaks of, as the current one; a mirror is in it."""
    books = corpora / "gutenberg"
    whole = (books / "pg84-2018-utf8.txt").read_bytes()
    files = {
        "mirror/cache/epub/11/pg11.txt": (books / "pg11-2025-cache-generated.txt").read_bytes(),
        "mirror/cache/epub/84/pg84.txt": whole,
        "mirror/cache/epub/feeds/pg_catalog.csv": CATALOGUE.encode(),
        "candide.txt": (books / "pg4650-fr-latin1.txt").read_bytes(),
        "pride.txt": (books / "pg1342-2018-utf8.txt").read_bytes(),
        "cut-off.txt": whole[:40_000],
        "mixed.txt": "Café ".encode() + b"\xe9\n",
        "shelf/.drafts/03.txt": b"Dear",
        "shelf/letters/01.txt": b"Dear Ann,\n\nthe geese are back.\n",
        "shelf/letters/02.txt": b"Dear Ann,\n\nit rains.\n",
        "shelf/old.txt": "Le café est fermé.\n".encode("windows-1252"),
        "shelf/photo.png": b"\x89PNG\r\n\x1a\n\0\0",
    }
    for name, data in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with zipfile.ZipFile(tmp_path / "letters.zip", "w") as archive:
        archive.write(tmp_path / "shelf/letters/02.txt", "letters/02.txt")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEXTGEN_GUTENBERG_MIRRORS", "mirror")
    monkeypatch.setenv("COLUMNS", "130")


@pytest.mark.usefixtures("desk")
def test_its_commands_print_what_it_shows(console, monkeypatch, capsys):
    commands = [pair for block in BLOCKS for pair in console.commands_of(block)]
    assert len(commands) > 10
    for command, shown in commands:
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        with redirect_stderr(sys.stdout), pytest.raises(SystemExit):
            main()
        output = capsys.readouterr().out
        assert console.shows(shown, output), f"$ {command}\n{output}"


def test_it_tells_of_every_source_and_every_option():
    for source in load_plugins().components(Kind.SOURCE):
        assert f"`{source.name}:" in PAGE
        for option in source.component.options.model_fields:
            assert f"source.{option}" in PAGE


def test_what_it_says_can_be_set_can_be_set():
    named = set(re.findall(r"training\.([a-z_]+)", PAGE))
    assert len(named) > 5
    assert named <= TrainingOptions.model_fields.keys()


def test_what_it_links_to_exists():
    links = set(re.findall(r"\]\(([^)#]+)", PAGE))
    assert links
    assert [link for link in links if not (DOCS / link).exists()] == []
