"""Asking before what cannot be undone."""

from __future__ import annotations

import sys

import typer


def confirm(command: str, question: str) -> None:
    """Ask whether to go on.

    Args:
        command: Who asks, for the message.
        question: What is asked, a yes or no.

    Raises:
        UsageError: There is nobody to ask.
        typer.Abort: The answer was no.
    """
    from textgen.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(
            f"{command}: asks first, and standard input is no terminal. "
            "Say --yes to go on without being asked."
        )
    typer.confirm(question, abort=True, err=True)
