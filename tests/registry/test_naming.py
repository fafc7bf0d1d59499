"""Names a run may have, and the one it gets without."""

from __future__ import annotations

import pytest

from textgen.errors import UsageError


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("gutenberg:alice", "alice-lstm-stacked"),
        ("pydoc:topics", "topics-lstm-stacked"),
        ("file:/a/b/My Book.txt", "my-book-lstm-stacked"),
        ("file:books/*.txt", "file-lstm-stacked"),
        (r"file:C:\books\Moby.TXT", "moby-lstm-stacked"),
        ("file:-", "file-lstm-stacked"),
        ("file:books/", "books-lstm-stacked"),
        ("file:Война и мир.txt", "война-и-мир-lstm-stacked"),
        ("file:evil\n\x1b[31m.txt", "evil-31m-lstm-stacked"),
        ("pydoc", "pydoc-lstm-stacked"),
    ],
)
def test_a_run_without_a_name_is_called_after_its_source_and_model(make_run, source, name):
    assert make_run(source=source).name == name


def test_a_derived_name_that_is_taken_counts_up_from_two(make_run):
    make_run("alice-lstm-stacked-3")
    assert [make_run().name for _ in range(3)] == [
        "alice-lstm-stacked",
        "alice-lstm-stacked-2",
        "alice-lstm-stacked-4",
    ]


def test_a_derived_name_is_never_too_long(make_run):
    for _ in range(3):
        assert len(make_run(source=f"file:{'long ' * 100}").name) <= 80


def test_percent_and_underscore_in_a_source_are_letters_not_patterns(make_run):
    make_run("axb-lstm-stacked")
    assert make_run(source="file:a_b").name == "a_b-lstm-stacked"


def test_an_explicit_name_may_repeat(make_run):
    assert make_run("same").name == make_run("same").name == "same"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "blank"),
        ("   ", "blank"),
        ("a" * 81, "81 characters"),
        ("two\nlines", "control characters"),
        ("\x1b[31mred", "control characters"),
        ("right\u202eleft", "control characters"),
        ("not-utf8-\udcff", "control characters"),
        ("latest", "newest run"),
    ],
)
def test_a_name_that_would_do_harm_is_refused_before_anything_is_made(
    registry, make_run, name, rule
):
    with pytest.raises(UsageError, match=rule) as refusal:
        make_run(name)
    assert str(refusal.value).isprintable()
    assert not registry.path.exists()


@pytest.mark.parametrize("tag", ["", "a\nb", "t" * 81])
def test_a_tag_that_would_do_harm_is_refused_before_anything_is_made(registry, make_run, tag):
    with pytest.raises(UsageError, match="tag"):
        make_run(tags=["good", tag])
    assert not registry.path.exists()


@pytest.mark.parametrize("name", ["a" * 80, "'; drop table run; --", "Grüße %_", "Latest"])
def test_odd_but_harmless_names_are_kept_and_found(registry, make_run, name):
    run = make_run(name)
    assert registry.find(name) == run
