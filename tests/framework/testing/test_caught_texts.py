"""Wrong sources and tokenizers are caught by the names of the rules that they break."""

import inspect
import itertools
import unicodedata
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from textgen import Corpus, Cut, LocatorError, SourceError, TokenizerError, corpus_from_text
from textgen.testing import check


class Letters:
    """A tokenizer that keeps the contract; each of the others does one thing otherwise."""

    def __init__(self, options):
        self.letters = []

    @property
    def vocab_size(self):
        return len(self.letters)

    def learn(self, chunks):
        self.letters = sorted(set("".join(chunks)))

    def encode(self, text):
        try:
            return np.array([self.letters.index(letter) for letter in text], dtype=np.int64)
        except ValueError as error:
            raise TokenizerError("unknown letter") from error

    def decode(self, ids):
        return "".join(self.letters[number] for number in ids)

    def state(self):
        return {"letters": self.letters}

    def load_state(self, state):
        self.letters = state["letters"]


class LosesZeros(Letters):
    def decode(self, ids):
        return super().decode(ids).replace("0", "")


class IgnoresWhatIsUnknown(Letters):
    def encode(self, text):
        return super().encode("".join(letter for letter in text if letter in self.letters))


class FailsAtWhatIsUnknown(Letters):
    def encode(self, text):
        return np.array([self.letters.index(letter) for letter in text], dtype=np.int64)


class CountsFromOne(Letters):
    def encode(self, text):
        return super().encode(text) + 1

    def decode(self, ids):
        return super().decode(np.asarray(ids) - 1)


class Floats(Letters):
    def encode(self, text):
        return super().encode(text).astype(float)

    def decode(self, ids):
        return super().decode(np.asarray(ids).astype(int))


class StateOfASet(Letters):
    def state(self):
        return {"letters": set(self.letters)}


class StateByNumber(Letters):
    """Its state has numbers as keys, which JSON makes text of."""

    def state(self):
        return {"letters": dict(enumerate(self.letters))}

    def decode(self, ids):
        return "".join(self.letters[int(number)] for number in ids)


class LosesTheLastLetter(Letters):
    def load_state(self, state):
        self.letters = state["letters"][:-1]


class LearnsOneChunk(Letters):
    def learn(self, chunks):
        super().learn(list(chunks)[:1])


class PutsASpaceInFront(Letters):
    """So that the first word is written like the others; a text that goes on gets it too."""

    def learn(self, chunks):
        super().learn([" ", *chunks])

    def encode(self, text):
        return super().encode(f" {text}")

    def decode(self, ids):
        return super().decode(ids).removeprefix(" ")


class ShufflesItsLetters(Letters):
    shuffles = np.random.default_rng(1)

    def learn(self, chunks):
        super().learn(chunks)
        self.shuffles.shuffle(self.letters)


@pytest.mark.parametrize(
    ("tokenizer", "rules"),
    [
        (Letters, set()),
        (LosesZeros, {"round trip"}),
        (IgnoresWhatIsUnknown, {"unknown text"}),
        (FailsAtWhatIsUnknown, {"unknown text"}),
        (CountsFromOne, {"ids in range"}),
        (Floats, {"ids in range"}),
        (StateOfASet, {"state"}),
        (StateByNumber, {"state"}),
        (LosesTheLastLetter, {"state"}),
        (PutsASpaceInFront, {"piece by piece"}),
        (LearnsOneChunk, {"round trip", "piece by piece", "ids in range", "repeatable"}),
        (ShufflesItsLetters, {"repeatable"}),
    ],
)
def test_a_tokenizer_breaks_the_rules_that_its_fault_is_about(tokenizer, rules, broken_rules):
    assert set(broken_rules("tokenizer", tokenizer)) == rules


class Composes(Letters):
    """Brings text into Unicode's composed form."""

    def learn(self, chunks):
        super().learn([unicodedata.normalize("NFC", "".join(chunks))])

    def encode(self, text):
        return super().encode(unicodedata.normalize("NFC", text))


def test_it_is_told_what_a_tokenizer_does_to_which_text(broken_rules):
    assert broken_rules("tokenizer", LosesZeros) == {"round trip": "'0' comes back as ''"}
    told = broken_rules("tokenizer", Composes)["round trip"]
    assert told.startswith(r"in a text of 504 characters, 'e\u0301 \ufb01n")


@pytest.mark.parametrize("lost", ["!", "Z", "~", "é"])
def test_a_tokenizer_that_loses_one_letter_is_caught_whichever_it_is(broken_rules, lost):
    class Loses(Letters):
        def decode(self, ids):
            return super().decode(ids).replace(lost, "")

    assert set(broken_rules("tokenizer", Loses)) == {"round trip"}


