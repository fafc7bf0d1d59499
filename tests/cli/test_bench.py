"""`textgen bench`: every comparison is made and told, as a table and as JSON."""

import pytest

from textgen.cli import bench

NAMES = ["train-fp32", "train-mixed", "stream", "batch", "sliding-window", "help"]


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch):
    """One round of one piece of work each, with small sizes; the figures mean nothing."""
    monkeypatch.setattr(bench, "_QUICK", (1, 0.0))
    monkeypatch.setattr(bench, "_THOROUGH", (1, 0.0))
    for module, name, value in [
        ("plain", "HIDDEN", 8),
        ("plain", "WINDOW", 4),
        ("comparisons", "WINDOW", 4),
        ("comparisons", "BATCH", 3),
        ("comparisons", "LENGTH", 5),
        ("time_to_loss", "WINDOW", 4),
        ("time_to_loss", "_STEPS", {"cpu": 2}),
    ]:
        monkeypatch.setattr(f"textgen.bench.{module}.{name}", value)


def test_each_comparison_is_a_row_of_the_document(textgen):
    document = textgen("bench", "--device", "cpu", "--quick", "--json").json
    assert document["device"].startswith("cpu")
    assert [row["name"] for row in document["rows"]] == NAMES
    for row in document["rows"]:
        assert {"baseline", "textgen", "unit", "ratio"} <= row.keys()
        better = row["textgen"] / row["baseline"]
        assert row["ratio"] == pytest.approx(better)


def test_the_table_says_what_is_compared(textgen):
    shown = textgen("bench", "--device", "cpu", "--quick").out
    assert all(name in shown for name in NAMES)
    assert "re-reading" in shown


def test_time_to_loss_compares_seconds_once_the_loss_is_reached(textgen, rhyme, monkeypatch):
    monkeypatch.setattr("textgen.bench.time_to_loss.TARGET", 99.0)
    words = ["bench", "--device", "cpu", "--source", f"file:{rhyme}", "--json"]
    first, *others = textgen(*words).json["rows"]
    assert first["name"] == "time-to-loss"
    assert first["ratio"] == pytest.approx(first["baseline"] / first["textgen"])
    assert [row["name"] for row in others] == NAMES


def test_a_loss_that_is_not_reached_is_no_figure(textgen, rhyme, monkeypatch):
    monkeypatch.setattr("textgen.bench.time_to_loss.TARGET", 0.0)
    told = textgen("bench", "--device", "cpu", "--source", f"file:{rhyme}", "--json")
    assert "above the 0.0 that the recipe reaches" in told.error_line(1)


def test_a_text_that_cannot_be_had_leaves_one_row_out(textgen):
    told = textgen("bench", "--device", "cpu", "--json")
    assert "time-to-loss is left out: gutenberg:alice: no mirror gave book 11" in told.err
    assert [row["name"] for row in told.json["rows"]] == NAMES
