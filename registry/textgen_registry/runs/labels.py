"""What people call a run and write down about it: its name, tags and notes.

None of it changes what was trained, so none needs the run's lease: a run may be named, tagged and
annotated while it is trained. All of it is refused for a run in the trash.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from textgen.errors import UsageError
from textgen_registry.database.schema import note, run, tag
from textgen_registry.ids import new_id, unique_microseconds
from textgen_registry.records import NoteRecord
from textgen_registry.runs.access import change_run
from textgen_registry.runs.changes import update_run
from textgen_registry.runs.finding import require_run
from textgen_registry.runs.journal import author, log
from textgen_registry.runs.naming import check_tag, clean_name, refuse_taken

if TYPE_CHECKING:
    from textgen_registry.store import Registry

_KEPT_CONTROLS = "\n\t"


def change_tags(
    registry: Registry, run_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> tuple[str, ...]:
    """Give a run tags and take others away; a tag that it has, or lacks, already is no error.

    Args:
        registry: The registry.
        run_id: The run's id.
        add: Words to find it by.
        remove: Words that it shall not have; these win over ``add``.

    Returns:
        All its tags now, in alphabetical order.

    Raises:
        UsageError: A tag to be added is not allowed.
        RunNotFoundError: There is no such run, or it is in the trash.
    """
    unwanted = set(remove)
    wanted = set(add) - unwanted
    for word in wanted:
        check_tag(word)

    def change(connection: Connection) -> tuple[str, ...]:
        before = set(connection.scalars(select(tag.c.tag).where(tag.c.run_id == run_id)))
        added, removed = sorted(wanted - before), sorted(unwanted & before)
        if added:
            connection.execute(insert(tag), [{"run_id": run_id, "tag": word} for word in added])
        if removed:
            connection.execute(delete(tag).where(tag.c.run_id == run_id, tag.c.tag.in_(removed)))
        if added or removed:
            log(connection, "tagged", run_id=run_id, detail={"added": added, "removed": removed})
        return tuple(sorted((before | wanted) - unwanted))

    return change_run(registry.database, run_id, change)


def add_note(registry: Registry, run_id: str, text: str) -> NoteRecord:
    """Write something down about a run, beside what others wrote.

    Args:
        registry: The registry.
        run_id: The run's id.
        text: One line or many, as long as it needs to be; blanks around it are dropped.

    Raises:
        UsageError: The text is blank, or holds control characters other than tabs and line breaks.
        RunNotFoundError: There is no such run, or it is in the trash.
    """
    now = unique_microseconds()
    written = NoteRecord(new_id(now), now, author(), _clean_text(text))

    def write(connection: Connection) -> None:
        if connection.scalar(select(note.c.id).where(note.c.id == written.id)) is None:
            connection.execute(insert(note).values(run_id=run_id, **vars(written)))
            log(connection, "noted", run_id=run_id, detail={"note": written.id})

    change_run(registry.database, run_id, write)
    return written


def notes(registry: Registry, run_id: str) -> list[NoteRecord]:
    """Return what was written down about a run, the oldest first.

    Raises:
        RunNotFoundError: There is no such run.
    """
    columns = (note.c.id, note.c.created, note.c.author, note.c.text)
    chosen = select(*columns).where(note.c.run_id == run_id).order_by(note.c.created, note.c.id)

    def read(connection: Connection) -> list[NoteRecord]:
        require_run(connection, run_id, registry.location)
        return [NoteRecord(*row) for row in connection.execute(chosen)]

    return registry.database.read(read)


def rename_run(registry: Registry, run_id: str, name: str) -> str:
    """Call a run by another name, under the rules for the names of new runs.

    Returns:
        The name, without the blanks around it.

    Raises:
        UsageError: The name is not allowed, or another run has it.
        RunNotFoundError: There is no such run, or it is in the trash.
    """
    new = clean_name(name)

    def rename(connection: Connection) -> None:
        old = connection.scalars(select(run.c.name).where(run.c.id == run_id)).one()
        if old == new:
            return
        refuse_taken(connection, new)
        update_run(connection, run_id, name=new)
        log(connection, "renamed", run_id=run_id, detail={"from": old, "to": new})

    change_run(registry.database, run_id, rename)
    return new


def _clean_text(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UsageError("note of nothing: it needs at least one visible character.")
    controls = {mark for mark in text if unicodedata.category(mark) == "Cc"} - {*_KEPT_CONTROLS}
    if controls:
        raise UsageError(
            f"note with the control character {min(controls)!r}: only tabs and line breaks are "
            "allowed. Leave it out."
        )
    return text
