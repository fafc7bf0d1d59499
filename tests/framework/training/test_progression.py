"""Progression: the best of all evaluations, and patience by those alone that were due."""

from textgen.training.assessment import Measured
from textgen.training.progression import Progression


def after(*evaluations):
    progression = Progression()
    for step, (loss, was_due) in enumerate(evaluations, start=1):
        progression.take_in(step, Measured(loss, {"validation_loss": loss}), was_due=was_due)
    return progression


def test_an_evaluation_that_was_not_due_has_no_part_in_patience():
    """Even if it is the best, and the next one that was due is not better than it."""
    stopped = after((1.6, True), (1.50, False), (1.51, True))
    assert stopped.worse_since == after((1.6, True), (1.51, True)).worse_since == 0
    assert (stopped.best_loss, stopped.best_step) == (1.50, 2)


def test_patience_counts_evaluations_without_a_better_one():
    assert after((1.0, True), (1.1, True), (1.2, True)).worse_since == 2
    assert after((1.0, True), (1.1, True), (0.9, True)).worse_since == 0
    assert after((1.0, True), (1.1, False)).worse_since == 0
