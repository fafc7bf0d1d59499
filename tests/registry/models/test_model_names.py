"""What names a model, a version or an alias, and what is answered where it names none."""

from __future__ import annotations

import pytest

from textgen.errors import ModelNotFoundError, UsageError
from textgen_registry import VersionName
from textgen_registry.runs.changes import update_run

HOSTILE = ["\x1b[31mred", "a\nb", "\udcff", "x" * 10_000, "", "  ", "latest", "1k0z76b04hdz36h3"]
SQL = "'; DROP TABLE model; --"


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


@pytest.mark.parametrize("alias", ["latest", "3", "٣", "a@b", "\x1b[31m", "", "x" * 81])
def test_an_alias_that_could_mean_something_else_is_refused(models, three, alias):
    with pytest.raises(UsageError, match="alias"):
        models.alias("alice", alias, 1)
    assert all(version.aliases == () for version in models.versions("alice"))


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


def test_a_registry_that_does_not_exist_has_no_models_and_is_not_made(registry, models):
    existed = registry.database.exists()
    assert models.all() == []
    for use in (models.versions, models.history, models.version, models.delete):
        with pytest.raises(ModelNotFoundError, match="holds none yet"):
            use("alice")
    with pytest.raises(ModelNotFoundError):
        models.alias("alice", "best", 1)
    assert registry.database.exists() == existed
