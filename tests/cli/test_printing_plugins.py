"""Plugins that print wherever they can: a document stays one document, and a text is as it is."""

import sys
from types import SimpleNamespace

import pytest

from textgen.cli.aside import each_aside

HOOKS = """
from textgen import Component, hookimpl

@hookimpl
def textgen_sources():
    yield Component("loud-text", "a text", "loud_parts:open_text", aliases={"rhyme": "a rhyme"})

@hookimpl
def textgen_tokenizers():
    yield Component("loud-letters", "letters", "loud_parts:Letters")

@hookimpl
def textgen_models():
    yield Component("loud-net", "a table", "loud_parts:Net")

@hookimpl
def textgen_samplers():
    yield Component("loud-first", "always the first letter", "loud_parts:First")
"""
PARTS = """
import numpy, torch
from textgen import Corpus, corpus_from_text

print("noise of the module")

def open_text(locator, options):
    print("noise of a factory")
    text = "one, two, buckle my shoe; " * 30
    whole = corpus_from_text(
        text, received=text.encode(), locator="loud-text:rhyme", title="", origin=""
    )
    return Corpus(Chunks(text), whole.provenance)

class Chunks:
    def __init__(self, text):
        self.text = text
    def __iter__(self):
        for start in range(0, len(self.text), 100):
            print("noise of a chunk")
            yield self.text[start : start + 100]

class Letters:
    def __init__(self, options):
        self.letters = []
    @property
    def vocab_size(self):
        return len(self.letters)
    def learn(self, chunks):
        print("noise of learning")
        self.letters = sorted(set("".join(chunks)))
    def encode(self, text):
        print("noise of encoding")
        return numpy.array([self.letters.index(letter) for letter in text], dtype=int)
    def decode(self, ids):
        print("noise of decoding")
        return "".join(self.letters[i] for i in ids)
    def state(self):
        return {"letters": self.letters}
    def load_state(self, state):
        print("noise of loading")
        self.letters = state["letters"]

class Net(torch.nn.Module):
    def __init__(self, vocab_size, options):
        print("noise of a factory")
        super().__init__()
        self.table = torch.nn.Embedding(vocab_size, vocab_size)
    def forward(self, tokens, state=None):
        print("noise of forward")
        return self.table(tokens), None

class First:
    def __init__(self, options):
        print("noise of a factory")
    def generate(self, decoder, prompt, *, seed):
        while True:
            print("noise of a step")
            yield torch.zeros(len(prompt), 1, dtype=torch.int64)
"""
PARTS_OF = ["--source", "loud-text:rhyme", "--tokenizer", "loud-letters", "--model", "loud-net"]
NAMES = ["loud-text", "loud-letters", "loud-net", "loud-first"]


@pytest.fixture
def loud(textgen, put_package, tmp_path, monkeypatch):
    """Runs a command where that plugin is installed and not yet imported."""
    site = tmp_path / "lib" / "python3" / "site-packages"
    site.mkdir(parents=True)
    put_package(SimpleNamespace(folder=tmp_path), "textgen-loud", HOOKS)
    (site / "loud_parts.py").write_text(PARTS)
    monkeypatch.syspath_prepend(site)

    def run(*words):
        for name in ["textgen_loud", "loud_parts"]:
            sys.modules.pop(name, None)
        return textgen(*words)

    yield run
    for name in ["textgen_loud", "loud_parts"]:
        sys.modules.pop(name, None)


@pytest.fixture
def run_words():
    sizes = ["training.batch_size=4", "training.sequence_length=10"]
    settings = [word for size in sizes for word in ("--set", size)]
    sampler = ["--sampler", "loud-first", "--length", 20, "--device", "cpu"]
    return ["run", *PARTS_OF, *settings, *sampler]


def quiet_document(done):
    """Return the document of a command during which plugins have printed, but not on stdout."""
    assert done.code == 0, done
    assert "noise of the module" in done.err
    assert "noise of a factory" in done.err
    return done.json


def test_a_run_and_what_is_done_with_it_are_documents(loud, run_words):
    begun = quiet_document(loud(*run_words, "--epochs", 3, "--max-seconds", "0.001", "--json"))
    assert begun["status"] == "finished"
    assert quiet_document(loud("resume", "latest", "--json"))["id"] == begun["id"]
    (text,) = quiet_document(loud("generate", "latest", "--length", 5, "--json"))["texts"]
    assert len(text) == 5
    assert quiet_document(loud("evaluate", "latest", "--json"))["tokens"] > 0
    planned = quiet_document(loud(*run_words, "--dry-run", "--json"))
    assert planned["plan"]["steps"] > 0


def test_generated_text_is_printed_without_what_plugins_say_meanwhile(loud, run_words):
    sample = loud(*run_words, "--epochs", 1, "--prompt", "one, ")
    assert sample.out == "one, " + " " * 20 + "\n"
    streamed = loud("generate", "latest", "--prompt", "two", "--length", 6)
    assert streamed.out == "two" + " " * 6 + "\n"
    assert "noise of a step" in streamed.err
    assert "noise of decoding" in streamed.err


def test_the_text_of_a_source_is_printed_alone(loud):
    done = loud("sources", "text", "loud-text:rhyme")
    assert done.out == "one, two, buckle my shoe; " * 30
    assert "noise of a chunk" in done.err


def test_what_a_source_is_like_is_one_document(loud):
    done = loud("sources", "show", "loud-text:rhyme", "--json")
    assert quiet_document(done)["words"] == 150
    assert "noise of a chunk" in done.err


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_one_document(loud, name):
    done = loud("plugins", "check", name, "--json")
    (part,) = done.json
    assert part["name"] == name
    assert "noise of " in done.err


def test_what_is_done_with_an_item_prints_at_once(capsys):
    def items():
        for number in (1, 2):
            print("made", number)
            yield number

    for number in each_aside(items()):
        print("used", number)
        assert capsys.readouterr() == (f"used {number}\n", f"made {number}\n")
