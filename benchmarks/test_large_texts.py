"""What a text far larger than a model needs costs: memory of a run, time to have its tokens.

Run by `make bench`. A run over two gigabytes takes at most 400 MB more than one over a megabyte;
tokens are made of 100 MB of text a second or more, and read from the cache in a fraction of that.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

from textgen.corpus import corpus_from_chunks
from textgen.data.token_cache import TokenCache
from textgen.data.tokens import Encoding, tokenize
from textgen_plugins.tokenizers.char import CharTokenizer
from textgen_plugins.tokenizers.options import CharOptions

MEGABYTE = 1_000_000
MOST_ABOVE = 400 * MEGABYTE
RUN = ["run", "--max-seconds", "60", "--device", "cpu"]


def megabyte():
    """Return a megabyte of lines of words that are drawn by chance."""
    chance = random.Random(0)
    letters = "etaoinshrdlu"
    words = ["".join(chance.choices(letters, k=chance.randint(1, 9))) for _ in range(5_000)]
    lines = "\n".join(" ".join(chance.choices(words, k=12)) for _ in range(MEGABYTE // 60))
    return lines.ljust(MEGABYTE, "\n")[:MEGABYTE]


def text_of(path, megabytes):
    """Write so many megabytes."""
    text = megabyte()
    with path.open("w") as file:
        for _ in range(megabytes):
            file.write(text)
    return path


def peak_memory(folder, text):
    """Return the most memory, in bytes, that a run over a text had at any time."""
    where = {"TEXTGEN_CACHE": folder / "cache", "TEXTGEN_REGISTRY": folder / "registry"}
    command = [sys.executable, "-m", "textgen", *RUN, "--source", f"file:{text}"]
    environment = os.environ | {name: str(path) for name, path in where.items()}
    told = folder / "told"
    with told.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, told.read_text()
    return used.ru_maxrss * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is told in Linux' unit")
def test_a_run_over_two_gigabytes(benchmark, tmp_path, capsys):
    small = peak_memory(tmp_path, text_of(tmp_path / "small.txt", 1))
    large_text = text_of(tmp_path / "large.txt", 2_000)
    large = benchmark.pedantic(peak_memory, args=(tmp_path, large_text), rounds=1)
    with capsys.disabled():
        print("\n| text | peak memory |\n|---|---|")
        print(f"| 1 MB | {small / MEGABYTE:.0f} MB |")
        print(f"| 2,000 MB | {large / MEGABYTE:.0f} MB |")
        print(f"| difference, at most 400 | {(large - small) / MEGABYTE:.0f} MB |")
    assert large - small <= MOST_ABOVE


class Repeated:
    """A text of many chunks that takes little memory."""

    def __init__(self, chunk, times):
        self.chunk, self.times = chunk, times

    def __iter__(self):
        for _ in range(self.times):
            yield self.chunk


@pytest.mark.benchmark(group="tokens of 200 MB: at most 2 s to make; then from the cache")
class TestTokens:
    @pytest.fixture
    def corpus(self):
        record = {"locator": "x:y", "title": "", "origin": "", "sha256_received": ""}
        return corpus_from_chunks(Repeated(megabyte(), 200), **record)

    @staticmethod
    def read(corpus, folder):
        return tokenize(
            corpus, Encoding(CharTokenizer(CharOptions()), True, {}), TokenCache(folder)
        )

    def test_learned_and_encoded(self, benchmark, corpus, tmp_path_factory):
        def anew():
            return (corpus, tmp_path_factory.mktemp("tokens")), {}

        benchmark.pedantic(self.read, setup=anew, rounds=5)

    def test_from_the_cache(self, benchmark, corpus, tmp_path):
        self.read(corpus, tmp_path)
        tokens = benchmark.pedantic(self.read, args=(corpus, tmp_path), rounds=5)
        assert len(tokens.ids) == 200 * MEGABYTE
