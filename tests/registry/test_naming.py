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


@pytest.mark.parametrize("again", ["same", " same\t"])
def test_a_name_that_is_taken_is_refused_naming_its_run_and_free_once_that_is_deleted(
    registry, make_run, again
):
    first = make_run("same")
    with pytest.raises(UsageError, match=f"taken by run {first.id} of 20") as refusal:
        make_run(again)
    assert f"textgen runs delete {first.id}" in str(refusal.value)
    assert registry.runs() == [first.row()]
    registry.delete_run(first.id)
    assert make_run(again).name == "same"


def test_blanks_around_a_name_are_left_out(registry, make_run):
    assert make_run("  my run\n").name == "my run"
    assert registry.find("my run").name == "my run"


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
        ("-x", "like an option"),
        (" latest ", "newest run"),
        ("1k0z76b04hdz36h3", "run's id"),
        ("1K0Z76B04HDZ36H3", "run's id"),
    ],
)
def test_a_name_that_would_do_harm_is_refused_before_anything_is_made(
    registry, make_run, name, rule
):
    with pytest.raises(UsageError, match=rule) as refusal:
        make_run(name)
    assert str(refusal.value).isprintable()
    assert not registry.location.path.exists()


@pytest.mark.parametrize("tag", ["", "a\nb", "t" * 81])
def test_a_tag_that_would_do_harm_is_refused_before_anything_is_made(registry, make_run, tag):
    with pytest.raises(UsageError, match="tag"):
        make_run(tags=["good", tag])
    assert not registry.location.path.exists()


@pytest.mark.parametrize("name", ["a" * 80, "'; drop table run; --", "Grüße %_", "Latest"])
def test_odd_but_harmless_names_are_kept_and_found(registry, make_run, name):
    run = make_run(name)
    assert registry.find(name) == run
