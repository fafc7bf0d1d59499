"""`textgen resume`: go on with a run exactly where it was stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from textgen.cli.aside import prints_aside
from textgen.cli.params import DeviceParam, JsonParam, PrecisionParam, RegistryParam, RunParam
from textgen.cli.workspace import (
    file_reader,
    installed_plugins,
    open_registry,
    recorded_settings,
    tell,
)

if TYPE_CHECKING:
    from textgen.errors import UsageError
    from textgen_registry import Registry, RunRecord


def resume(
    run: RunParam,
    max_seconds: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Stop this session after this time.")
    ] = None,
    device: DeviceParam = None,
    precision: PrecisionParam = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Go on with a run exactly where it was stopped.

    Example: textgen resume latest
    """
    records = open_registry(registry)
    record = _held(records, run)
    plugins = installed_plugins()
    training = {"max_seconds": max_seconds, "precision": precision}
    changes = {
        "training": {key: value for key, value in training.items() if value is not None},
        **({"device": device} if device is not None else {}),
    }
    settings = recorded_settings(plugins, record, changes)

    from textgen.announcing import Announcer
    from textgen.cli.recorded_text import begin_another, with_recorded_text
    from textgen.cli.recorder import Recorder
    from textgen.cli.session import prepare, show_result, train

    settings = with_recorded_text(
        settings, record, begin_another(record, "the run cannot go on exactly")
    )
    announce = Announcer(plugins.manager, complain=tell)
    prepared = prepare(settings, announce)
    with prints_aside():
        prepared.resume(
            file_reader(records, record),
            provenance=record.provenance,
            status=record.status,
        )
    _tell_what_to_expect(record)
    recorder = Recorder(records, run_id=record.id)
    finished = train(prepared, announce, recorder)
    show_result(records, record.id, finished, json=json)


def _held(records: Registry, run: str) -> RunRecord:
    """Hold a run, so that what is read of it stays true, and return it as it stood before.

    Raises:
        UsageError: A version of a model is named.
        RegistryError: A living process holds it.
    """
    before = records.find(run)
    if before.version is not None:
        raise _fixed(before)
    records.hold(before.id)
    record = records.find(before.id)
    was_lost = before.status == "lost" and record.status == "running"  # as it is held here
    return replace(record, status="lost") if was_lost else record


def _tell_what_to_expect(record: RunRecord) -> None:
    from textgen.cli.values import named
    from textgen.training.options import shuffled_otherwise

    if record.status == "lost":
        tell(
            f"run {named(record)} was lost, its process ended without a word: "
            "going on from its last checkpoint"
        )
    if shuffled_otherwise(record.config["training"]):
        tell(
            "note: windows are shuffled otherwise than when this run began: the result differs "
            "from that of an uninterrupted run"
        )


def _fixed(record: RunRecord) -> UsageError:
    from textgen.errors import UsageError

    return UsageError(
        f"resume {record.version}: a version of a model never changes. Go on with its run, from "
        f"that one's own last checkpoint: textgen resume {record.id}"
    )
