"""Ctrl-C while byte-pair encoding is learned."""

import signal
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
