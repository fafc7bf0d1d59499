"""The sessions of a run as people and programs read them: only what is not the same in all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textgen.cli.display import figure, local_time, print_table
from textgen_registry import SessionRecord, session_differences


def plain_sessions(sessions: Sequence[SessionRecord]) -> list[dict[str, Any]]:
    """Return the sessions as plain values, each with its share of what differs."""
    differing = session_differences(sessions)
    return [
        {**session.heading(), "differs": {key: row[place] for key, row in differing.items()}}
        for place, session in enumerate(sessions)
    ]


def print_sessions(sessions: Sequence[SessionRecord]) -> None:
    """Print one line per session."""
    differing = session_differences(sessions)
    columns = ["session", "started", "after step", *differing]
    begun = [[item.number, local_time(item.started), f"{item.first_step:,}"] for item in sessions]
    rows = [[*cells, *values] for cells, *values in zip(begun, *differing.values(), strict=True)]
    print_table(columns, rows, right=["session", "after step"])


def changes_since_first(sessions: Sequence[SessionRecord]) -> str:
    """Return what is not in the last session as in the first, in one line; empty where all is."""
    differing = session_differences([sessions[0], sessions[-1]])
    return ", ".join(
        f"{key} {figure(then)} → {figure(now)}" for key, (then, now) in differing.items()
    )
