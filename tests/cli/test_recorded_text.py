"""A run whose text is gone, or is another: which run, which text, and the ways out."""

import shlex

import pytest

WORDS = {
    "reproduce": ["runs", "reproduce", "mine"],
    "resume": ["resume", "mine"],
    "evaluate": ["evaluate", "mine"],
}


@pytest.fixture
def text(tiny, tmp_path, rhyme):
    """The text of a run called `mine` with steps left; a file of nearly the same name beside it."""
    path = tmp_path / "my book.txt"
    path.write_text(rhyme.read_text())
    path.with_name("my books.txt").write_text("another")
    words = ["--source", f"file:{path}", "--name", "mine"]
    assert tiny(*words, "--max-seconds", "0.001").code == 0
    return path


@pytest.mark.parametrize("command", WORDS)
def test_a_text_that_is_gone_is_told_as_the_run_s_own(textgen, text, records, command):
    run = records.find("mine")
    text.unlink()
    line = textgen(*WORDS[command]).error_line(1)
    assert f"run mine ({run.id}) was trained on file:{text}" in line
    assert f"(sha256 {run.provenance['sha256_text'][:12]}…)" in line
    assert "Bring the text back, or " in line
    assert "did you mean" not in line
    assert line.count(str(text)) == 1


@pytest.mark.parametrize("command", WORDS)
def test_a_text_that_has_changed_is_told_with_its_run_and_file(textgen, text, records, command):
    text.write_text("something else, of a length that would do. " * 40)
    line = textgen(*WORDS[command]).error_line(1)
    assert f"the corpus file:{text} has changed since run mine ({records.find('mine').id})" in line
    assert "Bring the text back, or " in line


@pytest.mark.parametrize("command", ["reproduce", "resume"])
def test_the_way_out_of_a_lost_text_is_a_command_that_works(textgen, text, command):
    text.unlink()
    proposed = textgen(*WORDS[command]).error_line(1).partition("settings that textgen ")[2]
    assert textgen(*proposed.removesuffix(" prints").split()).code == 0


def test_the_way_out_of_a_changed_text_can_be_typed_as_it_stands(textgen, text):
    text.write_text(text.read_text() * 2)
    proposed = textgen("evaluate", "mine").error_line(1).partition("whole: textgen ")[2]
    done = textgen(*shlex.split(proposed), "--json")
    assert done.json["part"] == "whole text"


def test_a_name_that_somebody_typed_is_still_answered_with_the_nearest(textgen, text):
    line = textgen("evaluate", "mine", "--source", f"file:{text}s").error_line(1)
    assert "did you mean 'my book.txt'?" in line
