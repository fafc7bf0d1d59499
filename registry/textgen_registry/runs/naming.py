"""Names of runs: which are allowed, and which a run gets that was given none.

A name is used where an id is, so no two runs have the same, and none looks like an id or like the
version of a named model. Knows of the database only the names already taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count

from sqlalchemy import Connection, or_, select

from textgen.errors import UsageError
from textgen_registry.database.schema import run
from textgen_registry.ids import has_form_of_id
from textgen_registry.records import local_minute
from textgen_registry.runs.presence import IS_THERE

LATEST = "latest"
LONGEST_NAME = 80
VERSION_MARK = "@"  # between a named model and what tells its version: alice@3

_LONGEST_DERIVED = 70


def clean_name(name: str, what: str = "run name") -> str:
    """Return a name without the blanks around it, if it neither garbles a listing nor misleads.

    Args:
        name: The name.
        what: What it is, for messages.

    Raises:
        UsageError: The name is blank, too long, not printable, or means something else.
    """
    name = clean_word(name, what, latest="the newest run")
    if has_form_of_id(name):
        raise UsageError(f"{what} {name!r} looks like a run's id. Choose another.")
    return name


def clean_word(word: str, what: str, *, latest: str) -> str:
    """Return what goes by a word without the blanks around it, if it means nothing else.

    Args:
        word: The word.
        what: What it is, for messages.
        latest: What ``latest`` always means in its place, likewise.

    Raises:
        UsageError: It is blank, too long, not printable, ``latest``, with an ``@`` or begins
            with a dash.
    """
    word = word.strip()
    check_label(what, word)
    if word == LATEST:
        raise UsageError(f"{what} {word!r} always means {latest}. Choose another.")
    if word.startswith("-"):
        raise UsageError(f"{what} {word!r} begins like an option. Choose another.")
    if VERSION_MARK in word:
        raise UsageError(
            f"{what} {word!r} holds an {VERSION_MARK}, which stands between a named model and its "
            "version. Leave it out."
        )
    return word


def refuse_taken(connection: Connection, name: str, *, advice: str = "") -> None:
    """Refuse a name that another run has: from then on it would mean neither.

    Only within a write transaction does it stay free until the run is stored.

    Args:
        connection: The transaction.
        name: The name.
        advice: What to do where it is taken; empty: to choose another, or delete that run.

    Raises:
        UsageError: Another run has it.
    """
    owner = connection.execute(
        select(run.c.id, run.c.created).where(run.c.name == name, IS_THERE)
    ).first()
    if owner:
        another = f"Choose another, or delete that run: textgen runs delete {owner.id}"
        raise UsageError(
            f"run name {name!r} is taken by run {owner.id} of {local_minute(owner.created)}. "
            f"{advice or another}"
        )


def check_tag(tag: str) -> None:
    """Refuse a tag that would garble a listing.

    Raises:
        UsageError: The tag is blank, too long or not printable.
    """
    check_label("tag", tag)


def check_label(what: str, label: str) -> None:
    """Refuse a word that would garble a listing.

    Args:
        what: What it is, for messages.
        label: The word.

    Raises:
        UsageError: It is blank, too long or not printable.
    """
    if len(label) > LONGEST_NAME:
        raise UsageError(
            f"{what} of {len(label)} characters: at most {LONGEST_NAME} are allowed. Shorten it."
        )
    if not label.strip():
        raise UsageError(f"{what} {label!r} is blank: it needs at least one visible character.")
    if not label.isprintable():
        raise UsageError(
            f"{what} {label!r} holds control characters or line breaks. Leave them out."
        )


def new_name(connection: Connection, asked: str | None, source: str, model: str) -> str:
    """Return the name of a run that begins: the one asked for, else as `free_name` makes it.

    Raises:
        UsageError: Another run has the name asked for.
    """
    if asked is None:
        return free_name(connection, source, model)
    refuse_taken(connection, asked)
    return asked


def free_name(
    connection: Connection, source: str, model: str, *, besides: Collection[str] = ()
) -> str:
    """Return a name that no run has: ``alice-lstm-stacked``, then ``alice-lstm-stacked-2``, ….

    Only within a write transaction does it stay free until the run is stored.

    Args:
        connection: The transaction in which the run will be stored.
        source: Source with its locator ("gutenberg:alice").
        model: The model's name.
        besides: Names that are taken too.
    """
    return unused_name(connection, _stem(source, model), besides=besides)


def unused_name(connection: Connection, stem: str, *, besides: Collection[str] = ()) -> str:
    """Return ``stem``, cut where it is too long, or where a run has it ``stem-2``, ``stem-3``, ….

    Only within a write transaction does it stay free until a run of that name is stored.

    Args:
        connection: The transaction.
        stem: What the name begins with.
        besides: Names that are taken too.
    """
    stem = stem[:_LONGEST_DERIVED].strip("- ") or "run"
    similar = or_(run.c.name == stem, run.c.name.startswith(f"{stem}-", autoescape=True))
    taken = {LATEST, *besides, *connection.scalars(select(run.c.name).where(similar))}
    if stem not in taken:
        return stem
    return next(name for number in count(2) if (name := f"{stem}-{number}") not in taken)


def _stem(source: str, model: str) -> str:
    kind, _, locator = source.partition(":")
    tail = re.split(r"[/\\]", locator.rstrip("/\\"))[-1]
    corpus = _slug(re.sub(r"\.[A-Za-z]\w{0,4}$", "", tail)) or _slug(kind)
    return "-".join(filter(None, [corpus, _slug(model)]))


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.lower()).strip("-")
