"""A run that goes wrong late still writes, and leaves behind, its best weights."""

import pytest
import torch

from textgen.errors import TrainingError
from textgen.pipeline import assess, build_model, load_trained
from textgen.training.checkpoints import BEST, LAST, TOKENIZER, unpack

RUINED = {"epochs": 8, "warmup": 1.0, "learning_rate": 1.0, "evaluate_every": 0.5}


@pytest.fixture
def settings(settings_for):
    """A learning rate that rises to the end: the model learns at first and is ruined then."""
    return settings_for(training=RUINED, sampler={"use": "stateful", "temperature": 0.0})


@pytest.fixture
def ruined(settings, execute):
    return execute(settings)


def last_weights(heard):
    return unpack(heard.files[LAST])["stepper"]["model"]


def validation_losses(heard):
    return [values["validation_loss"] for _, values in heard.metrics if "validation_loss" in values]


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture
def likeliest(settings, text_file):
    """Returns what a plain loop writes with some weights, the likeliest character every time."""

    @torch.no_grad()
    def text(weights, prompt):
        alphabet = sorted(set(text_file.read_text()))
        model = build_model(settings, len(alphabet), torch.device("cpu")).eval()
        model.load_state_dict(weights)
        ids = [alphabet.index(character) for character in prompt]
        for _ in range(settings.sample.length):
            logits, _ = model(torch.tensor([ids]))
            ids.append(int(logits[0, -1].argmax()))
        return "".join(alphabet[number] for number in ids[len(prompt) :])

    return text


def test_the_run_is_best_before_its_end(ruined):
    """What the other tests here stand on."""
    losses = validation_losses(ruined)
    assert min(losses) < losses[0]
    assert losses[-1] > 1.2 * min(losses)
    assert not same(unpack(ruined.files[BEST]), last_weights(ruined))


def test_the_sample_is_written_with_the_best_weights(ruined, likeliest):
    prompt = ruined.sample.prompt
    assert ruined.sample.text == likeliest(unpack(ruined.files[BEST]), prompt)
    assert ruined.sample.text != likeliest(last_weights(ruined), prompt)


def test_also_when_they_are_of_an_earlier_session(settings, execute, ruined):
    stop = ruined.finished.step - 1
    assert stop > ruined.finished.summary["best_step"]
    rest = execute(settings, earlier=execute(settings, stop_at=stop))
    assert rest.sample == ruined.sample


def test_the_best_weights_are_what_a_run_leaves_behind(settings, ruined):
    trained = load_trained(settings, ruined.files.get, "cpu")
    assert same(trained.model.state_dict(), unpack(ruined.files[BEST]))
    assert not trained.model.training


def test_evaluating_a_run_finds_its_best_loss_again(settings, ruined):
    trained = load_trained(settings, ruined.files.get, "cpu")
    _, _, measured = assess(trained, whole=False)
    assert measured.loss == pytest.approx(min(validation_losses(ruined)), rel=1e-6)


def test_a_run_stopped_before_its_first_evaluation_leaves_its_last_weights(settings, execute):
    part = execute(settings, stop_at=2)
    assert BEST not in part.files
    trained = load_trained(settings, part.files.get, "cpu")
    assert same(trained.model.state_dict(), last_weights(part))


def test_a_run_without_weights_says_so(settings, ruined):
    tokenizer_alone = {TOKENIZER: ruined.files[TOKENIZER]}
    with pytest.raises(TrainingError, match="no weights"):
        load_trained(settings, tokenizer_alone.get, "cpu")
