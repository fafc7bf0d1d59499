"""Batches: every token in its place, the same whenever asked for, nothing left out."""

import mmap
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from textgen.data.batches import StreamBatches, WindowBatches
from textgen.data.tokens import Tokens
from textgen.errors import CorpusError

sizes = st.integers(1, 12)


def read(batches, step):
    """Return a step's inputs, its targets, and whether it continues the one before."""
    starts, continues = batches.at(step)
    return *batches.gather(starts), continues


@given(tokens=st.integers(30, 400), batch=sizes, length=sizes, seed=st.integers(0, 9))
def test_streams_go_on_where_they_ended_and_targets_follow_inputs(tokens, batch, length, seed):
    text = torch.arange(tokens)
    batches = StreamBatches(text, batch_size=batch, length=length, seed=seed)
    before = None
    for step in range(2 * batches.steps_per_epoch):
        inputs, targets, continues = read(batches, step)
        assert inputs.shape == targets.shape == (batches.sequences, length)
        assert torch.equal(targets, inputs + 1)
        assert continues == (step % batches.steps_per_epoch > 0)
        if continues:
            assert torch.equal(inputs[:, 0], before + 1)
        before = inputs[:, -1]


@given(tokens=st.integers(30, 400), batch=sizes, length=sizes)
def test_an_epoch_of_streams_reads_no_token_twice_and_misses_few(tokens, batch, length):
    batches = StreamBatches(torch.arange(tokens), batch_size=batch, length=length, seed=0)
    steps = range(batches.steps_per_epoch)
    seen = torch.cat([read(batches, step)[0].flatten() for step in steps])
    assert len(seen.unique()) == len(seen)
    assert tokens - len(seen) <= length * (batches.sequences + 2)


@given(
    tokens=st.integers(20, 300), batch=sizes, length=st.integers(1, 15), stride=st.integers(1, 20)
)
def test_an_epoch_of_windows_reads_every_window_once(tokens, batch, length, stride):
    batches = WindowBatches(
        torch.arange(tokens), batch_size=batch, length=length, stride=stride, seed=3
    )
    starts = []
    for step in range(batches.steps_per_epoch):
        inputs, targets, continues = read(batches, step)
        assert torch.equal(targets, inputs + 1)
        assert not continues
        starts += inputs[:, 0].tolist()
    assert sorted(starts) == list(range(0, tokens - length, stride))


@pytest.mark.parametrize("kind", ["streams", "windows"])
def test_a_step_is_the_same_whenever_it_is_asked_for(kind):
    """This is what lets a resumed run go on without remembering more than a number."""
    text = torch.arange(500, dtype=torch.uint8)

    def make():
        if kind == "streams":
            return StreamBatches(text, batch_size=4, length=7, seed=5)
        return WindowBatches(text, batch_size=4, length=7, stride=3, seed=5)

    in_order, jumping = make(), make()
    expected = [read(in_order, step) for step in range(100)]
    for step in (99, 0, 41, 40, 98, 3):
        inputs, targets, continues = read(jumping, step)
        assert torch.equal(inputs, expected[step][0])
        assert torch.equal(targets, expected[step][1])
        assert continues == expected[step][2]


def test_epochs_differ_and_seeds_differ():
    text = torch.arange(1000)
    batches = WindowBatches(text, batch_size=16, length=5, stride=1, seed=1)
    other = WindowBatches(text, batch_size=16, length=5, stride=1, seed=2)
    first, _, _ = read(batches, 0)
    assert not torch.equal(first, read(batches, batches.steps_per_epoch)[0])
    assert not torch.equal(first, read(other, 0)[0])


def test_a_short_text_is_read_in_fewer_streams():
    batches = StreamBatches(torch.arange(60), batch_size=32, length=10, seed=0)
    assert batches.sequences == 5


@pytest.mark.parametrize("tokens", [0, 1, 10])
def test_a_text_shorter_than_a_window_says_both_lengths(tokens):
    text = torch.arange(tokens)
    with pytest.raises(CorpusError, match=rf"sequence_length=10 needs.* has {tokens}\."):
        WindowBatches(text, batch_size=2, length=10, stride=1, seed=0)
    with pytest.raises(CorpusError, match=rf" has {tokens}\. Use a longer one"):
        StreamBatches(text, batch_size=2, length=10, seed=0)


documents_of_a_text = st.lists(st.integers(1, 40), min_size=1, max_size=12)


@given(sizes=documents_of_a_text, length=st.integers(1, 12), stride=st.integers(1, 9), batch=sizes)
def test_windows_stay_within_documents_and_miss_none_that_fits(sizes, length, stride, batch):
    ends = np.cumsum(sizes)
    begins = ends - sizes
    fits = [
        start
        for begin, end in zip(begins, ends, strict=True)
        for start in range(begin, end - length, stride)
    ]
    text = torch.arange(int(ends[-1]))
    keywords = {"batch_size": batch, "length": length, "stride": stride, "seed": 1}
    if not fits:
        with pytest.raises(CorpusError, match=rf"longest document .* has {max(sizes)}\."):
            WindowBatches(text, **keywords, documents=begins)
        return
    batches = WindowBatches(text, **keywords, documents=begins)
    starts = [int(s) for step in range(batches.steps_per_epoch) for s in batches.at(step).starts]
    assert sorted(starts) == fits
    assert batches.unread_documents == sum(size <= length for size in sizes)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells memory in Linux' way")
def test_windows_of_a_mapped_file_leave_little_of_it_in_memory(tmp_path):
    def file_pages():
        (line,) = re.findall(r"RssFile:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(line) * 1024

    with (tmp_path / "ids").open("w+b") as file:
        file.truncate(1 << 29)
        mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    tokens = Tokens(np.frombuffer(mapping, np.uint8), np.zeros(1, np.int64), mapping)
    text = tokens.on(torch.device("cpu"))
    batches = WindowBatches(text, batch_size=64, length=10, stride=1, seed=0, let_go=tokens.let_go)
    before = file_pages()
    most = 0
    for step in range(100):
        batches.gather(batches.at(step).starts)
        most = max(most, file_pages() - before)
    assert 0 < most < 160 << 20
