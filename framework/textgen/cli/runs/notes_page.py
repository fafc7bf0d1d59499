"""The notes of a run as people read them: who, when, and the text with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

import typer

from textgen.cli.display import local_time
from textgen.cli.texts import in_lines
from textgen_registry import NoteRecord


def print_notes(notes: Sequence[NoteRecord]) -> None:
    """Print notes, whatever they hold."""
    for note in notes:
        typer.echo(f"{local_time(note.created)}  {in_lines(note.author)}")
        typer.echo(indent(in_lines(note.text), "  "))
