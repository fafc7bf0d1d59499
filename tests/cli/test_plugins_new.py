"""`textgen plugins new`: what it makes works, by the very commands that it prints."""

import pytest

from textgen.scaffolding import KINDS


@pytest.fixture(scope="module")
def environment(fresh_environment):
    return fresh_environment("authors")


def commands_in(printed):
    """Return the commands that are printed, as one text to paste into a shell."""
    (block,) = [part for part in printed.split("\n\n") if part.startswith("It works")]
    return block.partition("\n")[2]


@pytest.mark.parametrize("kind", KINDS)
def test_the_commands_that_are_printed_work_in_one_go(environment, tmp_path, kind):
    made = environment.run(f"textgen plugins new {kind} a-{kind}", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    commands = commands_in(made.out)
    if kind != "model":  # one kind shows that it can be checked; tests try the same rules
        commands = commands.replace(f"textgen plugins check a-{kind} &&", "")
    done = environment.run(commands, cwd=tmp_path)
    assert done.code == 0, done
    assert " passed" in done.out
    assert (", 0 broken, " in done.out) == (kind == "model")
    assert "finished: all steps taken" in done.err
    if kind == "listener":
        assert "validation_loss" in (tmp_path / "textgen-a-listener" / "figures.csv").read_text()


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
    assert (f"has the name '{name}' already" in made.err) == is_warned
