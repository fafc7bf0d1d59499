"""Asking before what cannot be undone."""

from __future__ import annotations

import sys

import typer

from textgen.cli.interruption import told_if_stopped


def confirm(command: str, question: str) -> None:
    """Ask whether to go on.

    Args:
        command: Who asks, for the message.
        question: What is asked, a yes or no.

    Raises:
        UsageError: There is nobody to ask.
        typer.Abort: The answer was no.
        KeyboardInterrupt: It was Ctrl-C.
    """
    from textgen.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(
            f"{command}: asks first, and standard input is no terminal. "
            "Say --yes to go on without being asked."
        )
    with told_if_stopped():
        try:
            typer.confirm(question, abort=True, err=True)
        except typer.Abort as answer:
            if isinstance(answer.__context__, KeyboardInterrupt):  # which Typer takes for a no
                raise answer.__context__ from None
            raise
