"""`textgen runs list`: chosen, sorted and shown as asked, for people and for programs."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text
from sqlalchemy import update

from textgen.cli import display
from textgen.cli.completion import complete_column
from textgen.cli.display import print_table
from textgen_registry import MetricPoint
from textgen_registry.database.schema import run

PARTS = {"tokenizer": "char", "model": "lstm-stacked", "sampler": "stateful"}
DOCUMENTS = {key: {} for key in ["parts", "provenance", "environment", "plan"]}
ENDED = {"step": 10, "summary": {}, "reason": "done", "best_loss": 1.25}


@pytest.fixture
def make(records):
    """Records a finished run of a name with a model of a size."""

    def run(name, size=256, *, tags=(), bits=1.5, prompt="one", status="finished"):
        config = {"model": {"size": size}, "sample": {"prompt": prompt}}
        made = records.create_run(
            name=name, source="gutenberg:alice", config=config, tags=tags, **PARTS, **DOCUMENTS
        )
        records.add_metrics(made.id, [MetricPoint(1, 1.0, "validation_loss", 1.25, 0)])
        records.finish_run(made.id, status=status, bits_per_char=bits, **ENDED)
        return made

    return run


@pytest.fixture
def three(make):
    return [
        make("small", 64, tags=["alice"], bits=2.5),
        make("middle", 256, tags=["alice", "two words"], bits=None),
        make("large", 1024, bits=1.5, status="failed"),
    ]


def names(outcome):
    return [row["name"] for row in outcome.json]


def test_runs_are_chosen_sorted_and_limited(textgen, three):
    assert names(textgen("runs", "list", "--json")) == ["large", "middle", "small"]
    asked = ["runs", "list", "--json", "--where", "model.size >= 256 or tag:alice"]
    assert names(textgen(*asked, "--sort", "-bits_per_char")) == ["small", "large", "middle"]
    assert names(textgen(*asked, "--sort", "-tokenizer,created", "--limit", 2)) == [
        "small",
        "middle",
    ]
    assert names(textgen(*asked, "--sort", "status", "--sort", "name")) == [
        "large",
        "middle",
        "small",
    ]
    assert names(textgen("runs", "list", "--json", "--where", "tag:'two words'")) == ["middle"]


def test_columns_are_those_that_were_asked_for(textgen, three):
    asked = ["--columns", "name,model.size", "--columns", "lowest.validation_loss,tags"]
    heading, *rows = textgen("runs", "list", *asked).out.splitlines()
    assert heading.split() == ["name", "model.size", "lowest.validation_loss", "tags"]
    assert [row.split() for row in rows] == [
        ["large", "1024", "1.250", "–"],
        ["middle", "256", "1.250", "alice,", "two", "words"],
        ["small", "64", "1.250", "alice"],
    ]
    first, *_ = textgen("runs", "list", *asked, "--json").json
    assert first == {
        "name": "large",
        "model.size": 1024,
        "lowest.validation_loss": 1.25,
        "tags": [],
    }


def test_csv_holds_what_json_does(textgen, three):
    rows = textgen("runs", "list", "--json").json
    read = list(csv.DictReader(io.StringIO(textgen("runs", "list", "--csv").out)))
    assert [row["created"] for row in read] == [row["created"] for row in rows]
    assert [row["tags"] for row in read] == ["", "alice; two words", "alice"]
    assert [row["bits_per_char"] for row in read] == ["1.5", "", "2.5"]
    assert list(read[0]) == list(rows[0])
    nothing = textgen("runs", "list", "--csv", "--columns", "name", "--where", "step > 99")
    assert nothing.out == "name\n"


def test_a_lost_run_is_seen_and_found(textgen, records, make):
    make("done")
    records.create_run(name="dead", source="a:b", config={}, **PARTS, **DOCUMENTS)
    records.release(records.find("dead").id)
    assert names(textgen("runs", "list", "--json", "--where", "status = lost")) == ["dead"]
    assert "lost" in textgen("runs", "list").out.splitlines()[1].split()


def test_the_trash_says_when(textgen, records, three):
    thrown = update(run).where(run.c.name == "small").values(deleted=1_790_000_000_000_000)
    records.database.write(lambda connection: connection.execute(thrown))
    assert names(textgen("runs", "list", "--json")) == ["large", "middle"]
    assert names(textgen("runs", "list", "--json", "--deleted")) == ["small"]
    heading, row = textgen("runs", "list", "--deleted").out.splitlines()
    assert "deleted" in heading.split()
    assert "2026-09-2" in row


def test_nothing_found_is_told_apart_from_nothing_there(textgen, three, tmp_path):
    for words, told in [
        (["--where", "name = x"], "no such run"),
        (["--deleted"], "trash"),
        (["--registry", tmp_path / "elsewhere"], "no runs yet"),
    ]:
        done = textgen("runs", "list", *words)
        assert (done.code, done.out) == (0, "")
        assert told in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--where", "status < 3"], "= != ~"),
        (["--where", "model.sise = 3"], "'model.size'"),
        (["--where", "name = \x1b[31m or"], "expected a name"),
        (["--sort", "-model.sise"], "'model.size'"),
        (["--columns", "name,bits_per_chars"], "'bits_per_char'"),
        (["--json", "--csv"], "one of them"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_wrong_usage_is_told_and_nothing_printed(textgen, three, words, told):
    done = textgen("runs", "list", *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert all(line.isprintable() for line in done.err.splitlines())


def test_hostile_settings_do_not_garble_the_list(textgen, make):
    make("hostile", prompt="\x1b[2J\x07 line\nbreak \u202e" + "x" * 10_000)
    done = textgen("runs", "list", "--columns", "name,sample.prompt", "--limit", 1)
    assert all(line.isprintable() for line in done.out.splitlines())
    assert "\\x1b[2J" in done.out
    assert "\\n" in done.out
    assert len(done.out) < 2000
    assert (
        textgen("runs", "list", "--columns", "sample.prompt", "--json")
        .json[0]["sample.prompt"]
        .startswith("\x1b[2J\x07 line\nbreak")
    )


@pytest.fixture
def narrow(monkeypatch):
    """Lists runs on a terminal of so many columns; returns the lines."""

    def show(textgen, width, *words):
        terminal = io.StringIO()
        console = Console(file=terminal, width=width)
        monkeypatch.setattr(display, "make_console", lambda: console)
        done = textgen("runs", "list", *words)
        return terminal.getvalue().splitlines(), done.err

    return show


def test_on_sixty_columns_runs_keep_id_name_status_and_a_figure(textgen, narrow, make):
    make("a-name-of-22-characters")
    (heading, row), told = narrow(textgen, 62)
    assert heading.split() == ["id", "name", "status", "bits/char"]
    assert row.split()[1:] == ["a-name-of-22-characters", "finished", "1.500"]
    assert told == "(left out, for want of width: created, held-out loss, source, model)\n"


def test_a_name_that_is_too_long_is_folded_and_nothing_is_lost(textgen, narrow, make):
    name = "n" * 80
    made = make(name)
    lines, _ = narrow(textgen, 60)
    assert all(len(line) <= 60 for line in lines)
    assert "".join(word for line in lines for word in line.split() if set(word) == {"n"}) == name
    assert lines[1].startswith(made.id)
    assert lines[1].split()[-1] == "finished"


def test_columns_that_were_asked_for_give_way_from_the_right(textgen, narrow, make):
    make("some-run")
    (heading, _), told = narrow(textgen, 30, "--columns", "name,model.size,created,source")
    assert heading.split() == ["name", "model.size"]
    assert "created, source" in told


letters = st.text("ab 詩é[]", max_size=12).map(lambda text: " ".join(text.split()))
cells = st.lists(st.tuples(letters, letters, letters), min_size=1, max_size=6)


@given(rows=cells, width=st.integers(20, 70), right=st.booleans(), fold=st.booleans())
def test_plain_rows_look_as_rich_would_set_them(rows, width, right, fold):
    columns = ["first", "second", "third"]
    keywords = {"right": columns[1:] if right else [], "whole": columns[1:] if fold else columns}
    as_text = [[Text(cell) for cell in row] for row in rows]
    printed = _printed(columns, rows, width, keywords)
    assert printed == _printed(columns, as_text, width, keywords)


def _printed(columns, rows, width, keywords):
    terminal = io.StringIO()
    console = Console(file=terminal, width=width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(display, "make_console", lambda: console)
        print_table(columns, rows, **keywords)
    return terminal.getvalue()


def test_names_of_columns_are_completed(three, records):
    context = SimpleNamespace(params={"registry": str(records.location)})
    words = complete_column(context, "name,-lowest")
    assert "name,-lowest.validation_loss" in words
    assert "name,-model.size" in words
    assert complete_column(context, "") == [word.removeprefix("name,-") for word in words]


def test_help_fits_a_terminal_and_shows_two_examples(textgen, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    out = textgen("runs", "list", "--help").out
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("  Example: textgen runs list --") == 2
