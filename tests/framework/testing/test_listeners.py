"""Event hooks that cannot hear a whole run are caught; those that can are told of all of it."""

from pathlib import Path
from types import ModuleType

import pytest

from textgen import hookimpl
from textgen.announcing import HOOKS
from textgen.plugins.provided import Provider
from textgen.testing import Listener, check


def listener_with(**hooks):
    plugin = ModuleType("textgen_odd")
    for name, hook in hooks.items():
        setattr(plugin, name, hookimpl(hook))
    return Listener(Provider("odd", "textgen-odd", "3.2"), plugin)


def broken(listener):
    return {item.rule.name for item in check(listener) if item.state == "broken"}


def test_every_event_is_heard_and_every_way_for_a_run_to_end():
    heard = []

    def hear(event):
        heard.append(event)

    assert not broken(listener_with(**dict.fromkeys(HOOKS.values(), hear)))
    assert {type(event) for event in heard} == set(HOOKS)
    ends = {event.status for event in heard if hasattr(event, "status")}
    assert ends == {"finished", "interrupted", "failed"}


def test_what_a_listener_writes_beside_itself_is_gone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = []

    def write(event):
        Path("log.txt").write_text(event.reason)
        written.append(Path("log.txt").read_text())

    assert not broken(listener_with(textgen_run_finished=write))
    assert written
    assert list(tmp_path.iterdir()) == []


def needs_a_held_out_loss(event):
    return f"{event.summary['best_loss']:.3f}"


def needs_a_validation_loss(event):
    return event.values["validation_loss"]


def needs_a_loss(event):
    return f"{event.loss:.3f}"


def needs_the_start_of_a_run(event):
    assert event.first_step == 0


def test_a_listener_that_counts_on_a_beginning_is_caught():
    begun = []

    def begin(event):
        begun.append(event)

    def end(event):
        begun.pop()

    hooks = {"textgen_run_started": begin, "textgen_run_finished": end}
    assert broken(listener_with(**hooks)) == {"hears a failed run"}


async def awaits(event):
    raise AssertionError("never run")


async def awaits_and_yields(event):
    yield event


def yields(event):
    yield event


def hands_out_what_awaits(event):
    return awaits(event)


@pytest.mark.parametrize("hook", [awaits, awaits_and_yields, yields, hands_out_what_awaits])
def test_a_hook_that_only_an_event_loop_would_run_is_caught(hook):
    (outcome,) = {
        item.message
        for item in check(listener_with(textgen_run_finished=hook))
        if item.state == "broken"
    }
    assert outcome.startswith("textgen_run_finished is async or yields")


def test_a_hook_may_return_what_it_likes_and_wrap_others():
    plugin = listener_with(textgen_run_finished=lambda event: [event]).plugin

    @hookimpl(wrapper=True)
    def textgen_progress(event):
        yield

    plugin.textgen_progress = textgen_progress
    assert not broken(Listener(Provider("odd", "textgen-odd", "3.2"), plugin))


@pytest.mark.parametrize(
    ("hook", "function", "rules"),
    [
        (
            "textgen_run_finished",
            needs_a_held_out_loss,
            {"hears an interrupted run", "hears a failed run"},
        ),
        (
            "textgen_metrics",
            needs_a_validation_loss,
            {"hears a finished run", "hears an interrupted run"},
        ),
        ("textgen_progress", needs_a_loss, {"hears a run without gradients"}),
        ("textgen_run_started", needs_the_start_of_a_run, {"hears an interrupted run"}),
    ],
)
def test_a_listener_that_counts_on_too_much_is_caught(hook, function, rules):
    assert broken(listener_with(**{hook: function})) == rules


def test_a_plugin_without_event_hooks_is_no_listener():
    told = {(item.state, item.message) for item in check(listener_with())}
    assert told == {("not applicable", "it implements no event hook")}
