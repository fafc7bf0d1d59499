"""Work on items that another thread reads: all arrive, and neither waits for the other in vain."""

import threading

import pytest

from textgen_plugins.tokenizers import interruptible
from textgen_plugins.tokenizers.interruptible import work_on


def test_all_items_arrive_in_order_and_are_read_in_the_thread_that_calls():
    readers, got = set(), []

    def items():
        for number in range(1000):
            readers.add(threading.current_thread())
            yield number

    work_on(items(), got.extend)
    assert (got, readers) == (list(range(1000)), {threading.current_thread()})


def test_no_more_is_read_ahead_than_a_few():
    ahead = []

    def items():
        for number in range(1000):
            ahead.append(number)
            yield number

    def work(taken):
        for number in taken:
            assert ahead[-1] - number < 10

    work_on(items(), work)


@pytest.mark.parametrize("taken_before", [0, 3, 1000])
def test_an_error_of_the_work_comes_through_and_ends_the_reading(taken_before):
    read = []

    def work(taken):
        for _ in range(taken_before):
            next(taken)
        raise LookupError("no room")

    with pytest.raises(LookupError, match="no room"):
        work_on((read.append(number) or number for number in range(10**6)), work)
    assert len(read) < taken_before + 10


@pytest.mark.parametrize("error", [LookupError, KeyboardInterrupt])
def test_an_error_of_the_reading_ends_the_work(error):
    got, before = [], threading.active_count()

    def items():
        yield 1
        raise error("the text is gone")

    with pytest.raises(error, match="the text is gone"):
        work_on(items(), got.extend)
    assert threading.active_count() == before


def test_work_that_does_not_end_soon_is_left_to_itself(monkeypatch):
    monkeypatch.setattr(interruptible, "_LONGEST_WAIT", 0.01)
    may_end, ended = threading.Event(), threading.Event()

    def items():
        yield 1
        raise KeyboardInterrupt

    def work(taken):
        list(taken)
        may_end.wait()
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        work_on(items(), work)
    assert not ended.is_set()
    may_end.set()
    assert ended.wait(10)
