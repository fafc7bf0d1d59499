"""A comparison as one tidy table."""

import csv
import io

import pytest

from textgen.cli.runs.comparison.csv_table import COLUMNS


@pytest.fixture
def table(textgen):
    """Compares runs and reads the table that is printed."""

    def read(*words):
        done = textgen("runs", "compare", *words, "--csv")
        assert (done.code, done.err) == (0, "")
        rows = csv.DictReader(io.StringIO(done.out))
        assert tuple(rows.fieldnames) == COLUMNS
        return list(rows)

    return read


def test_each_line_is_one_value_of_one_run(table, textgen, trained):
    rows = table("plain", "wider", "--registry", trained)
    sizes = {row["run_name"]: row["value"] for row in rows if row["name"] == "model.hidden_size"}
    assert sizes == {"plain": "12", "wider": "16"}
    keys = [(row["what"], row["name"], row["run_id"]) for row in rows]
    assert len(set(keys)) == len(keys)
    words = ["runs", "compare", "plain", "wider", "--json", "--registry", trained]
    document = textgen(*words).json
    (losses,) = [item for item in document["metrics"] if item["name"] == "validation_loss"]
    best = [row for row in rows if (row["what"], row["name"]) == ("best", "validation_loss")]
    assert [float(row["value"]) for row in best] == losses["best"]
    assert [row["best"] for row in best] == [
        "true" if place in losses["winners"] else "false" for place in range(2)
    ]
    assert {row["what"] for row in rows if row["spent"]} == {"equal tokens", "equal seconds"}


def test_hostile_text_stays_in_its_cell_and_steers_no_terminal(table, records):
    for place in range(2):
        value = f'a,"b"\n\x1b[2J{place}'
        records.create_run(
            name=f"=cmd,{place}",
            **dict.fromkeys(["source", "tokenizer", "model", "sampler"], "x"),
            config={"path": value, "on": bool(place), "list": [place]},
            parts={},
            provenance={},
            environment={},
            plan={},
        )
    rows = table("=cmd,0", "=cmd,1")
    assert [row["value"] for row in rows] == [
        'a,"b"\n�[2J0',
        'a,"b"\n�[2J1',
        "false",
        "true",
        "[0]",
        "[1]",
    ]
