"""The language runs are chosen by: from text to a tree and back, or an error that points."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen.errors import UsageError
from textgen_registry import parse_where
from textgen_registry.query.language import (
    DEEPEST,
    MOST_COMPARISONS,
    And,
    Comparison,
    Not,
    Or,
    Value,
)
from textgen_registry.query.words import MOST_CHARACTERS

BARE = "abcXYZ019._-+:/@*%ä"
KEYWORDS = {"and", "or", "not"}


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def shown(value):
    return quoted(value.text) if value.quoted else value.text


def rendered(tree):
    """Return a text that means a tree."""
    match tree:
        case Comparison(name, operator, value):
            return f"{quoted(name)} {operator} {shown(value)}"
        case Not(part):
            return f"not {_within(part, Not)}"
        case And(parts):
            return " AND ".join(_within(part, And) for part in parts)
        case Or(parts):
            return " or ".join(_within(part, Or) for part in parts)


def _within(part, outer):
    needs = {Not: (And, Or), And: (And, Or), Or: (Or,)}[outer]
    return f"({rendered(part)})" if isinstance(part, needs) else rendered(part)


texts = st.text(st.characters(exclude_characters="\0"), max_size=12)
bare = st.text(BARE, min_size=1, max_size=8).filter(lambda text: text.lower() not in KEYWORDS)
values = st.builds(Value, texts, st.just(True)) | st.builds(Value, bare, st.just(False))
operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "~"])
comparisons = st.builds(Comparison, texts, operators, values)
trees = st.recursive(
    comparisons,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, min_size=2, max_size=4).map(tuple))
        | st.builds(Or, st.lists(inner, min_size=2, max_size=4).map(tuple))
    ),
    max_leaves=12,
)


@given(trees)
def test_what_a_tree_says_is_read_as_that_tree(tree):
    assert parse_where(rendered(tree)) == tree


@given(st.text() | st.text("()'\"=<>!~ andortg:1.-", max_size=40))
def test_any_text_is_an_expression_or_is_refused(text):
    with suppress(UsageError):
        parse_where(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a = 1 or b = 2 and c = 3", "a = 1 or (b = 2 and c = 3)"),
        ("not a = 1 and b = 2", "(not a = 1) and b = 2"),
        ("NOT a=1 And b=2", "not a = 1 and b = 2"),
        ("tag:alice", "tags = 'alice'"),
        ("tag:'two words'", 'tags = "two words"'),
        ("((a<-1e-3))", "a < -1e-3"),
        ("source=gutenberg:alice", "source = gutenberg:alice"),
        ("a = 'it''s'", 'a = "it\'s"'),
        ('a = "say ""no"""', "a = 'say \"no\"'"),
    ],
)
def test_ways_to_say_the_same(text, same):
    assert parse_where(text) == parse_where(same)


def test_quotes_make_text_of_what_would_be_a_number():
    assert parse_where("a = '3'") != parse_where("a = 3")


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("", 0, "a name"),
        ("model", 5, "= != <"),
        ("model = ", 8, "a value"),
        ("model = gru or", 14, "a name"),
        ("model = gru and or", 16, "a name"),
        ("model = gru tag:x", 12, "'and', 'or' or the end"),
        ("(model = gru", 12, "'and', 'or' or ')'"),
        ("model = gru)", 11, "'and', 'or' or the end"),
        ("model == gru", 7, "a value"),
        ("model ! gru", 6, "!="),
        ("model = 'gru", 8, "never closed"),
        ("model = and", 8, "a value"),
        ("tag: ", 5, "a tag"),
        ("model = gru\0", 11, "NUL"),
    ],
)
def test_an_error_points_at_the_place_and_says_what_was_expected(text, place, expected):
    what, line, caret = _lines_of_error(text)
    assert expected in what
    assert line == "  " + text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert caret == " " * (2 + place) + "^"


def _lines_of_error(text):
    with pytest.raises(UsageError) as caught:
        parse_where(text)
    return str(caught.value).split("\n")


def test_the_caret_stands_below_its_place_after_wide_letters_and_escape_codes():
    _, line, caret = _lines_of_error("name = 詩\x1b[31m\n ! x")
    assert line.isprintable()
    assert line.index("!") + len("詩") == caret.index("^")


def test_of_a_long_expression_the_neighbourhood_is_shown():
    _, line, caret = _lines_of_error("a = 1 and " * 100 + "! x and " + "a = 1 and " * 100)
    assert len(line) < 100
    assert line[caret.index("^")] == "!"
    assert line.count("…") == 2


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "x" * 1_000_000,
        "(" * 9_000 + "a = 1" + ")" * 900,
        "(" * (DEEPEST + 1) + "a = 1" + ")" * (DEEPEST + 1),
        "not " * (DEEPEST + 1) + "a = 1",
        " or ".join(["a = 1"] * (MOST_COMPARISONS + 1)),
    ],
    ids=["a megabyte", "9,000 brackets", "one bracket too many", "one not too many", "comparisons"],
)
def test_what_is_too_long_or_too_deep_is_refused(text):
    what, *_ = _lines_of_error(text)
    assert "at most" in what
    assert len(what) < 200


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "x" * (MOST_CHARACTERS - 4),
        "(" * DEEPEST + "a = 1" + ")" * DEEPEST,
        "not " * DEEPEST + "a = 1",
        " or ".join(["a = 1"] * MOST_COMPARISONS),
        " or ".join(["(not (a = 1))"] * MOST_COMPARISONS),
    ],
    ids=["characters", "brackets", "not", "comparisons", "brackets side by side"],
)
def test_what_just_fits_is_read(text):
    parse_where(text)
