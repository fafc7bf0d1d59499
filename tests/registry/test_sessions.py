"""Sessions of a run: each is kept with what its result depends on, and told apart by that."""

from __future__ import annotations

from textgen_registry import SessionRecord, session_differences


def session(number, **environment):
    parts = {"model": {"name": "gru", "package": "textgen-gru", "version": f"{number}.0"}}
    return SessionRecord(number, 0, 0, environment, parts)


def test_a_new_run_is_in_its_first_session(registry, make_run):
    run = make_run()
    (only,) = registry.sessions(run.id)
    assert (only.number, only.first_step, only.started) == (1, 0, run.created)
    assert (only.environment, only.parts) == (run.environment, run.parts)


def test_a_resumed_run_keeps_every_session_with_its_environment_and_parts(registry, make_run):
    run, other = make_run(environment={"torch": "2.6"}), make_run()
    parts = {"model": {"name": "lstm-stacked", "package": "textgen-framework", "version": "0.2"}}
    registry.resume_run(run.id, 30, environment={"torch": "2.7"}, parts=parts)
    registry.resume_run(run.id, 70, environment={"torch": "2.8"}, parts=parts)
    first, *later = registry.sessions(run.id)
    assert [item.number for item in later] == [2, 3]
    assert [item.first_step for item in later] == [30, 70]
    assert [item.environment for item in later] == [{"torch": "2.7"}, {"torch": "2.8"}]
    assert [item.parts for item in later] == [parts, parts]
    assert first.started < later[0].started < later[1].started
    assert len(registry.sessions(other.id)) == 1


def test_a_run_stands_for_its_first_session(registry, make_run):
    run = make_run(environment={"torch": "2.6"})
    registry.resume_run(run.id, 30, environment={"torch": "2.7"}, parts={})
    again = registry.find(run.id)
    assert (again.environment, again.parts) == ({"torch": "2.6"}, run.parts)


def test_what_differs_between_sessions_is_named_as_in_a_comparison_of_runs():
    sessions = [session(1, torch="2.6", threads=2), session(2, torch="2.6", threads=4)]
    assert session_differences(sessions) == {
        "environment.threads": (2, 4),
        "parts.model.version": ("1.0", "2.0"),
    }


def test_what_a_session_lacks_differs_from_what_another_has():
    sessions = [session(1), session(1, precision="bf16")]
    assert session_differences(sessions) == {"environment.precision": (None, "bf16")}


def test_equal_sessions_differ_in_nothing():
    assert session_differences([session(1, threads=2), session(1, threads=2)]) == {}
