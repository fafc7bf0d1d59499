"""`textgen plugins new`: what it makes works, by the very commands that it prints."""

import pytest

from textgen.plugins.scaffolding import KINDS, NewPlugin

RUN = "textgen run --set training.predictions=20000"
SHORTER = RUN.replace("20000", "2000")  # where it is enough that each part is used


@pytest.fixture
def environment(fresh_environment):
    return fresh_environment("authors")


def test_the_commands_that_are_printed_work_in_one_go(environment, tmp_path):
    made = environment.run("textgen plugins new model my-own --folder 'my plugins'", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    (printed,) = [part for part in made.out.split("\n\n") if part.startswith("It works")]
    done = environment.run(printed.partition("\n")[2], cwd=tmp_path)
    assert done.code == 0, done
    assert " passed" in done.out
    assert ", 0 broken, " in done.out
    assert "finished: all steps taken" in done.err


def test_the_other_kinds_pass_their_tests_and_one_run_uses_them_all(environment, tmp_path):
    plugins = [NewPlugin(kind, f"a-{kind}") for kind in KINDS if kind != "model"]
    before, after = zip(*(plugin.trial.split(RUN) for plugin in plugins), strict=True)
    projects = " ".join(f"-e './{plugin.package}[test]'" for plugin in plugins)
    for command in [
        *(f"textgen plugins new {plugin.kind} {plugin.name}" for plugin in plugins),
        f"pip install {projects}",
        "pytest --import-mode=importlib",
        "".join([*before, SHORTER, *after]),
    ]:
        done = environment.run(command, cwd=tmp_path)
        assert done.code == 0, done
    assert "validation_loss" in (tmp_path / "figures.csv").read_text()
    record = environment.run("textgen runs show latest --json").out
    assert all(f'"{plugin.package}"' in record for plugin in plugins if plugin.kind != "listener")


def test_a_folder_that_exists_is_left_alone(textgen, tmp_path):
    (tmp_path / "textgen-gru").mkdir()
    refused = textgen("plugins", "new", "model", "gru", "--folder", tmp_path)
    assert "textgen-gru exists already" in refused.error_line(2)
    assert [path.name for path in tmp_path.rglob("*")] == ["textgen-gru"]


@pytest.mark.parametrize("obstacle", ["a file", "a name that is too long"])
def test_what_cannot_be_made_is_told_in_one_line(textgen, tmp_path, obstacle):
    (tmp_path / "file").write_text("")
    folder = tmp_path / ("file" if obstacle == "a file" else "long" * 100)
    refused = textgen("plugins", "new", "model", "gru", "--folder", folder)
    assert "cannot be made" in refused.error_line(1)


@pytest.mark.parametrize(
    ("kind", "name", "is_warned"),
    [
        ("model", "lstm-single", True),
        ("listener", "builtin", True),
        ("sampler", "lstm-single", False),
    ],
)
def test_a_name_that_an_installed_part_has_is_warned_of(textgen, tmp_path, kind, name, is_warned):
    made = textgen("plugins", "new", kind, name, "--folder", tmp_path)
    assert made.code == 0
    assert (f"the name '{name}' is in use" in made.err) == is_warned
