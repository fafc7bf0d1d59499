"""Names of models and of aliases: which are allowed, and how a version is written (``alice@3``).

Knows nothing of the database.
"""

from __future__ import annotations

from textgen.errors import UsageError
from textgen_registry.runs.naming import VERSION_MARK, clean_name, clean_word

_LONGEST_NUMBER = 9


def clean_model_name(name: str) -> str:
    """Return a name without the blanks around it, if it neither garbles a listing nor misleads.

    Raises:
        UsageError: No run could have it either.
    """
    return clean_name(name, "model name")


def clean_alias(alias: str) -> str:
    """Return an alias without the blanks around it, if it can mean nothing else.

    Raises:
        UsageError: It is blank, too long, not printable, a number, or means something else.
    """
    alias = clean_word(alias, "alias", latest="the highest version")
    if alias.isnumeric():
        raise UsageError(f"alias {alias!r} looks like a version's number. Choose a word.")
    return alias


def split(reference: str) -> tuple[str, str]:
    """Return the model's name and what follows it, empty where nothing does."""
    name, mark, which = reference.rpartition(VERSION_MARK)
    return (name, which) if mark else (which, "")


def as_number(which: str) -> int | None:
    """Return the version's number that was written, None where something else was."""
    is_one = which.isascii() and which.isdecimal() and len(which) <= _LONGEST_NUMBER
    return int(which) if is_one else None
