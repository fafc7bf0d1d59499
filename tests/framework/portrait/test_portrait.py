"""A portrait says what is in the text, however the text is cut into chunks or looked at."""

import statistics
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textgen.corpus import DocumentStart, join_documents
from textgen.portrait.blocks import blocks_of
from textgen.portrait.portrait import portrait_of

LETTERS = "ab é\u0301\n\n\t \xa0\u200b日😀Ã©\ud800.'“"
texts = st.lists(
    st.text(alphabet=LETTERS, max_size=12) | st.sampled_from(["\n\n", "the same words " * 4]),
    max_size=12,
).map("".join)


@st.composite
def cut_in_two_ways(draw):
    """A text of several documents, and the same cut into other chunks."""
    documents = draw(st.lists(texts, min_size=1, max_size=4))

    def cut(document):
        places = sorted(draw(st.lists(st.integers(0, len(document)), max_size=4)))
        edges = [0, *places, len(document)]
        return [document[a:b] for a, b in pairwise(edges)]

    return [list(join_documents(map(cut, documents), "\n")) for _ in range(2)]


@settings(max_examples=40)
@given(cut_in_two_ways(), st.integers(1, 50))
def test_nothing_depends_on_how_the_text_is_cut_into_chunks(ways, size):
    one, other = (portrait_of(chunks, block=size).as_dict() for chunks in ways)
    assert one == other


@given(cut_in_two_ways(), st.integers(1, 50))
def test_blocks_hold_the_whole_text_and_every_beginning(ways, size):
    for chunks in ways:
        blocks = list(blocks_of(chunks, size))
        assert "".join(block.text for block in blocks) == "".join(chunks)
        assert all(0 < len(block.text) <= size for block in blocks)
        starts = sum(isinstance(chunk, DocumentStart) for chunk in chunks)
        assert sum(len(block.starts) for block in blocks) == starts


def plainly(text):
    """The same figures, found by reading the whole text at once."""
    lines = text.removesuffix("\n").split("\n") if text else []
    lengths = sorted(map(len, lines))
    filled = [line for line in lines if line.strip()]
    return {
        "characters": len(text),
        "utf8_bytes": len(text.encode(errors="surrogatepass")),
        "words": len(text.split()),
        "counts": Counter(text),
        "first_lines": {it: text.count("\n", 0, text.index(it)) + 1 for it in set(text)},
        "lines": {
            "count": len(lines),
            "shortest": min(lengths, default=0),
            "median": statistics.median_low(lengths) if lengths else 0,
            "longest": max(lengths, default=0),
            "longest_at": 1 + list(map(len, lines)).index(lengths[-1]) if lengths else 0,
            "blank": len(lines) - len(filled),
            "begin_with_tab": sum(line.startswith("\t") for line in filled),
            "begin_with_space": sum(line.startswith(" ") for line in filled),
            "wrapped_at": None,
            "lengths": [list(pair) for pair in sorted(Counter(lengths).items())],
        },
    }


@settings(max_examples=60)
@given(texts, st.integers(1, 50))
@example("", 1)
@example("no line ends here", 3)
@example("\n", 1)
def test_figures_are_those_of_the_whole_text(text, size):
    found = portrait_of([text], block=size).as_dict()
    found["counts"] = {it["character"]: it["count"] for it in found["alphabet"]}
    found["first_lines"] = {it["character"]: it["first_line"] for it in found["alphabet"]}
    expected = plainly(text)
    assert {name: found[name] for name in expected} == expected


def test_documents_are_measured_one_by_one():
    chunks = join_documents([["four"], ["a", "b"], ["", "seven77"]], "--")
    assert list(portrait_of(chunks).documents) == [(4, 1), (6, 1), (7, 1)]
    assert list(portrait_of(["one ", "text"]).documents) == [(8, 1)]


@pytest.mark.parametrize("size", [7, 100, 10_000])
def test_a_document_that_comes_again_is_found_whatever_separates_it(size):
    story = "Once upon a time.\n\nThe end."
    chunks = list(join_documents([[story], ["Another."], [story + "\n"], [story]], "\n\n"))
    found = portrait_of(chunks, block=size).repeats["documents"]
    assert (found.counted, found.repeated, found.sampled) == (4, 2, 1)
    assert [(it.begins, it.count) for it in found.most] == [("Once upon a time. The end.", 3)]


def test_lines_broken_as_on_a_page_are_told_from_others():
    running = "so they began running when they liked and left off when they liked "
    page = "\n".join((running[n % 13 :] + running)[: 58 + n % 9] for n in range(99))
    assert portrait_of([page]).lines.wrapped_at in range(60, 70)
    assert portrait_of([page.replace("\n", "\n\n")]).lines.wrapped_at is None
    assert portrait_of([page.replace("\n", " ")]).lines.wrapped_at is None
    verse = "\n".join("x" * (20 + 7 * n % 40) for n in range(99))
    assert portrait_of([verse]).lines.wrapped_at is None


@pytest.mark.parametrize(
    ("text", "replaced"),
    [("cafe\u0301", 2), ("\u212bngstrom", 1), ("café", 0), ("plain", 0), ("日本語\u3099", 0)],
)
def test_characters_that_the_normal_form_would_replace_are_counted(text, replaced):
    found = portrait_of([f"{text} and\n" * 3]).alphabet
    assert (found.is_nfc, found.replaced_by_nfc) == (not replaced, 3 * replaced)


def test_slices_show_where_a_text_changes():
    """Two thousand lines of prose, then a table of figures, in any number of slices."""
    prose, table = "the quick brown fox jumps over a dog\n" * 2000, "12 34 5.6\n" * 800
    found = portrait_of([prose, table]).as_dict()["slices"]
    digits, strange = found["digits"], found["difference"]
    border = round(len(digits) * len(prose) / len(prose + table))
    assert 100 < len(digits) <= 256
    assert max(digits[: border - 1]) == 0 < 0.5 < min(digits[border + 1 :])
    assert max(strange[: border - 1]) < min(strange[border + 1 :])
    assert found["line_length"][1] == pytest.approx(36, abs=2)
    assert found["line_length"][-2] == pytest.approx(9, abs=1)
