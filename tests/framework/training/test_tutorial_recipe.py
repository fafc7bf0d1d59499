"""The recipe `tutorial` does the tutorial's arithmetic: step by step what one plain script does."""

import pytest
import torch
from torch import nn

from textgen.components import Kind
from textgen.pipeline import build_model
from textgen.settings import resolve

WINDOW, BATCH, EPOCHS = 100, 128, 3
SIZE = 32  # units, for speed, where the recipe has 256
PASSAGE = (
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having "
    "nothing to do: once or twice she had peeped into the book her sister was reading, but it had "
    "no pictures or conversations in it, 'and what is the use of a book,' thought Alice 'without "
    "pictures or conversation?' "
)
TEXT = (PASSAGE * 2)[: WINDOW + 3 * BATCH + 20]  # the last batch of an epoch is a short one


class Tutorial(nn.Module):
    """A number per character; LSTM layers; the last step's output to the vocabulary."""

    def __init__(self, vocab_size, hidden_size, layers):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, layers, batch_first=True)
        self.linear = nn.Linear(hidden_size, vocab_size)

    def forward(self, windows):
        outputs, _ = self.lstm(windows)
        return self.linear(outputs[:, -1])


def begin_alike(model, other):
    """Give ``model`` the weights of ``other``, which has the same in the same order."""
    with torch.no_grad():
        for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
            assert mine.shape == theirs.shape
            mine.copy_(theirs)


def windows_of(text):
    """Return all windows ``[N, T, 1]``, what follows each ``[N]``, and the vocabulary's size."""
    raw = text.lower()
    alphabet = sorted(set(raw))
    ids = torch.tensor([alphabet.index(character) for character in raw])
    windows = torch.stack([ids[start : start + WINDOW] for start in range(len(raw) - WINDOW)])
    return windows[..., None] / len(alphabet), ids[WINDOW:], len(alphabet)


def plain_sums(model, windows, answers, orders):
    """Train an epoch in each order; return the sum of cross-entropies after each."""
    adam, loss = torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss(reduction="sum")
    sums = []
    for order in orders:
        for rows in order.split(BATCH):
            adam.zero_grad()
            loss(model(windows[rows]), answers[rows]).backward()
            adam.step()
        with torch.no_grad():
            sums.append(loss(model(windows), answers).item())
    return sums


@pytest.fixture
def tutorial_settings(plugins, text_file):
    """Makes the recipe's settings for a tiny model without dropout on a tiny text."""
    text_file.write_text(TEXT)

    def make(layers):
        changes = {
            "source": f"file:{text_file}",
            "model": {"num_layers": layers, "hidden_size": SIZE, "dropout": 0.0},
            "training": {"epochs": EPOCHS},
            "sample": {"length": 1},
            "device": "cpu",
        }
        recipes = [plugins.recipe(name).settings for name in ("default", "tutorial")]
        return resolve(plugins, [*recipes, changes])

    return make


@pytest.fixture
def orders(places_read):
    """Returns the windows of each epoch by where they begin, in the order of a run."""

    def of(settings):
        begins = torch.cat([places[:, 0] for places in places_read(settings, len(TEXT))])
        return begins.chunk(EPOCHS)

    return of


@pytest.mark.parametrize("layers", [1, 2])
def test_every_epoch_ends_at_the_sum_of_the_plain_script(
    tutorial_settings, execute, orders, layers
):
    """The cross-entropies of all windows, from the same weights and in the same order."""
    settings = tutorial_settings(layers)
    windows, answers, vocab_size = windows_of(TEXT)
    plain = Tutorial(vocab_size, SIZE, layers)
    begin_alike(plain, build_model(settings, vocab_size, torch.device("cpu")))
    expected = plain_sums(plain, windows, answers, orders(settings))
    figures = [values.get("sum_cross_entropy") for _, values in execute(settings).metrics]
    sums = [figure for figure in figures if figure is not None]
    assert sums == pytest.approx(expected, rel=1e-5)


def test_an_epoch_reads_every_window_once(tutorial_settings, orders):
    for order in orders(tutorial_settings(1)):
        assert sorted(order.tolist()) == list(range(len(TEXT) - WINDOW))


def test_what_the_tiny_run_does_not_show_is_as_the_tutorial_has_it(plugins):
    settings = resolve(plugins, [plugins.recipe(name).settings for name in ("default", "tutorial")])
    model, sampler = settings.parts[Kind.MODEL].options, settings.parts[Kind.SAMPLER].options
    assert (model.hidden_size, model.dropout) == (256, 0.2)
    assert (settings.training.weight_decay, settings.training.clip) == (0, 0)
    assert settings.parts[Kind.SAMPLER].use == "sliding-window"
    assert (sampler.window, sampler.temperature) == (WINDOW, 0)
