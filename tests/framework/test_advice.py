"""What makes no sense together is refused, or told, before a run begins."""

import pytest

from textgen.advice import notes_on_window
from textgen.errors import CorpusError
from textgen.runs import Run


def test_a_text_of_one_character_is_refused(settings_for, text_file):
    text_file.write_text("a" * 500)
    with pytest.raises(CorpusError, match="nothing to predict"):
        Run(settings_for(), announce=lambda event: None)


@pytest.mark.parametrize(
    ("training", "carries_state", "told"),
    [
        ({}, True, False),
        ({"batching": "windows"}, True, True),
        ({}, False, True),
        ({"batching": "windows", "sequence_length": 30}, True, False),
    ],
)
def test_a_window_longer_than_any_text_in_training_is_told(
    settings_for, training, carries_state, told
):
    sampler = {"use": "sliding-window", "window": 30}
    settings = settings_for(sampler=sampler, training=training)
    notes = notes_on_window(settings, carries_state=carries_state)
    assert bool(notes) == told
    assert not notes_on_window(settings_for(training=training), carries_state=carries_state)
