"""Whole runs: the same seed gives the same run, and a stop loses nothing."""

import pytest
import torch

from textgen.components import Kind
from textgen.errors import CorpusError, GenerationError, TrainingError
from textgen.options import options_sha256
from textgen.runs import Run
from textgen.training.checkpoints import BEST, LAST, TOKENIZER, unpack


def same_tensors(one, other):
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_tensors(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same_tensors, one, other))
    return one == other


def training_state(listener):
    return unpack(listener.files[LAST])["stepper"]


WINDOWS = {"batching": "windows", "objective": "last-step", "stride": 9}


@pytest.mark.parametrize("training", [{}, WINDOWS], ids=["streams", "windows"])
def test_the_same_seed_gives_the_same_run(settings_for, execute, training):
    first, second = (execute(settings_for(training=training)) for _ in range(2))
    assert first.files[BEST] == second.files[BEST]
    assert first.metrics == second.metrics
    assert first.sample == second.sample


def test_another_seed_gives_another_run(settings_for, execute):
    assert execute(settings_for()).files[BEST] != execute(settings_for(seed=2)).files[BEST]


@pytest.mark.parametrize("training", [{}, WINDOWS], ids=["streams", "windows"])
@pytest.mark.parametrize("stops", [(1,), (13,), (5, 9, 20)])
def test_interrupted_and_resumed_equals_uninterrupted(settings_for, execute, training, stops):
    """Weights, optimiser, carried state, random numbers and figures, bit for bit."""
    settings = settings_for(training=training)
    whole = execute(settings)
    part, metrics = None, []
    for stop in stops:
        part = execute(settings, stop_at=stop, earlier=part)
        metrics += part.metrics
        assert part.finished.status == "interrupted"
    rest = execute(settings, earlier=part)
    assert rest.started.first_step == sum(stops)
    assert metrics + rest.metrics == whole.metrics
    assert same_tensors(training_state(rest), training_state(whole))
    assert rest.files[BEST] == whole.files[BEST]
    assert rest.sample == whole.sample


def test_a_run_announces_itself_whole(settings_for, execute):
    heard = execute(settings_for())
    assert heard.started.settings["model"]["hidden_size"] == 12
    part = dict(heard.started.parts["model"])
    part.pop("url", None)  # where it was installed from a folder
    assert part == {
        "name": "lstm-stacked",
        "plugin": "builtin",
        "package": "textgen-framework",
        "version": "0.1.0",
        "options_sha256": options_sha256(settings_for().parts[Kind.MODEL].options),
    }
    assert {"torch", "python", "device"} <= heard.started.environment.keys()
    assert heard.started.files.keys() == {TOKENIZER}
    assert heard.finished.status == "finished"
    assert heard.finished.summary["best_loss"] < 3
    assert len(heard.sample.text) == 20


def test_training_learns(settings_for, execute):
    longer = settings_for(training={"epochs": 40, "learning_rate": 0.02, "evaluate_every": 1})
    losses = [v["validation_loss"] for _, v in execute(longer).metrics if "validation_loss" in v]
    assert losses[-1] < 0.5 * losses[0]


def test_the_best_weights_are_those_of_the_best_evaluation(settings_for, execute):
    """A learning rate that ruins the model late must not ruin the best file."""
    training = {"epochs": 12, "learning_rate": 1.0, "schedule": "constant", "evaluate_every": 1}
    heard = execute(settings_for(training=training))
    losses = {
        step: values["validation_loss"]
        for step, values in heard.metrics
        if "validation_loss" in values
    }
    best = min(losses, key=losses.get)
    assert heard.finished.summary["best_step"] == best
    assert heard.finished.summary["best_loss"] == losses[best]
    assert best < max(losses)
    best_weights, last_weights = unpack(heard.files[BEST]), training_state(heard)["model"]
    assert not same_tensors(best_weights, last_weights)
    again = execute(settings_for(training=training), stop_at=best)
    assert same_tensors(best_weights, training_state(again)["model"])


def test_without_a_held_out_part_there_is_no_held_out_figure(settings_for, execute):
    heard = execute(settings_for(training={"validation_fraction": 0.0}))
    assert heard.finished.summary["best_loss"] is None
    assert heard.finished.summary["bits_per_char"] is None
    names = {name for _, values in heard.metrics for name in values}
    assert {"training_text_loss", "sum_cross_entropy"} <= names
    assert "validation_loss" not in names


def test_patience_ends_a_run_that_no_longer_improves(settings_for, execute):
    settings = settings_for(
        training={
            "epochs": 200,
            "learning_rate": 0.5,
            "clip": 0,
            "patience": 2,
            "evaluate_every": 1,
        }
    )
    heard = execute(settings)
    assert heard.finished.reason == "patience"
    assert heard.finished.step < 200 * heard.started.plan.steps_per_epoch


def test_the_time_limit_ends_a_run_with_figures(settings_for, execute):
    heard = execute(settings_for(training={"epochs": 10_000, "max_seconds": 0.01}))
    assert heard.finished.reason == "time limit"
    assert heard.finished.status == "finished"
    assert heard.finished.summary["best_loss"] is not None


