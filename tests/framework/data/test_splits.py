"""Splits: parts at the end, of whole documents where asked, nothing lost."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from textgen.data.splits import split_corpus
from textgen.errors import CorpusError

fractions = st.floats(0, 0.45)


@given(size=st.integers(1, 500), held_out=fractions, test=fractions)
def test_parts_have_the_sizes_that_were_asked_for(size, held_out, test):
    assume(not held_out or size * held_out >= 1)
    assume(not test or size * test >= 1)
    split = split_corpus(
        size, np.zeros(1, np.int64), validation_fraction=held_out, test_fraction=test
    )
    assert 0 < split.validation <= split.test <= split.end == size
    assert split.end - split.test == int(size * test)
    assert split.test - split.validation == int(size * held_out)


@given(
    sizes=st.lists(st.integers(1, 60), min_size=3, max_size=30), held_out=fractions, test=fractions
)
def test_documents_stay_whole_and_every_part_that_is_asked_for_has_one(sizes, held_out, test):
    ends = np.cumsum(sizes)
    begins = ends - sizes
    split = split_corpus(
        int(ends[-1]),
        begins,
        validation_fraction=held_out,
        test_fraction=test,
        whole_documents=True,
    )
    borders = {0, *ends.tolist()}
    assert {split.validation, split.test} <= borders
    assert 0 < split.validation <= split.test <= split.end
    assert (split.validation < split.test) == (held_out > 0)
    assert (split.test < split.end) == (test > 0)


def test_the_nearest_border_is_taken():
    begins = np.array([0, 70, 88, 95])
    split = split_corpus(100, begins, validation_fraction=0.1, whole_documents=True)
    assert split == (88, 100, 100)


def test_too_few_documents_are_told():
    with pytest.raises(CorpusError, match=r"has only 2\..*a folder"):
        split_corpus(
            9,
            np.array([0, 4]),
            validation_fraction=0.1,
            test_fraction=0.1,
            whole_documents=True,
        )
