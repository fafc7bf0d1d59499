"""`textgen runs reproduce`: a run is trained again; does it come out the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from textgen.cli.params import DeviceParam, JsonParam, RegistryParam, RunParam
from textgen.cli.workspace import (
    file_reader,
    installed_plugins,
    open_registry,
    recorded_settings,
    tell,
)

if TYPE_CHECKING:
    from textgen.cli.recorder import Recorder
    from textgen.events import RunFinished, RunStarted
    from textgen.training.course import Track
    from textgen_registry import Registry, RunRecord


def reproduce(
    run: RunParam,
    device: DeviceParam = None,
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A name for the new run (default: the old one's, -again)."
        ),
    ] = None,
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Train a run again and say whether it came out the same.

    Compared, bit for bit, are all tensors of the weight files, the tokenizer, the sample, and
    every figure but times. Exit code 0: identical; 1: not identical.

    Example: textgen runs reproduce latest
    """
    records = open_registry(registry)
    original = records.find(run)
    _require_an_end(original)
    records.check_new_run(name=name)
    again = _train_again(records, original, device=device, name=name)
    _judge(records, original, again, json=json)


def _train_again(
    records: Registry, original: RunRecord, *, device: str | None, name: str | None
) -> str:
    """Train a run again, as far as it came, and return the new run's id.

    Raises:
        TextgenError: It cannot be: a part, the text or the device is not here, or there would be
            nothing to compare.
        typer.Exit: With 130, where somebody stopped it.
    """
    plugins = installed_plugins()

    from textgen.announcing import Announcer
    from textgen.cli.recorded_text import begin_another, with_recorded_text
    from textgen.cli.recorder import Recorder
    from textgen.cli.session import prepare, train
    from textgen_registry.reproduction import name_for_again

    track = _track(records, original)
    settings = recorded_settings(plugins, original, _device_layer(original, device))
    settings = with_recorded_text(
        settings, original, begin_another(original, "the run cannot come out the same")
    )
    announce = Announcer(plugins.manager, complain=tell)
    prepared = prepare(settings, announce, track=track)
    _tell_what_to_expect(records, original, track)
    recorder = Recorder(records, name=name or name_for_again(records, original))
    finished = train(
        prepared,
        announce,
        recorder,
        _Conditions(records, original, recorder),
        stops_after=track.stopped_after,
    )
    _require_as_far(finished, track, original)
    return recorder.run_id


def _require_an_end(run: RunRecord) -> None:
    """Refuse a run that goes on.

    Raises:
        UsageError: Another process is training it.
    """
    from textgen.cli.values import named
    from textgen.errors import UsageError

    if run.status == "running":
        raise UsageError(
            f"runs reproduce {named(run)}: being trained by another process. Wait until "
            "it ends, or stop it."
        )


def _track(records: Registry, run: RunRecord) -> Track:
    """Return where a run looked at itself, and where it was stopped if its course did not end it.

    Raises:
        TrainingError: It has no checkpoint: there is nothing to compare.
    """
    from textgen.training.checkpoints import LAST
    from textgen.training.course import Track
    from textgen.training.loop import steps_of

    last = file_reader(records, run)(LAST)
    assert last is not None  # for want of which there is no reader
    points = records.metrics(run)
    evaluated_at = frozenset(point.step for point in points if point.name == "seconds")
    if run.status != "finished":
        step = steps_of(last)
        looked = any(point.step == step for point in points)
        return Track(evaluated_at, step, "interrupted", looked)
    went_on = run.version is not None and run.step < run.plan.get("steps", 0)
    is_part = went_on or run.reason == "time limit"
    return Track(evaluated_at, run.step if is_part else None)


def _device_layer(run: RunRecord, asked: str | None) -> dict[str, Any]:
    """Return the setting that trains on the device asked for, or on the one that a run had.

    On that one there will be as many threads as it had.

    Raises:
        DeviceError: The run's device is not here.
    """
    from textgen.cli.values import named
    from textgen.errors import DeviceError
    from textgen.training.devices import available_devices, resolve_device, use_threads

    if asked is not None:
        return {"device": asked}
    then, here = run.environment["device"], available_devices()
    if then not in here:
        raise DeviceError(
            f"run {named(run)} was trained on {then} ({run.environment['device_name']}), "
            f"which is not here; available: {', '.join(here)}. Say --device to train it on another."
        )
    use_threads(run.environment["threads"])
    return {} if str(resolve_device(run.config["device"])) == then else {"device": then}


def _tell_what_to_expect(records: Registry, run: RunRecord, track: Track) -> None:
    from textgen.cli.values import named
    from textgen.training.options import shuffled_otherwise
    from textgen_registry import session_differences

    tell(f"run {named(run)} is trained again{_how_far(run, track)}")
    sessions = records.sessions(run.id)
    differing = session_differences(sessions)
    if differing:
        tell(
            f"note: its {len(sessions)} sessions differed in {', '.join(differing)}: it cannot be "
            "expected to come out the same"
        )
    if shuffled_otherwise(run.config["training"]):
        tell(
            "note: windows are shuffled otherwise than when it was trained: it cannot be expected "
            "to come out the same"
        )


def _how_far(run: RunRecord, track: Track) -> str:
    if track.stopped_after is None:
        return ""
    if run.version is not None:
        return f", {run.step:,} steps, as many as {run.version} had taken"
    if run.status == "finished":
        return f", {run.step:,} steps, as many as its time limit let it take"
    return (
        f" as far as its last checkpoint, after step {track.stopped_after:,}: it did not finish "
        f"({run.status}) and left no sample"
    )


class _Conditions:
    """Tells, as soon as a run has begun, what is not as it was for the original."""

    def __init__(self, records: Registry, original: RunRecord, recorder: Recorder) -> None:
        self._records = records
        self._original = original
        self._recorder = recorder

    def textgen_run_started(self, event: RunStarted) -> None:
        """Tell what differs before the first step is taken."""
        from textgen.cli.runs.sessions import changes_since_first

        first = self._records.sessions(self._original.id)[0]
        changes = changes_since_first([first, *self._recorder.sessions()])
        if changes:
            tell(f"note: not as it was: {changes}; it cannot be expected to come out the same")


def _require_as_far(finished: RunFinished, track: Track, original: RunRecord) -> None:
    """Give up where somebody stopped the run before it had gone as far as the original.

    Raises:
        typer.Exit: With 130.
    """
    repeated = track.stopped_by == "interrupted" and finished.step == track.stopped_after
    if finished.status == "interrupted" and not repeated:
        tell(
            f"\nstopped after step {finished.step:,}: whether run {original.name} comes out the "
            f"same is not known. Begin anew with: textgen runs reproduce {original.id}"
        )
        raise typer.Exit(130)


def _judge(records: Registry, original: RunRecord, again: str, *, json: bool) -> None:
    """Print the verdict and keep it.

    Raises:
        typer.Exit: With 1, where the runs are not identical.
    """
    from textgen.cli.display import print_json
    from textgen.cli.runs.reproduce_page import print_verdict
    from textgen_registry import same_results
    from textgen_registry.reproduction import log_verdict

    verdict = same_results(records, original, records.find(again))
    log_verdict(records, verdict)
    if json:
        print_json(verdict.as_dict())
    else:
        print_verdict(verdict)
    if not verdict.identical:
        raise typer.Exit(1)
