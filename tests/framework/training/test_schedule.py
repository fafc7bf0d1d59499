"""The learning rate's course, and how often a run looks at itself."""

from itertools import pairwise

import pytest

from textgen.training.course import plan_course
from textgen.training.options import TrainingOptions
from textgen.training.schedule import learning_rate_at


def rates(steps=100, **options):
    made = TrainingOptions(learning_rate=1.0, **options)
    return [learning_rate_at(step, steps, made) for step in range(steps)]


def test_it_rises_in_the_warm_up_and_then_falls_to_the_floor():
    course = rates(warmup=0.1, final_learning_rate=0.1)
    assert course[:10] == pytest.approx([step / 10 for step in range(1, 11)])
    assert course[10:] == sorted(course[10:], reverse=True)
    assert course[-1] == pytest.approx(0.1, abs=0.01)


def test_linear_falls_evenly_and_constant_stays():
    falling = rates(schedule="linear", warmup=0, final_learning_rate=0)
    steps = [before - after for before, after in pairwise(falling)]
    assert steps == pytest.approx([0.01] * 99)
    assert set(rates(schedule="constant", warmup=0)) == {1.0}


class Twenty:
    """Batches of which an epoch has twenty."""

    steps_per_epoch = 20
    sequences = 4


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({"epochs": 3}, 60),
        ({"predictions": 1000, "sequence_length": 10}, 25),
        ({"predictions": 1}, 1),
    ],
)
def test_a_run_is_as_long_as_its_epochs_or_predictions_say(options, steps):
    assert plan_course(TrainingOptions(**options), Twenty(), 10).steps == steps


def test_evaluations_come_about_once_an_epoch_but_never_cost_much():
    options = TrainingOptions(epochs=15, sequence_length=10)
    assert plan_course(options, Twenty(), 40).evaluate_every == 20
    dear = plan_course(options, Twenty(), 40 * 100)
    assert dear.evaluate_every == 200
    asked = plan_course(TrainingOptions(epochs=15, evaluate_every=0.5), Twenty(), 40 * 100)
    assert asked.evaluate_every == 10
