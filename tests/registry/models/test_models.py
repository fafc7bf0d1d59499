"""Named models: what a version keeps, where an alias points, and what is written down of it."""

from __future__ import annotations

import math

import pytest

from textgen.errors import (
    DamagedArtifactError,
    ModelNotFoundError,
    RegistryError,
    RunNotFoundError,
    UsageError,
)
from textgen_registry import (
    MetricPoint,
    NamedModels,
    VersionName,
    compare,
    find_trashed,
    remove_for_good,
)
from textgen_registry.runs.changes import update_run
from textgen_registry.runs.journal import author

HOSTILE = ["\x1b[31mred", "a\nb", "\udcff", "x" * 10_000, "", "  ", "latest", "1k0z76b04hdz36h3"]
SQL = "'; DROP TABLE model; --"
WEIGHTS = "last.safetensors"


@pytest.fixture
def models(registry):
    return NamedModels(registry)


@pytest.fixture
def checkpoint(registry):
    """Stores a checkpoint of a run; its weights are the number of its step."""

    def store(run, step, *, bits=None):
        registry.store_checkpoint(
            run.id,
            {WEIGHTS: b"%d" % step, "tokenizer.json": b"{}"},
            step=step,
            summary={"best_step": step},
            best_loss=None if bits is None else bits / 2,
            bits_per_char=bits,
        )

    return store


@pytest.fixture
def trained(make_run, checkpoint):
    """Makes a run with a checkpoint."""

    def make(name=None, *, step=1, bits=2.0):
        run = make_run(name)
        checkpoint(run, step, bits=bits)
        return run

    return make


@pytest.fixture
def three(models, trained):
    """The model `alice` with three versions of three runs, of 3, 1 and 2 bits per character."""
    runs = [trained(f"run-{bits}", step=bits * 10, bits=float(bits)) for bits in (3, 1, 2)]
    return [models.register(run, "alice").version for run in runs]


def told(event):
    return event.kind, event.alias, event.before, event.after


def test_a_version_keeps_the_files_and_figures_that_its_run_had(
    registry, models, trained, checkpoint
):
    run = trained("alice", step=5, bits=1.5)
    version, is_new = models.register(run, "wonder")
    assert (str(version.name), is_new) == ("wonder@1", True)
    checkpoint(run, 9, bits=1.2)
    found = registry.find("wonder@1")
    assert (found.id, found.name, found.version) == (run.id, "alice", VersionName("wonder", 1))
    assert (found.step, found.bits_per_char, found.best_loss) == (5, 1.5, 0.75)
    assert found.summary == {"best_step": 5}
    assert registry.read_artifact(found, WEIGHTS) == b"5"
    assert registry.read_artifact(registry.find("alice"), WEIGHTS) == b"9"
    assert registry.artifacts(found) == list(version.files)
    assert registry.artifacts(found) != registry.artifacts(run.id)


def test_registering_stores_no_bytes_anew(models, trained, objects):
    run = trained()
    before = [(path, path.stat().st_mtime_ns) for path in objects()]
    models.register(run, "alice")
    assert [(path, path.stat().st_mtime_ns) for path in objects()] == before


def test_a_version_has_the_metrics_up_to_its_step_and_a_comparison_calls_it_by_its_name(
    registry, models, trained, checkpoint
):
    run = trained("alice", step=5)
    registry.add_metrics(run.id, [MetricPoint(5, 0.0, "train_loss", 3.0, 0)])
    models.register(run, "wonder")
    registry.add_metrics(run.id, [MetricPoint(9, 0.0, "train_loss", 1.0, 0)])
    checkpoint(run, 9)
    comparison = compare(registry, [registry.find("wonder@1"), registry.find("alice")])
    assert [row.name for row in comparison.runs] == ["wonder@1", "alice"]
    (losses,) = comparison.metrics
    assert losses.last == (3.0, 1.0)


def test_a_sample_that_a_run_wrote_after_it_had_gone_on_is_not_its_versions(
    registry, models, trained, checkpoint
):
    run = trained(step=5)
    models.register(run, "alice")
    registry.set_sample(run.id, "a", "by the version")
    assert registry.find("alice@1").sample_text == "by the version"
    checkpoint(run, 9)
    registry.set_sample(run.id, "a", "by the run")
    assert registry.find("alice@1").sample_text is None


