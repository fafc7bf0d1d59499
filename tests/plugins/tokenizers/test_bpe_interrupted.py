"""Ctrl-C while byte-pair encoding is learned."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from textgen_plugins.tokenizers.options import BPEOptions

pytest.importorskip("tokenizers")


def test_an_interruption_ends_learning_at_once_and_not_after_the_whole_corpus():
    from textgen_plugins.tokenizers.bpe import BPETokenizer

    read = []

    def chunks():
        for number in range(1_000):
            read.append(number)
            if number == 3:
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            yield "some words and more of them " * 1000

    with pytest.raises(KeyboardInterrupt):
        BPETokenizer(BPEOptions()).learn(chunks())
    assert len(read) < 1_000


def test_an_error_of_the_source_comes_through():
    from textgen_plugins.tokenizers.bpe import BPETokenizer

    def chunks():
        yield "some words"
        raise LookupError("the text is gone")

    with pytest.raises(LookupError, match="the text is gone"):
        BPETokenizer(BPEOptions()).learn(chunks())


def test_the_text_is_read_in_the_thread_that_calls_as_databases_must_be():
    from textgen_plugins.tokenizers.bpe import BPETokenizer

    readers = set()

    def chunks():
        for _ in range(20):
            readers.add(threading.current_thread())
            yield "some words and more of them " * 1000

    BPETokenizer(BPEOptions()).learn(chunks())
    assert readers == {threading.current_thread()}


_INTERRUPTED = """
import signal, threading, time
from textgen_plugins.tokenizers.bpe import BPETokenizer
from textgen_plugins.tokenizers.options import BPEOptions

def chunks():
    for number in range(10_000):
        if number == 3:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            for _ in range(1000):
                time.sleep(0.001)
        yield "some words and more of them " * 1000

BPETokenizer(BPEOptions()).learn(chunks())
"""


@pytest.mark.skipif(os.name == "nt", reason="has no such signals")
def test_a_process_that_is_interrupted_ends_by_that_and_not_by_a_crash():
    ended = subprocess.run([sys.executable, "-c", _INTERRUPTED], capture_output=True, check=False)
    assert ended.returncode == -signal.SIGINT, ended.stderr