def test_a_loss_that_is_no_number_ends_the_run_and_says_so(settings_for, execute, heard_last):
    settings = settings_for(training={"learning_rate": 1e30, "clip": 0, "epochs": 20})
    with pytest.raises(TrainingError, match="learning_rate"):
        execute(settings)
    assert heard_last().finished.status == "failed"


def test_a_changed_corpus_is_not_resumed(settings_for, execute, text_file):
    part = execute(settings_for(), stop_at=2)
    text_file.write_text(text_file.read_text() + "once more")
    with pytest.raises(CorpusError, match="has changed since"):
        execute(settings_for(), earlier=part)


def test_a_finished_run_has_nothing_to_resume(settings_for, execute):
    whole = execute(settings_for())
    with pytest.raises(TrainingError, match="nothing is left"):
        execute(settings_for(), earlier=whole)


def test_a_checkpoint_of_another_model_is_refused(settings_for, execute):
    part = execute(settings_for(), stop_at=2)
    with pytest.raises(TrainingError, match="does not fit"):
        execute(settings_for(model={"use": "lstm-stacked", "hidden_size": 13}), earlier=part)


def test_what_cannot_work_is_refused_before_the_run_is_announced(settings_for, execute, text_file):
    with pytest.raises(GenerationError, match="'#'"):
        execute(settings_for(sample={"prompt": "one #"}))
    text_file.write_text("abcdefgh")
    with pytest.raises(CorpusError, match="sequence_length"):
        execute(settings_for())


def test_a_stop_that_is_asked_for_while_the_sample_is_written_is_resumed_with_the_sample(
    settings_for, execute
):
    settings = settings_for()
    whole = execute(settings)
    steps = whole.started.plan.steps
    part = execute(settings, stop_at=steps)
    assert part.finished.status == "interrupted"
    assert part.sample is None
    rest = execute(settings, earlier=part)
    assert rest.finished.status == "finished"
    assert rest.sample == whole.sample
    assert part.metrics + rest.metrics == whole.metrics


def test_a_run_that_lost_patience_has_nothing_to_resume(settings_for, execute):
    training = {"epochs": 200, "learning_rate": 0.5, "clip": 0, "patience": 2, "evaluate_every": 1}
    settings = settings_for(training=training)
    with pytest.raises(TrainingError, match="patience"):
        execute(settings, earlier=execute(settings))


def test_a_run_stopped_by_its_time_limit_takes_the_same_steps_when_resumed(settings_for, execute):
    """The evaluation at the limit is recorded, and leaves no trace in what follows."""
    whole = execute(settings_for())
    part = execute(settings_for(training={"max_seconds": 1e-9}))
    assert part.finished.reason == "time limit"
    assert part.finished.step == 1
    rest = execute(settings_for(), earlier=part)
    assert rest.files[BEST] == whole.files[BEST]
    assert same_tensors(training_state(rest), training_state(whole))
    assert [point for point in part.metrics + rest.metrics if point in whole.metrics] == (
        whole.metrics
    )


def test_a_stop_keeps_no_checkpoint_of_ruined_weights(settings_for, execute, heard_last):
    settings = settings_for(training={"learning_rate": 1e30, "clip": 0, "epochs": 500})
    with pytest.raises(TrainingError, match="no longer a finite number"):
        execute(settings, stop_at=3)
    assert LAST not in heard_last().files


def test_a_checkpoint_is_kept_now_and_then_besides_evaluations(settings_for, execute, monkeypatch):
    monkeypatch.setattr("textgen.training.loop._CHECKPOINT_SECONDS", 0.0)
    heard = execute(settings_for(training={"epochs": 1}))
    assert set(heard.checkpoint_steps) == set(range(1, heard.started.plan.steps + 1))


def test_a_stop_does_not_wait_for_an_evaluation_that_is_due(settings_for, execute):
    settings = settings_for(training={"evaluate_every": 0.1})
    whole = execute(settings)
    part = execute(settings, stop_at=6)
    assert 6 in {step for step, values in whole.metrics if "validation_loss" in values}
    assert 6 not in {step for step, _ in part.metrics}
    assert part.metrics + execute(settings, earlier=part).metrics == whole.metrics


def test_a_small_held_out_part_is_told(settings_for, plugins):
    run = Run(settings_for(), announce=lambda event: None)
    assert any("few held-out tokens" in note for note in run.notes)


def test_a_listener_of_the_program_that_fails_at_the_start_ends_the_run_with_its_own_error(
    settings_for,
):
    """The run is announced as failed, and an error of that does not hide the first."""
    heard = []

    def announce(event):
        heard.append(event)
        raise CorpusError("no room" if len(heard) == 1 else "no room either")

    with pytest.raises(CorpusError, match=r"no room$"):
        Run(settings_for(), announce=announce).execute()
    assert [type(event).__name__ for event in heard] == ["RunStarted", "RunFinished"]
    assert heard[-1].status == "failed"
