"""Where an alias points, and what is written down of all that was done to a model."""

from __future__ import annotations

import math

import pytest

from textgen.errors import ModelNotFoundError, UsageError
from textgen_registry.runs.journal import author


def test_aliases_move_and_latest_is_the_highest_number(registry, models, three):
    assert models.alias("alice", "best", 1) is None
    assert registry.find("alice@best").step == 30
    assert models.alias("alice", "best", 2) == 1
    assert registry.find("alice@best").step == 10
    assert models.version("alice@latest").number == 3
    models.delete("alice", 3)
    assert models.version("alice@latest").number == 2
    assert models.versions("alice")[1].aliases == ("best",)


def test_an_alias_is_removed_and_no_number_or_latest_is(models, three):
    models.alias("alice", "best", 2)
    assert models.remove_alias("alice", "best").number == 2
    for word in ("best", "2", "latest"):
        with pytest.raises(ModelNotFoundError):
            models.remove_alias("alice", word)


def test_an_alias_is_moved_to_no_version_that_is_not_there(models, three):
    with pytest.raises(ModelNotFoundError, match="no version '9'"):
        models.alias("alice", "best", 9)
    with pytest.raises(ModelNotFoundError, match="did you mean 'alice'"):
        models.alias("alise", "best", 1)


def test_what_an_alias_stands_for_is_deleted_by_force_alone(models, three):
    models.alias("alice", "best", 2)
    for doomed in (2, None):
        with pytest.raises(UsageError, match=r"alice@best stands for .* --force"):
            models.delete("alice", doomed)
    assert [version.number for version in models.versions("alice")] == [1, 2, 3]
    models.delete("alice", 2, force=True)
    assert [told(event) for event in models.history("alice")[-2:]] == [
        ("demoted", "best", 2, None),
        ("deleted", None, 2, None),
    ]
    with pytest.raises(ModelNotFoundError):
        models.version("alice@best")


def told(event):
    return event.kind, event.alias, event.before, event.after


def test_a_model_tells_its_newest_and_its_best_version(models, three, trained):
    models.register(trained(bits=math.nan), "alice")
    models.register(trained(bits=None), "alice")
    models.alias("alice", "best", 2)
    (model,) = models.all()
    assert (model.best.number, model.newest.number) == (2, 5)
    assert model.aliases == {"best": 2}
    assert model.as_dict()["best"]["bits_per_char"] == 1.0


def test_the_history_tells_who_did_what_when_and_with_which_figures(models, three):
    models.alias("alice", "best", 1)
    models.alias("alice", "best", 2)
    models.alias("alice", "best", 2)  # changes nothing, so nothing is written down
    models.remove_alias("alice", "best")
    models.delete("alice", 3)
    events = models.history("alice")
    assert [told(event) for event in events] == [
        ("registered", None, None, 1),
        ("registered", None, 1, 2),
        ("registered", None, 2, 3),
        ("promoted", "best", None, 1),
        ("promoted", "best", 1, 2),
        ("demoted", "best", 2, None),
        ("deleted", None, 3, None),
    ]
    assert [event.bits_per_char for event in events] == [3.0, 1.0, 2.0, 3.0, 1.0, 1.0, 2.0]
    assert [event.best_loss for event in events[:2]] == [1.5, 0.5]
    assert events[0].run_id == three[0].run_id
    assert {event.author for event in events} == {author()}
    assert events == sorted(events, key=lambda event: event.created)


def test_the_history_outlives_the_model_and_nan_in_it(models, trained):
    models.register(trained(bits=math.nan), "alice")
    models.delete("alice")
    assert [event.kind for event in models.history("alice")] == ["registered", "deleted"]
    assert math.isnan(models.history("alice")[0].bits_per_char)


@pytest.fixture
def repeating(registry, monkeypatch):
    """From the call on, transactions are repeated, as when a server went away just after each."""
    write = registry.database.write

    def twice(work):
        write(work)
        return write(work)

    return lambda: monkeypatch.setattr(registry.database, "write", twice)


def test_what_is_repeated_after_a_lost_connection_is_done_once(models, three, trained, repeating):
    run = trained(bits=4.0)
    repeating()
    assert models.register(run, "alice").version.number == 4
    models.register(run, "alice", again=True)
    models.alias("alice", "best", 5)
    models.remove_alias("alice", "best")
    models.delete("alice", 5)
    assert [version.number for version in models.versions("alice")] == [1, 2, 3, 4]
    assert [told(event) for event in models.history("alice")[3:]] == [
        ("registered", None, 3, 4),
        ("registered", None, 4, 5),
        ("promoted", "best", None, 5),
        ("demoted", "best", 5, None),
        ("deleted", None, 5, None),
    ]
    models.delete("alice")
    assert models.all() == []
