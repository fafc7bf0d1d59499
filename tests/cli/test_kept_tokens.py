"""Token ids on disk: told by `run --dry-run` and `sources list`, freed by `sources clear`."""

import pytest

from textgen.data import tokens as module


@pytest.fixture(autouse=True)
def _everything_is_kept(monkeypatch):
    monkeypatch.setattr(module, "_WORTH_KEEPING", 1)


def test_a_dry_run_tells_what_it_leaves_on_the_disk(tiny, rhyme):
    said = tiny("--dry-run").err
    size = f"{rhyme.stat().st_size / 1000:.1f} kB"
    assert f"the text's token ids are kept for runs to come, {size}; free them with:" in said
    assert f"tokens 0 bytes ({size} are read from disk)" in said


def test_token_ids_are_listed_and_freed(tiny, textgen):
    assert textgen("sources", "list", "--json").json["token_bytes"] == 0
    assert "token ids" not in textgen("sources", "list").err
    tiny()
    size = textgen("sources", "list", "--json").json["token_bytes"]
    assert size > 1000
    assert "kB; remove with: textgen sources clear --tokens" in textgen("sources", "list").err
    done = textgen("sources", "clear", "--tokens", "--yes", "--json")
    assert done.json == {"removed": [], "bytes": 0, "token_bytes": size}
    assert "of token ids" in done.err
    assert textgen("sources", "list", "--json").json["token_bytes"] == 0
    assert "there is nothing to remove" in textgen("sources", "clear", "--tokens").err
    assert textgen("evaluate", "latest").code == 0


def test_token_ids_are_asked_for_before_they_go_and_stay_unless_they_are_named(tiny, textgen):
    tiny()
    assert "--yes" in textgen("sources", "clear", "--tokens").error_line(2)
    textgen("sources", "clear", "--all", "--yes")
    assert textgen("sources", "list", "--json").json["token_bytes"] > 1000


def test_token_ids_that_cannot_be_removed_are_told(tiny, textgen, monkeypatch):
    tiny()

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("shutil.rmtree", refuse)
    line = textgen("sources", "clear", "--tokens", "--yes").error_line(1)
    assert "cannot be removed (Permission denied)" in line


def test_the_test_part_and_the_documents_are_told(tiny, textgen, tmp_path, rhyme):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(rhyme.read_text())
    words = ["--set", "training.test_fraction=0.1", "--name", "parts"]
    said = tiny("--source", f"file:{tmp_path}/*.txt", *words).err
    plan = textgen("runs", "show", "parts", "--json").json["plan"]
    held_out, test = plan["validation_tokens"], plan["test_tokens"]
    assert f" {held_out:,} held out, {test:,} for the test, " in said
    assert "distinct (char), in 3 documents\n" in said
    shown = textgen("runs", "show", "parts").out
    assert f"{held_out:,} held out, {test:,} for the test\n" in shown
    card = textgen("runs", "card", "parts").out
    assert f"| test part | {test:,} tokens: the end of the text, not in any figure here |" in card
    assert "| documents | 3 |" in card
    assert "Measured on the held-out part of the text" in card


def test_a_card_tells_how_much_of_the_held_out_part_was_measured(tiny, textgen):
    tiny("--set", "training.evaluation_tokens=50", "--name", "bounded")
    assert "the first 50 tokens of the held-out part" in textgen("runs", "card", "bounded").out
