"""Garbled bytes are read by everything in short, and what may go wrong is noticed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import garbled
import pytest
from garbling import case
from reading import LONGEST_MESSAGE

from textgen import PluginError, SourceError

# from Python 3.12 on, forking where there are threads is warned of
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

PROGRAM, CASES = Path(garbled.__file__), 60


def test_every_source_and_tokenizer_gives_a_text_or_a_clear_error_on_garbled_bytes(tmp_path):
    words = ["--cases", str(CASES), "--seconds", "60", "--keep", tmp_path]
    command = [sys.executable, "-W", "error", PROGRAM, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stdout + done.stderr
    _, _, *rows = done.stdout.strip().splitlines()
    counts = {name.strip("| "): counts for name, *counts in (row.split(" | ") for row in rows)}
    assert {"file", "gutenberg", "tokenizer char"} <= set(counts)
    for text, refused, broken, _ in counts.values():
        assert int(text) > CASES / 20
        assert int(text) + int(refused) == CASES
        assert broken == "0"


def fails(error):
    def read():
        raise error

    return read


@pytest.mark.parametrize(
    ("read", "what"),
    [
        (lambda: 1 // 0, "ZeroDivisionError at test_garbled.py:"),
        (fails(RecursionError("deep")), "RecursionError"),
        (fails(SourceError("")), "says nothing"),
        (fails(SourceError("one\ntwo")), "in it"),
        (fails(SourceError("x" * (LONGEST_MESSAGE + 1))), "1001 characters"),
        (fails(PluginError("cannot be imported")), "cannot be imported"),
    ],
)
def test_what_is_neither_a_text_nor_a_clear_error_is_broken(read, what):
    outcome, told = garbled.outcome(read)
    assert outcome == "broken"
    assert what in told


def test_a_clear_error_is_none():
    assert garbled.outcome(fails(SourceError("x: is no text. Name another."))) == ("refused", "")


def test_a_reader_that_waits_and_one_that_dies_are_broken_and_the_next_case_is_read(monkeypatch):
    def readers(folder, data, chance):
        yield "first", lambda: "text"
        yield "second", lambda: {1: wait, 2: die}.get(len(seen), lambda: "text")()

    def wait():
        time.sleep(600)

    def die():
        os._exit(3)

    monkeypatch.setattr(garbled, "readers", readers)
    seen = []
    with garbled.Process(seed=0, seconds=1) as process:
        for number in (1, 2, 3):
            seen.append(number)
            *_, (reader, outcome, what, _) = process.read(number)
            expected = {1: "more than 1 seconds", 2: "died with 3", 3: ""}[number]
            assert (reader, outcome) == ("second", "broken" if expected else "text")
            assert expected in what


def test_a_case_is_the_same_whenever_it_is_made():
    assert case(3, 5)[:2] == case(3, 5)[:2] != case(3, 6)[:2]