def test_numbers_count_up_and_none_is_given_twice_whatever_is_deleted(models, trained):
    run = trained()
    assert [models.register(run, "alice", again=True).version.number for _ in range(3)] == [1, 2, 3]
    models.delete("alice", 3)
    assert models.register(run, "alice", again=True).version.number == 4
    models.delete("alice")
    assert models.all() == []
    assert models.register(run, "alice").version.number == 5
    assert models.register(run, "other").version.number == 1


def test_the_same_files_of_a_run_are_one_version_unless_another_is_asked_for(
    models, trained, checkpoint
):
    run = trained(step=1)
    first = models.register(run, "alice").version
    assert models.register(run, "alice") == (first, False)
    assert models.register(run, "alice", again=True).version.number == 2
    checkpoint(run, 2)
    assert models.register(run, "alice").version.number == 3
    checkpoint(run, 1)
    assert models.register(run, "alice").version.number == 2


def test_two_runs_with_equal_files_are_two_versions(models, trained):
    one, two = trained(), trained()
    assert models.register(one, "alice").version.number == 1
    assert models.register(two, "alice").version.number == 2


def test_a_version_is_registered_under_another_name_with_its_own_files(
    registry, models, trained, checkpoint
):
    run = trained(step=5)
    models.register(run, "alice")
    checkpoint(run, 9)
    models.register(registry.find("alice@1"), "production")
    assert registry.find("production@1").step == 5
    assert registry.read_artifact(registry.find("production@1"), WEIGHTS) == b"5"


def test_a_run_without_weights_is_refused_with_what_to_do(registry, models, make_run):
    run = make_run("empty")
    registry.put_artifacts(run.id, {"tokenizer.json": b"{}"})
    with pytest.raises(RegistryError, match="no weights to register") as refusal:
        models.register(run, "alice")
    assert f"`textgen runs show {run.id}`" in str(refusal.value)
    assert models.all() == []


def test_a_damaged_file_is_not_registered(models, trained, objects):
    run = trained()
    for path in objects():
        path.write_bytes(b"?")
    with pytest.raises(DamagedArtifactError):
        models.register(run, "alice")
    assert models.all() == []


def test_a_run_in_the_trash_is_not_registered_but_its_versions_still_work(
    registry, models, trained
):
    run = trained(step=5)
    models.register(run, "alice")
    registry.database.write(lambda connection: update_run(connection, run.id, deleted=1))
    with pytest.raises(RegistryError, match=f"textgen runs restore {run.id}"):
        models.register(run, "alice", again=True)
    assert registry.read_artifact(registry.find("alice@1"), WEIGHTS) == b"5"
    models.register(registry.find("alice@1"), "other")


def test_a_run_that_a_version_was_made_of_cannot_be_removed(registry, models, trained):
    run = trained()
    models.register(run, "alice")
    registry.release(run.id)
    registry.delete_run(run.id)
    trashed = find_trashed(registry, run.id)
    with pytest.raises(RegistryError, match="what alice@1 was made from"):
        remove_for_good(registry, trashed)
    assert registry.read_artifact(registry.find("alice@1"), WEIGHTS) == b"1"
    models.delete("alice", 1)
    remove_for_good(registry, trashed)


def test_a_run_in_the_trash_cannot_be_registered_nor_one_that_is_gone(registry, models, trained):
    run = trained()
    registry.release(run.id)
    registry.delete_run(run.id)
    with pytest.raises(RegistryError, match="runs restore"):
        models.register(run, "alice")
    remove_for_good(registry, find_trashed(registry, run.id))
    with pytest.raises(RunNotFoundError):
        models.register(run, "alice")


@pytest.mark.parametrize("name", [*HOSTILE, "alice@3"])
def test_a_model_name_that_would_mislead_or_garble_is_refused(models, trained, name):
    with pytest.raises(UsageError, match="model name") as refusal:
        models.register(trained(), name)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 500


def test_a_name_in_sql_is_a_name(registry, models, trained):
    models.register(trained(step=5), SQL)
    models.alias(SQL, SQL, 1)
    assert registry.find(f"{SQL}@{SQL}").step == 5


