"""`textgen runs export` and `textgen runs import`: runs as one file, which goes anywhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from textgen.cli.completion import complete_run
from textgen.cli.interruption import told_if_stopped
from textgen.cli.params import DryRunParam, JsonParam, RegistryParam
from textgen.cli.workspace import open_registry, tell
from textgen.cli.written_file import STREAM

if TYPE_CHECKING:
    from textgen_registry import Registry
    from textgen_registry.archive import Archive, Exported, ImportedRun

_STREAM = str(STREAM)
_MOST_QUOTED = 80


def export(
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="The archive; - is stdout."),
    ],
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN", help="The runs.", autocompletion=complete_run),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All runs.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Write runs into one archive, a zip file.

    It holds their settings, figures, texts and files, but no named models. The same runs give the
    same bytes.

    Example: textgen runs export alice-lstm-stacked --output alice.zip
    """
    from textgen.cli.display import counted, print_json
    from textgen.units import bytes_text

    _require_writable(output, json)
    records = open_registry(registry)
    chosen = _chosen(records, runs or [], every)
    with told_if_stopped():
        done = _export(records, chosen, output, force)
    if json:
        print_json({"archive": output, **asdict(done)})
        return
    where = "stdout" if output == _STREAM else output
    tell(
        f"exported to {where}: {counted(len(done.runs), 'run')}, "
        f"{counted(done.files, 'file')}, {bytes_text(done.size)}"
    )
    if done.versions:
        tell(f"note: {counted(done.versions, 'version')} of named models left out")


def import_(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Archives; - is stdin.")],
    skip_conflicts: Annotated[
        bool,
        typer.Option(
            "--skip-conflicts",
            help="Leave runs as they are that an archive has with other content.",
        ),
    ] = False,
    dry_run: DryRunParam = False,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Import the runs of archives, of each archive all or none.

    They keep their ids and times. A run that is there already stays as it is; one whose name is
    taken gets another.

    Example: textgen runs import alice.zip --dry-run
    """
    from textgen.cli.display import print_json
    from textgen_registry.archive import import_archive

    records = open_registry(registry)
    done: list[tuple[Archive, Sequence[ImportedRun]]] = []
    with told_if_stopped(lambda: _left(done, dry_run)), ExitStack() as stack:
        archives = [stack.enter_context(_opened(file)) for file in files]
        for archive in archives:
            outcome = import_archive(
                records, archive, dry_run=dry_run, skip_conflicts=skip_conflicts
            )
            done.append((archive, outcome))
            if not json:
                _print_import(archive, outcome, dry_run)
    if json:
        imports = [
            {"archive": archive.name, "runs": [run.as_dict() for run in outcome]}
            for archive, outcome in done
        ]
        print_json({"dry_run": dry_run, "archives": imports})


def _require_writable(output: str, json: bool) -> None:
    """Refuse an archive where a folder is, where something else is printed, or somebody looks.

    Raises:
        UsageError: Says which.
    """
    from textgen.cli.written_file import refuse_unwritable
    from textgen.errors import UsageError

    if output != _STREAM:
        refuse_unwritable(Path(output), "--output")
    if output == _STREAM and json:
        raise UsageError("runs export --output - --json: stdout takes one of them. Name a file.")
    if output == _STREAM and sys.stdout.isatty():
        raise UsageError("runs export --output -: stdout is a terminal. Name a file or a pipe.")


def _chosen(records: Registry, runs: Sequence[str], every: bool) -> list[str]:
    """Return the ids of the runs to export.

    Raises:
        UsageError: Neither runs were named nor all, or both.
        RegistryError: There are none.
    """
    from textgen.errors import RegistryError, UsageError

    if bool(runs) == every:
        raise UsageError("runs export: name the runs, or say --all.")
    if not every:
        return [records.find(run).id for run in runs]
    ids = [row.id for row in records.runs()]
    if not ids:
        raise RegistryError(f"runs export --all: there are no runs in {records.location}.")
    return ids


def _export(records: Registry, run_ids: Sequence[str], output: str, force: bool) -> Exported:
    from textgen_registry.archive import export_runs, write_archive

    if output != _STREAM:
        return export_runs(records, run_ids, Path(output), overwrite=force)
    with TemporaryFile() as file:  # so that nothing is sent of runs that are damaged
        done = write_archive(records, run_ids, file)
        file.seek(0)
        copyfileobj(file, sys.stdout.buffer)
        return done


@contextmanager
def _opened(file: str) -> Iterator[Archive]:
    """Open an archive, and refuse one that is not as it should be.

    Raises:
        ArchiveError: It is not, or there is none.
    """
    from textgen.errors import ArchiveError
    from textgen_registry.archive import Archive

    try:
        opened = _from_stdin() if file == _STREAM else Path(file).open("rb")  # noqa: SIM115
    except OSError as error:
        raise ArchiveError(
            f"archive {file} cannot be read ({error.strerror}). Nothing was imported."
        ) from error
    with opened:
        yield Archive(opened, "stdin" if file == _STREAM else file)


def _from_stdin() -> BinaryIO:
    """Return a file of what stdin holds: an archive is read from its end."""
    file: BinaryIO = TemporaryFile()  # noqa: SIM115 - the caller closes it
    copyfileobj(sys.stdin.buffer, file)
    return file


def _print_import(archive: Archive, outcome: Sequence[ImportedRun], dry_run: bool) -> None:
    from textgen.cli.display import counted, print_table
    from textgen.units import bytes_text

    rows = [[run.id, run.name, _told(run, dry_run)] for run in outcome]
    columns = ["id", "name", f"from {archive.name}"]
    print_table(columns, rows, whole=["id"])
    new = [run for run in outcome if run.outcome == "imported"]
    files, size = sum(run.files for run in new), sum(run.size for run in new)
    what = f"{counted(len(new), 'run')}: {counted(files, 'file')}, {bytes_text(size)}"
    left = len(outcome) - len(new)
    tell(
        f"{'would import' if dry_run else 'imported'} {what if new else 'nothing'}"
        + (f"; {counted(left, 'run')} there already, left as before" if left else "")
    )


def _told(run: ImportedRun, dry_run: bool) -> str:
    """Return what became of a run, or would, in words."""
    if run.outcome == "conflict":
        return "left: there already, with other content"
    if run.outcome == "already there":
        return "already there, in the trash" if run.in_trash else "already there"
    was = run.archived_name
    renamed = "" if run.name == was else f", called {was[:_MOST_QUOTED]!r} there"
    return f"{'new' if dry_run else 'imported'}{renamed}"


def _left(done: Sequence[tuple[Archive, object]], dry_run: bool) -> str:
    """Return what an import leaves that was stopped."""
    if not done or dry_run:
        return "nothing was changed"
    return f"imported: {', '.join(archive.name for archive, _ in done)}; nothing else was changed"
