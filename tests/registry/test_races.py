"""What happens between two looks, or between a look and a deed, deceives nobody."""

from __future__ import annotations

from threading import Thread

import pytest

from textgen.files import sha256_of
from textgen_registry import Registry, verify
from textgen_registry.artifacts.objects import ObjectStore
from textgen_registry.runs.changes import announce_objects

ENDING = {"step": 1, "summary": {}, "reason": "", "best_loss": None, "bits_per_char": None}


def test_a_run_that_ends_and_is_gone_on_with_while_we_look_is_not_lost(
    registry, make_run, monkeypatch
):
    run = make_run()
    other = Registry(registry.location.path)
    assert other.find(run.id).status == "running"
    claimed = other.database.backend.claimed

    def between(run_ids):
        registry.finish_run(run.id, status="finished", **ENDING)
        found = claimed(run_ids)
        registry.hold(run.id)
        registry.resume_run(run.id, 1, environment={}, parts={})
        return found

    monkeypatch.setattr(other.database.backend, "claimed", between)
    assert other.find(run.id).status == "running"


def test_a_writer_does_not_wait_for_a_reader_that_asks_who_is_alive(
    registry, make_run, monkeypatch
):
    lost = make_run()
    registry.release(lost.id)
    other = Registry(registry.location.path)
    claimed = other.database.backend.claimed

    def between(run_ids):
        writer = Thread(target=registry.delete_run, args=(lost.id,), daemon=True)
        writer.start()
        writer.join(10)
        assert not writer.is_alive()
        return claimed(run_ids)

    monkeypatch.setattr(other.database.backend, "claimed", between)
    assert other.runs() == []


def test_a_file_that_is_stored_anew_while_it_is_read_is_no_damage(registry, make_run, monkeypatch):
    run, other = make_run(), make_run()
    registry.put_artifacts(run.id, {"last": b"same"})
    check, calls = ObjectStore.check, []

    def meanwhile(store, sha256):
        if not calls:  # dropped, as the last that needs it, and then another run's
            calls.append(sha256)
            registry.put_artifacts(run.id, {"last": b"other"})
            found = check(store, sha256)
            registry.put_artifacts(other.id, {"last": b"same"})
            return found
        return check(store, sha256)

    monkeypatch.setattr(ObjectStore, "check", meanwhile)
    assert verify(registry).is_sound
    assert calls == [sha256_of(b"same")]


def test_a_file_that_another_run_is_about_to_store_is_no_damage(registry, make_run, monkeypatch):
    run, other = make_run(), make_run()
    registry.put_artifacts(run.id, {"last": b"same"})
    check, hashes = ObjectStore.check, {sha256_of(b"same")}

    def replaced_and_announced_before(store, sha256):
        registry.put_artifacts(run.id, {"last": b"other"})
        registry.database.write(lambda c: announce_objects(c, other.id, hashes, 1))
        return check(store, sha256)

    monkeypatch.setattr(ObjectStore, "check", replaced_and_announced_before)
    assert verify(registry).is_sound


def test_who_removes_files_stops_when_the_server_lets_other_writers_in(
    postgresql, make_run, monkeypatch
):
    url = postgresql.new_database()
    registry, other = Registry(url), Registry(url)
    run, taker = make_run("run", into=registry), make_run("taker", into=other)
    contents = {str(number): b"%d" % number for number in range(5)}
    registry.put_artifacts(run.id, contents)
    delete, deleted = ObjectStore.delete, []

    def cut_off_then(store, sha256):
        if not deleted:
            name = url.partition("?")[0].rpartition("/")[2]
            postgresql.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{name}' AND query NOT LIKE '%try_advisory%'"
            )
            deleted.append(sha256)
            other.put_artifacts(taker.id, contents)
        delete(store, sha256)

    monkeypatch.setattr(ObjectStore, "delete", cut_off_then)
    registry.put_artifacts(run.id, dict.fromkeys(contents, b"replaced"))
    missing = [item.expected for item in verify(registry).damaged]
    assert missing in ([], deleted)  # that one was under way already


@pytest.mark.parametrize("held", [True, False])
def test_a_hold_that_fails_leaves_what_was_held(registry, make_run, monkeypatch, held):
    run = make_run()
    if not held:
        registry.release(run.id)

    def fail(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("textgen_registry.writing.change_run", fail)
        with pytest.raises(KeyboardInterrupt):
            registry.hold(run.id)
    assert registry.is_held(run.id) == held
