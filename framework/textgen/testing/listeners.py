"""Rules of listeners: event hooks hear whole runs, however they end, and raise nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Generator, Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

import pluggy

from textgen import hookspecs
from textgen.announcing import HOOKS
from textgen.events import (
    Checkpoint,
    Event,
    Metrics,
    Plan,
    Progress,
    RunFinished,
    RunStarted,
    SampleWritten,
    Status,
)
from textgen.testing.rules import NotApplicable, RuleBook, require
from textgen.testing.subjects import Listener

RULES = RuleBook()

Summary = Mapping[str, float | None]

_PLAN = Plan(
    steps=20,
    steps_per_epoch=10,
    tokens_per_step=64,
    training_tokens=700,
    validation_tokens=70,
    vocab_size=27,
    parameters=1234,
    device="cpu",
)

_NOTHING_HELD_OUT = {"best_loss": None, "bits_per_char": None, "best_step": None, "seconds": 0.7}


@contextmanager
def _in_a_folder_of_its_own() -> Iterator[None]:
    """Let what a listener writes beside itself be gone with the made-up run it is about."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, chdir(folder):
        yield


@RULES
@_in_a_folder_of_its_own()
def hears_a_finished_run(listener: Listener) -> None:
    """Its event hooks hear a run from its start to its sample and its end without an error."""
    summary: Summary = {"best_loss": 1.9, "bits_per_char": 2.7, "best_step": 20, "seconds": 1.5}
    _tell(listener, _first_half(summary))
    figures = {"train_loss": 2.0, "validation_loss": 1.9, "bits_per_char": 2.7, "seconds": 1.5}
    _tell(
        listener,
        [
            Metrics(20, 2.0, figures),
            Checkpoint(20, {"last.safetensors": b"last", "best.safetensors": b"best"}, summary),
            SampleWritten("one, ", "two,\nbuckle my shoe 👣"),
            RunFinished("finished", 20, summary, "all steps taken"),
        ],
    )


@RULES
@_in_a_folder_of_its_own()
def hears_a_run_without_gradients(listener: Listener) -> None:
    """Its event hooks hear a run of a model that fits itself, in one step, without an error."""
    figures = {"validation_loss": 1.9, "bits_per_char": 2.7, "parameters": 99.0, "seconds": 0.1}
    summary: Summary = {"best_loss": 1.9, "bits_per_char": 2.7, "best_step": 1, "seconds": 0.1}
    _tell(listener, [_started(plan=replace(_PLAN, steps=1, steps_per_epoch=1, parameters=None))])
    _tell(listener, [Progress(1, None, 0.0), Metrics(1, 1.0, figures)])
    _tell(listener, [RunFinished("finished", 1, summary, "all steps taken")])


@RULES
@_in_a_folder_of_its_own()
def hears_an_interrupted_run(listener: Listener) -> None:
    """Its event hooks hear a run that is stopped and resumed without an error."""
    _tell(listener, _first_half(_NOTHING_HELD_OUT))
    _tell(listener, [_end("interrupted", 10, "stopped")])
    _tell(listener, [_started(first_step=10), Progress(11, 2.2, 0.0)])
    _tell(listener, [_end("finished", 20, "all steps taken")])


@RULES
@_in_a_folder_of_its_own()
def hears_a_failed_run(listener: Listener) -> None:
    """Its event hooks hear a run that fails before or after it has begun without an error."""
    _tell(listener, [_end("failed", 0, "the state of the tokenizer is not JSON")])
    _tell(listener, [_started(), _end("failed", 0, "not enough memory")])


def _first_half(summary: Summary) -> Iterator[Event]:
    yield _started()
    yield Progress(1, 3.3, 0.0)
    yield Progress(10, 2.5, 4321.0)
    yield Metrics(10, 1.0, {"train_loss": 2.6, "learning_rate": 0.003, "seconds": 0.7})
    yield Progress(10, 2.5, 4321.0, activity="evaluating", part_done=0.5)
    yield Checkpoint(10, {"last.safetensors": b"last"}, summary)


def _started(first_step: int = 0, plan: Plan = _PLAN) -> RunStarted:
    names = {kind: kind for kind in ("source", "tokenizer", "model", "sampler")}
    provider = {"plugin": "made-up", "package": "textgen-made-up", "version": "1.0"}
    settings = {kind: {"use": name} for kind, name in names.items()}
    return RunStarted(
        settings={**settings, "training": {"batch_size": 4}, "seed": 1, "device": "cpu"},
        parts={kind: {"name": name, **provider} for kind, name in names.items()},
        provenance={"locator": "source:rhyme", "title": "A rhyme", "sha256_text": "0" * 64},
        environment={"textgen": "1.0", "threads": 1, "precision": "fp32"},
        plan=plan,
        first_step=first_step,
        files={"tokenizer.json": b"{}"},
        prompt="one, ",
    )


def _end(status: Status, step: int, reason: str) -> RunFinished:
    return RunFinished(status, step, _NOTHING_HELD_OUT, reason)


def hears_anything(listener: Listener) -> bool:
    """Whether a plugin implements any event hook."""
    return any(caller.get_hookimpls() for caller in _callers(listener).values())


def _tell(listener: Listener, events: Iterable[Event]) -> None:
    if not hears_anything(listener):
        raise NotApplicable("it implements no event hook")
    callers = _callers(listener)
    for event in events:
        caller = callers[type(event)]
        results = caller(event=event)
        for result in results if isinstance(results, list) else [results]:
            _require_heard(caller.name, result)


def _require_heard(hook: str, result: object) -> None:
    """Require that what a hook returns is not its own body, still waiting to be run."""
    waiting = isinstance(result, Coroutine | Generator | AsyncGenerator)
    if isinstance(result, Coroutine):
        result.close()  # else Python warns of it
    require(
        not waiting,
        f"{hook} is async or yields, so calling it does nothing, and nobody runs what the call "
        "returns. Make it a plain function",
    )


def _callers(listener: Listener) -> dict[type[Event], pluggy.HookCaller]:
    """Return by event what calls the hooks of this plugin alone."""
    manager = pluggy.PluginManager("textgen")
    manager.add_hookspecs(hookspecs)
    manager.register(listener.plugin)
    return {event: getattr(manager.hook, hook) for event, hook in HOOKS.items()}