@pytest.mark.parametrize("name", ["Alice", "ALICE", "ａlice", " alice\u00a0"])
def test_two_models_that_people_would_take_for_one_are_refused(models, trained, name):
    run = trained()
    models.register(run, "alice")
    if name.strip() == "alice":
        assert models.register(run, name).version.model == "alice"
    else:
        with pytest.raises(UsageError, match="taken for the model 'alice'"):
            models.register(run, name)


def test_aliases_move_and_latest_is_the_highest_number(registry, models, three):
    assert models.alias("alice", "best", 1) is None
    assert registry.find("alice@best").step == 30
    assert models.alias("alice", "best", 2) == 1
    assert registry.find("alice@best").step == 10
    assert models.version("alice@latest").number == 3
    models.delete("alice", 3)
    assert models.version("alice@latest").number == 2
    assert models.versions("alice")[1].aliases == ("best",)


@pytest.mark.parametrize("alias", ["latest", "3", "٣", "a@b", "\x1b[31m", "", "x" * 81])
def test_an_alias_that_could_mean_something_else_is_refused(models, three, alias):
    with pytest.raises(UsageError, match="alias"):
        models.alias("alice", alias, 1)
    assert all(version.aliases == () for version in models.versions("alice"))


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


def test_a_deleted_version_takes_along_only_the_files_that_nothing_needs(
    registry, models, trained, checkpoint, objects
):
    run = trained(step=5)
    models.register(run, "alice")
    models.register(run, "other")
    checkpoint(run, 9)
    contents = {b"5", b"9", b"{}"}
    assert {path.read_bytes() for path in objects()} == contents
    models.delete("alice")
    assert {path.read_bytes() for path in objects()} == contents
    models.delete("other", 1)
    assert {path.read_bytes() for path in objects()} == {b"9", b"{}"}


def test_a_record_whose_version_was_deleted_since_gives_no_files_of_the_run(
    registry, models, trained
):
    models.register(trained(), "alice")
    stale = registry.find("alice@1")
    models.delete("alice", 1)
    for use in (registry.artifacts, lambda record: registry.read_artifact(record, WEIGHTS)):
        with pytest.raises(ModelNotFoundError, match=r"no version '1'.*It has no version"):
            use(stale)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("alise@1", "no model 'alise'.*did you mean 'alice'.*textgen models list"),
        ("zzz@1", "no model 'zzz'.*textgen models list"),
        ("alice@bets", "no version 'bets'.*did you mean 'best'.*textgen models show alice"),
        ("alice@latst", "did you mean 'latest'"),
        ("alice@9", "no version '9'.*It has versions: 1, 2, 3, and aliases: best"),
        ("alice@0", "no version '0'"),
        ("alice@-1", "no version '-1'"),
        ("alice@" + "9" * 9_999, "no version '9+'"),
        ("alice@", "say which version.*alice@latest"),
        ("alice", "'alice' is a model.*alice@latest"),
        ("alice@\x1b[31m\n", "no version"),
        ("\x1b[31m\n@best", "no model"),
        (f"alice@{SQL}", "no version"),
        ("@", "no model ''"),
    ],
)
def test_what_names_no_version_is_answered_with_what_there_is(
    registry, models, three, reference, message
):
    models.alias("alice", "best", 2)
    with pytest.raises(ModelNotFoundError, match=message) as refusal:
        registry.find(reference)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 1000


def test_a_registry_that_does_not_exist_has_no_models_and_is_not_made(registry, models):
    existed = registry.database.exists()
    assert models.all() == []
    for use in (models.versions, models.history, models.version, models.delete):
        with pytest.raises(ModelNotFoundError, match="holds none yet"):
            use("alice")
    with pytest.raises(ModelNotFoundError):
        models.alias("alice", "best", 1)
    assert registry.database.exists() == existed


def test_a_run_of_before_with_the_mark_in_its_name_is_still_found(
    registry, models, make_run, three
):
    run = make_run()
    registry.database.write(lambda connection: update_run(connection, run.id, name="alice@3"))
    assert registry.find("alice@3").id == run.id
    assert registry.find("alice@2").version == VersionName("alice", 2)


def test_a_new_run_cannot_have_the_mark_in_its_name(registry, make_run):
    with pytest.raises(UsageError, match="between a named model and its version"):
        make_run("alice@3")
    with pytest.raises(UsageError, match="between a named model and its version"):
        registry.check_new_run(name="me@home")


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