def test_a_tokenizer_that_is_another_in_another_process_is_caught(
    tmp_path, monkeypatch, broken_rules
):
    """It is the same whenever it is asked in this process, where sets have one order."""
    letters = inspect.getsource(Letters)
    header = "import numpy as np\nfrom textgen import TokenizerError\n\n"
    fault = letters.replace("class Letters", "class Sets").replace("sorted(set", "list(set")
    (tmp_path / "textgen_sets.py").write_text(f"{header}{letters}\n\n{fault}")
    monkeypatch.syspath_prepend(tmp_path)
    assert set(broken_rules("tokenizer", "textgen_sets:Letters")) == set()
    assert set(broken_rules("tokenizer", "textgen_sets:Sets")) == {"same in every process"}


NESTED = """
from textgen import Options, option

class Nesting(Letters):
    class Settings(Options):
        unused: int = option(1, "nothing")

    def __init__(self, options: Settings):
        super().__init__(options)
"""


def test_options_may_be_nested_in_the_tokenizer(tmp_path, monkeypatch, subject_made_by):
    header = "import numpy as np\nfrom textgen import TokenizerError\n\n"
    (tmp_path / "textgen_nesting.py").write_text(f"{header}{inspect.getsource(Letters)}{NESTED}")
    monkeypatch.syspath_prepend(tmp_path)
    options = import_module("textgen_nesting").Nesting.Settings
    outcomes = check(subject_made_by("tokenizer", "textgen_nesting:Nesting", options))
    assert {item.state for item in outcomes} == {"kept"}


def open_text(locator, options):
    """A source that keeps the contract; each of the others does one thing otherwise."""
    if locator != "rhyme":
        raise LocatorError("odd: there is only odd:rhyme")
    text, cut = "one, two,\nbuckle my shoe", Cut("header", 6, "Title:")
    return corpus_from_text(text, locator="odd:rhyme", title="R", origin="here", cuts=(cut,))


def of_provenance(**changes):
    def factory(locator, options):
        corpus = open_text(locator, options)
        return replace(corpus, provenance=replace(corpus.provenance, **changes))

    return factory


def of_chunks(make):
    def factory(locator, options):
        return Corpus(make(), open_text(locator, options).provenance)

    return factory


def open_anything(locator, options):
    return replace(open_text("rhyme", options))


def open_with_errors_of_python(locator, options):
    return {"rhyme": open_text("rhyme", options)}[locator]


readings = itertools.count()


def open_changing(locator, options):
    return of_chunks(lambda: [f"reading {next(readings)}"])(locator, options)


CHUNKS = ["one, two,\n", "buckle my shoe"]


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        (open_text, set()),
        (of_chunks(lambda: CHUNKS), set()),
        (of_chunks(lambda: iter(CHUNKS)), {"opens"}),
        (of_chunks(lambda: [b"one"]), {"opens"}),
        (of_chunks(lambda: []), {"opens"}),
        (open_changing, {"deterministic", "provenance"}),
        (of_provenance(title=""), {"provenance"}),
        (of_provenance(sha256_text="0" * 64), {"provenance"}),
        (of_provenance(locator="https://example.org"), {"provenance"}),
        (of_provenance(cuts=(Cut("header", 3, "Title:"),)), {"provenance"}),
        (of_provenance(notes=({1, 2},)), {"provenance"}),
        (open_anything, {"bad locators refused"}),
        (open_with_errors_of_python, {"bad locators refused"}),
    ],
)
def test_a_source_breaks_the_rules_that_its_fault_is_about(source, rules, broken_rules):
    assert set(broken_rules("source", source, locator="rhyme")) == rules


def test_a_source_whose_alias_names_nothing_is_caught(broken_rules):
    told = "it refuses its locator 'ryhme' (odd: there is only odd:rhyme)"
    assert broken_rules("source", open_text, aliases={"ryhme": "a rhyme"}) == {"opens": told}


def refuse(locator, options):
    raise SourceError("no network")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (refuse, "the text cannot be had here and now (no network)"),
        (open_text, "it needs a locator, and none is given (odd: there is only odd:rhyme)"),
    ],
)
def test_a_text_that_cannot_be_had_is_no_fault_of_the_source(source, reason, subject_made_by):
    opens, deterministic, provenance, refused, _ = check(subject_made_by("source", source))
    assert (opens.state, opens.message) == ("not applicable", reason)
    assert (
        deterministic.message
        == provenance.message
        == ("there is no text to try it on: see 'opens'")
    )
    assert refused.state == "kept"
