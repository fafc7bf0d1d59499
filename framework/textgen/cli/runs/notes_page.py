"""The notes of a run as people read them: who, when, and the text with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from textgen.cli.display import local_time, print_line
from textgen.cli.texts import in_lines
from textgen_registry import NoteRecord


def print_notes(notes: Sequence[NoteRecord]) -> None:
    """Print notes, whatever they hold."""
    for note in notes:
        print_line(f"{local_time(note.created)}  {note.author}")
        print_line(indent(in_lines(note.text), "  "))
