"""Repetitions in bounded memory, and figures that a model can be measured by."""

import math
import random

import pytest

from textgen.portrait.portrait import portrait_of
from textgen.portrait.repeats import SHORTEST, RepeatCounter
from textgen.portrait.yardsticks import MEASURED, conditional_entropies


def test_long_lines_and_paragraphs_that_come_again_are_counted():
    long, short = "a line that is long enough to be told apart", "a short one"
    text = f"{long}\n{short}\n\n{short}\n  {long}\n\n{long}\n{short}\n\n{short}"
    found = portrait_of([text]).repeats
    assert (found["lines"].counted, found["lines"].repeated) == (3, 2)
    assert [(it.begins, it.count) for it in found["lines"].most] == [(long, 3)]
    assert (found["paragraphs"].counted, found["paragraphs"].repeated) == (3, 1)


@pytest.mark.parametrize("end", ["\n", "\n\n"])
def test_a_line_or_paragraph_of_several_blocks_is_one(end):
    kind = "lines" if end == "\n" else "paragraphs"
    long, other = "the same words " * 20, "and others too " * 20
    text = end.join([long, other, long])
    for size in (50, 299, 300, 301, 10_000):
        found = portrait_of([text], block=size).repeats[kind]
        assert (found.counted, found.repeated) == (3, 1)
        assert [it.count for it in found.most] == [2]


def test_where_there_is_too_much_to_keep_the_repeated_part_is_estimated():
    """Twenty thousand distinct lines, every fourth of them twice, and room for five hundred."""
    counter = RepeatCounter(most_kept=500)
    lines = [f"line {number} ".ljust(SHORTEST, ".") for number in range(20_000)]
    told = [*lines, *lines[::4]]
    random.Random(7).shuffle(told)
    counter.add_long(told)
    found = counter.result()
    assert found.sampled >= 40
    assert found.counted == 25_000
    assert found.repeated == pytest.approx(5000, rel=0.3)


def test_entropies_are_those_of_the_text():
    assert list(conditional_entropies("ab" * 500)) == pytest.approx([1, 0, 0, 0], abs=0.01)
    assert list(conditional_entropies("a")) == [0, 0, 0, 0]
    dice = random.Random(1)
    noise = "".join(dice.choice("abcdefgh") for _ in range(200_000))
    assert list(conditional_entropies(noise)) == pytest.approx([3, 3, 3, 3], abs=0.05)


def test_what_a_compressor_takes_is_told_per_character():
    dice = random.Random(1)
    noise = "".join(dice.choice("абвгдежз") for _ in range(50_000))
    found = portrait_of([noise]).yardsticks
    assert set(found.compressed) == {"gzip", "xz"}
    assert all(3 <= bits < 5 for bits in found.compressed.values())


def test_only_the_beginning_is_measured_and_that_is_said():
    found = portrait_of(["a" * (MEASURED - 1), "b" * 1000, "c" * MEASURED]).yardsticks
    assert found.characters == MEASURED
    assert 0 < found.entropies[0] < 2 * math.log2(MEASURED) / MEASURED
