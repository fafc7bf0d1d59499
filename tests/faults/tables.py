"""Prints tables as documents have them, row by row."""

from __future__ import annotations


def print_head(*names):
    """Print the names of columns."""
    print_row(*names)
    print("|" + "---|" * len(names), flush=True)


def print_row(*values):
    """Print a row."""
    shown = (f"{value:,}" if isinstance(value, int) else value for value in values)
    print(f"| {' | '.join(shown)} |", flush=True)
