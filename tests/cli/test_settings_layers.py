"""Where settings come from, and which layer wins."""

import json
import os
from pathlib import Path

import pytest


def planned(done):
    assert done.code == 0, done
    return done.json["settings"]


@pytest.fixture
def plan(textgen, rhyme):
    """Returns the settings that a dry run of ``textgen run`` would use."""

    def dry_run(*words, source=f"file:{rhyme}"):
        words = ["--dry-run", "--json", "--device", "cpu", *words]
        return planned(textgen("run", *(["--source", source] if source else []), *words))

    return dry_run


@pytest.fixture
def config(tmp_path, rhyme):
    path = tmp_path / "settings.toml"
    path.write_text(
        f"source = {json.dumps(f'file:{rhyme}')}\n"
        "seed = 7\n"
        "[model]\nuse = 'lstm-single'\nhidden_size = 20\ndropout = 0.5\n"
        "[training]\nsequence_length = 30\nepochs = 4\n"
    )
    return path


def test_a_dry_run_records_nothing(tiny):
    done = tiny("--dry-run")
    assert (done.code, done.out) == (0, "")
    assert "nothing was trained or recorded" in done.err
    assert not Path(os.environ["TEXTGEN_REGISTRY"]).exists()


def test_a_configuration_file_sets_parts_and_options(plan, config, rhyme):
    settings = plan("--config", config, source=None)
    assert settings["source"]["use"] == f"file:{rhyme}"
    assert settings["model"] == {
        "use": "lstm-single",
        "hidden_size": 20,
        "dropout": 0.5,
        "input": "embedding",
    }
    assert settings["training"]["sequence_length"] == 30
    assert (settings["seed"], settings["training"]["epochs"]) == (7, 4)


def test_set_and_flags_win_over_the_file(plan, config):
    assignments = ["model.hidden_size=24", "training.sequence_length=20", "sample.length=9"]
    words = [word for text in assignments for word in ("--set", text)]
    settings = plan("--config", config, *words, "--epochs", 6, "--seed", 8)
    assert settings["model"]["hidden_size"] == 24
    assert settings["model"]["dropout"] == 0.5
    assert settings["training"]["sequence_length"] == 20
    assert settings["training"]["epochs"] == 6
    assert settings["sample"]["length"] == 9
    assert settings["seed"] == 8


def test_the_recipe_of_a_file_lies_below_it_and_a_recipe_flag_takes_its_place(plan, config):
    config.write_text(f"recipe = 'tutorial'\n{config.read_text()}")
    settings = plan("--config", config, source=None)
    assert settings["training"]["objective"] == "last-step"
    assert settings["training"]["sequence_length"] == 30
    settings = plan("--config", config, "--recipe", "default", source=None)
    assert settings["training"]["objective"] == "all-steps"
    assert settings["training"]["sequence_length"] == 30


def test_name_and_tags_of_a_file_are_recorded_unless_flags_say_others(textgen, tiny, tmp_path):
    path = tmp_path / "named.toml"
    path.write_text("name = 'from the file'\ntags = ['a', 'b']\n")
    assert tiny("--config", path).code == 0
    assert tiny("--config", path, "--name", "said", "--tag", "c").code == 0
    said, filed = textgen("runs", "list", "--json").json
    assert (filed["name"], filed["tags"]) == ("from the file", ["a", "b"])
    assert (said["name"], said["tags"]) == ("said", ["c"])


def test_another_model_keeps_the_options_that_it_has(plan, config):
    settings = plan("--config", config, "--model", "lstm-stacked")
    assert settings["model"]["hidden_size"] == 20
    assert settings["model"]["num_layers"] == 2


def test_the_file_wins_over_the_recipe(plan, config):
    settings = plan("--recipe", "tutorial", "--config", config)
    assert settings["training"]["objective"] == "last-step"
    assert settings["training"]["sequence_length"] == 30


def test_the_recipe_of_the_tutorial(plan):
    settings = plan("--recipe", "tutorial")
    assert settings["tokenizer"]["lowercase"] is True
    assert settings["model"]["input"] == "scalar"
    assert settings["sampler"]["use"] == "sliding-window"
    assert (settings["sampler"]["window"], settings["sampler"]["temperature"]) == (100, 0)
    training = settings["training"]
    assert (training["objective"], training["batching"]) == ("last-step", "windows")
    assert (training["batch_size"], training["sequence_length"], training["stride"]) == (
        128,
        100,
        1,
    )
    assert (training["reduction"], training["schedule"]) == ("sum", "constant")
    assert training["validation_fraction"] == 0


def test_the_recorded_settings_make_the_same_run_again(tiny, textgen, tmp_path):
    """What ``runs show --json`` calls ``config`` is a configuration file's content."""
    tiny("--seed", 3)
    record = textgen("runs", "show", "latest", "--json").json
    lines = [f"seed = {record['config']['seed']}", "device = 'cpu'"]
    for section, values in record["config"].items():
        if isinstance(values, dict):
            lines.append(f"[{section}]")
            known = {key: value for key, value in values.items() if value is not None}
            lines += [f"{key} = {json.dumps(value)}" for key, value in known.items()]
    path = tmp_path / "again.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert textgen("run", "--config", path, "--seed", 3).code == 0
    again = textgen("runs", "show", "latest", "--json").json
    assert again["config"] == record["config"]
    assert weights(again) == weights(record)


def weights(run):
    return {item["sha256"] for item in run["artifacts"] if item["name"] == "best.safetensors"}


def test_the_same_seed_gives_the_same_weights_and_sample(tiny, textgen):
    runs = []
    for seed in (5, 5, 6):
        assert tiny("--seed", seed).code == 0
        runs.append(textgen("runs", "show", "latest", "--json").json)
    one, same, other = runs
    assert weights(one) == weights(same)
    assert one["sample_text"] == same["sample_text"]
    assert weights(one) != weights(other)
    assert one["sample_text"] != other["sample_text"]


def test_epochs_and_seconds_bound_a_run(tiny, textgen):
    tiny("--epochs", 2)
    whole = textgen("runs", "show", "latest", "--json").json
    assert whole["step"] == whole["plan"]["steps"] == 2 * whole["plan"]["steps_per_epoch"]
    tiny("--epochs", 5000, "--max-seconds", "0.05")
    short = textgen("runs", "show", "latest", "--json").json
    assert (short["status"], short["reason"]) == ("finished", "time limit")
    assert short["step"] < short["plan"]["steps"]


def test_runs_get_a_name_where_none_is_given(tiny, textgen):
    tiny()
    tiny()
    names = [row["name"] for row in textgen("runs", "list", "--json").json]
    assert names == ["rhyme-lstm-stacked-2", "rhyme-lstm-stacked"]


def test_a_prompt_begins_the_sample(tiny):
    assert tiny("--prompt", "three, four", "--length", 7).out[:-8] == "three, four"


def test_no_sample_where_its_length_is_0(tiny, textgen):
    done = tiny("--length", 0)
    assert (done.code, done.out) == (0, "")
    assert textgen("runs", "show", "latest", "--json").json["sample_text"] is None
