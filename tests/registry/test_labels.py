"""Tags, notes and names of runs: changed by anybody at any time, and written down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from textgen.errors import RunNotFoundError, UsageError
from textgen_registry import Registry, add_note, change_tags, notes, rename_run
from textgen_registry.database.schema import event


@pytest.fixture
def elsewhere(registry):
    """The same registry as another process sees it: it holds no run."""
    return Registry(registry.location.path)


@pytest.fixture
def told(registry):
    """Return what the log tells of a run besides its creation: kinds and details."""

    def read(run_id):
        chosen = select(event.c.kind, event.c.detail).where(event.c.run_id == run_id)
        ordered = chosen.order_by(event.c.created)
        return registry.database.read(lambda c: [tuple(row) for row in c.execute(ordered)])[1:]

    return read


def test_tags_come_and_go_while_the_run_is_trained_elsewhere(registry, elsewhere, make_run, told):
    run = make_run("alice", tags=["draft", "b"])
    now = change_tags(elsewhere, run.id, add=["a", "b"], remove=["draft", "never"])
    assert now == ("a", "b") == registry.find("alice").tags
    assert told(run.id) == [("tagged", {"added": ["a"], "removed": ["draft"]})]


def test_tags_that_change_nothing_are_not_logged(registry, make_run, told):
    run = make_run(tags=["a"])
    assert change_tags(registry, run.id, add=["a"], remove=["b"]) == ("a",)
    assert told(run.id) == []


@pytest.mark.parametrize("tag", ["", "two\nlines", "\x1b[31m", "x" * 10_000])
def test_a_tag_that_would_garble_a_listing_is_refused_and_none_is_changed(registry, make_run, tag):
    run = make_run(tags=["old"])
    with pytest.raises(UsageError, match="tag"):
        change_tags(registry, run.id, add=["new", tag], remove=["old"])
    assert registry.find(run.id).tags == ("old",)


def test_notes_are_kept_in_order_with_author_and_time(registry, elsewhere, make_run, told):
    run = make_run()
    long = "line\n" * 5_000 + "\ttab"
    first = add_note(elsewhere, run.id, "  first \r\nsecond ")
    second = add_note(registry, run.id, long)
    assert notes(registry, run.id) == [first, second]
    assert (first.text, second.text) == ("first \nsecond", long)
    assert run.created < first.created < second.created
    assert "@" in first.author
    assert told(run.id) == [("noted", {"note": first.id}), ("noted", {"note": second.id})]


@pytest.mark.parametrize("text", ["", " \n\t ", "a\x1b[2Jb", "nul\0", "back\rwards"])
def test_a_note_that_is_blank_or_would_garble_a_terminal_is_refused(registry, make_run, text):
    run = make_run()
    with pytest.raises(UsageError, match="note"):
        add_note(registry, run.id, text)
    assert notes(registry, run.id) == []


def test_a_note_in_any_script_comes_back_as_it_was(registry, make_run):
    run = make_run()
    text = "نمی‌خواهم 👩‍👧 '; DROP TABLE note; --"
    add_note(registry, run.id, text)
    assert [note.text for note in notes(registry, run.id)] == [text]


def test_a_renamed_run_is_found_by_its_new_name_alone(registry, elsewhere, make_run, told):
    run = make_run("old")
    assert rename_run(elsewhere, run.id, "  new ") == "new"
    assert registry.find("new").id == run.id
    with pytest.raises(RunNotFoundError):
        registry.find("old")
    assert told(run.id) == [("renamed", {"from": "old", "to": "new"})]
    make_run("old")


def test_a_name_is_refused_where_it_is_taken_or_not_allowed(registry, make_run, told):
    run, other = make_run("alice"), make_run("emma")
    for name, why in [("emma", other.id), ("latest", "newest"), ("a\nb", "line"), (run.id, "id")]:
        with pytest.raises(UsageError, match=why):
            rename_run(registry, run.id, name)
    assert rename_run(registry, run.id, "alice") == "alice"
    assert registry.find(run.id).name == "alice"
    assert told(run.id) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda registry, run_id: change_tags(registry, run_id, add=["a"]),
        lambda registry, run_id: add_note(registry, run_id, "text"),
        lambda registry, run_id: rename_run(registry, run_id, "name"),
    ],
)
def test_a_run_that_is_not_there_or_in_the_trash_is_not_changed(registry, make_run, change):
    with pytest.raises(RunNotFoundError, match="holds none yet"):
        change(registry, "nobody")
    assert not registry.location.path.exists()
    run = make_run("gone")
    registry.delete_run(run.id)
    with pytest.raises(RunNotFoundError, match=f"in the trash.*textgen runs restore {run.id}"):
        change(registry, run.id)
    assert (registry.find(run.id).name, registry.find(run.id).tags) == ("gone", ())
    assert notes(registry, run.id) == []


def test_notes_of_a_run_that_is_not_there_are_an_error(registry):
    with pytest.raises(RunNotFoundError):
        notes(registry, "nobody")
