"""A run that repeats what another one did, wherever that was stopped and looked at itself."""

import pytest
import safetensors.torch
import torch

from textgen.announcing import Announcer
from textgen.runs import Run
from textgen.training.checkpoints import BEST, LAST
from textgen.training.course import Track
from textgen.training.loop import steps_of


@pytest.fixture
def repeat(plugins):
    """Repeats a run along its track and returns the event that ended it."""

    def go(settings, track, listener):
        announce = Announcer(plugins.manager, complain=pytest.fail)
        announce.listen(listener)
        return Run(settings, announce=announce, track=track).execute()

    return go


def track_of(heard, **stop):
    """The track of a run, read from what it announced."""
    evaluated = {step for step, figures in heard.metrics if "validation_loss" in figures}
    return Track(frozenset(evaluated), **stop)


def trained_state(heard):
    """Weights, optimiser, carried state and random state, as bytes."""
    tensors = safetensors.torch.load(heard.files[LAST])
    whole = {name: tensor.flatten().view(torch.uint8) for name, tensor in tensors.items()}
    return {name: content.numpy().tobytes() for name, content in whole.items()}


@pytest.mark.parametrize("step", [0, 1, 16, 17, 89])
def test_an_interrupted_run_is_repeated_to_its_last_step(settings_for, execute, repeat, step):
    """Step 16 is one where an evaluation was due, which the interruption came before."""
    settings = settings_for()
    part = execute(settings, stop_at=step)
    again = type(part)()
    track = track_of(part, stopped_after=step, stopped_by="interrupted", looked=False)
    ended = repeat(settings, track, again)
    assert (ended.status, ended.step) == ("interrupted", step)
    assert steps_of(again.files[LAST]) == step
    assert trained_state(again) == trained_state(part)
    assert again.files.get(BEST) == part.files.get(BEST)
    assert again.metrics == part.metrics


def test_a_run_that_stopped_after_it_was_evaluated_is_repeated_with_the_evaluation(
    settings_for, execute, repeat
):
    whole = execute(settings_for())
    track = track_of(whole, stopped_after=16, stopped_by="interrupted")
    assert 16 in track.evaluated_at
    again = type(whole)()
    assert repeat(settings_for(), track, again).step == 16
    assert again.metrics == [point for point in whole.metrics if point[0] <= 16]


def test_sessions_that_ran_out_of_time_are_repeated_in_one_with_their_evaluations(
    settings_for, execute, repeat
):
    """Time ends a session after one step; the evaluation there is one that was not due."""
    hurried = settings_for(training={"max_seconds": 1e-9})
    first = execute(hurried)
    second = execute(hurried, earlier=first)
    assert [listener.finished.reason for listener in (first, second)] == ["time limit"] * 2
    steps = second.finished.step
    track = track_of(first, stopped_after=steps)
    track = Track(track.evaluated_at | track_of(second).evaluated_at, stopped_after=steps)
    again = type(first)()
    ended = repeat(hurried, track, again)
    assert (ended.status, ended.reason, ended.step) == ("finished", "time limit", steps)
    assert again.metrics == first.metrics + second.metrics
    assert trained_state(again) == trained_state(second)
    assert (again.files[BEST], again.sample) == (second.files[BEST], second.sample)


def test_a_track_without_a_stop_ends_where_the_course_does_however_late_it_is(
    settings_for, execute, repeat
):
    whole = execute(settings_for())
    hurried = settings_for(training={"max_seconds": 1e-9})
    again = type(whole)()
    assert repeat(hurried, track_of(whole), again).reason == "all steps taken"
    assert (again.metrics, again.files[BEST]) == (whole.metrics, whole.files[BEST])


def test_an_estimate_speaks_of_the_steps_that_will_be_taken(settings_for, plugins):
    announce = Announcer(plugins.manager, complain=pytest.fail)
    run = Run(settings_for(), announce=announce, track=Track(frozenset({5, 20}), stopped_after=20))
    run.rehearse()
    assert (run.estimate.steps, run.estimate.evaluations) == (20, 2)
    assert run.plan.max_seconds is None
