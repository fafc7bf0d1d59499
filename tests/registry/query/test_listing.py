"""Runs are sorted, narrowed and tabulated, those in the trash apart."""

from __future__ import annotations

from datetime import datetime

import pytest

from textgen.errors import UnknownNameError, UsageError
from textgen_registry import tabulate
from textgen_registry.database.schema import run

NOON = int(datetime(2026, 10, 1, 12).timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (["bits_per_char"], "none alice Ålice-2 carol bob o'brien 50%_off"),
        (["-bits_per_char"], "bob Ålice-2 carol alice none o'brien 50%_off"),
        (["metric.loss", "-step"], "none alice bob carol Ålice-2 50%_off o'brien"),
        (["-metric.loss,step"], "carol bob alice none 50%_off Ålice-2 o'brien"),
        (["model.size"], "50%_off Ålice-2 alice carol bob o'brien none"),
        (["-model.size"], "Ålice-2 alice 50%_off carol o'brien bob none"),
        (["status"], "50%_off Ålice-2 alice carol none o'brien bob"),
        (["-finished", "name"], "none 50%_off alice Ålice-2 carol bob o'brien"),
        ([], "none o'brien 50%_off Ålice-2 alice bob carol"),
    ],
)
def test_values_are_sorted_then_nan_then_nothing_and_runs_alike_the_newest_first(
    found, sort, names
):
    assert found(None, sort=sort) == names.split()
    assert found(None, sort=sort, limit=2) == names.split()[:2]
    assert found(None, sort=",".join(sort)) == names.split()


def test_what_cannot_sort_is_refused(small):
    with pytest.raises(UsageError, match="tags"):
        small.runs(sort=["-tags"])
    with pytest.raises(UsageError, match="at most"):
        small.runs(sort=["step"] * 11)
    with pytest.raises(UnknownNameError, match=r"'model\.size'"):
        small.runs(sort=["model.sise"])


def test_limit_and_status_narrow_what_is_found(small, found):
    assert found("step >= 100", limit=2) == ["none", "Ålice-2"]
    assert found("step < 100", status="lost") == ["o'brien"]
    assert found(None, limit=0) == []
    assert {row.status for row in small.runs(status="finished")} == {"finished"}


def test_the_trash_is_listed_apart(registry, make_run):
    kept, thrown = make_run("kept"), make_run("thrown")
    gone = run.update().where(run.c.id == thrown.id).values(deleted=NOON)
    registry.database.write(lambda connection: connection.execute(gone))
    assert [row.id for row in registry.runs()] == [kept.id]
    assert [row.id for row in registry.runs(deleted=True)] == [thrown.id]
    assert registry.runs(deleted=True, where="name = kept") == []
    assert tabulate(registry, ["name", "deleted"], deleted=True) == [("thrown", NOON)]


def test_a_table_holds_any_values_in_any_order(small):
    columns = ["name", "model.size", "tags", "lowest.loss", "notes", "name"]
    rows = tabulate(small, columns, where="name != carol", sort=["-step"])
    assert rows[:3] == [
        ("none", None, (), 1.25, (), "none"),
        ("Ålice-2", 256.0, ("a",), 1.0, (), "Ålice-2"),
        ("alice", 256.0, ("a", "old one"), 1.0, ("good",), "alice"),
    ]
    assert [type(row[1]) for row in rows[1:3]] == [int, int]
    assert tabulate(small, columns, where="step = 12345") == []
    assert tabulate(small, columns, limit=1) == [rows[0]]


def test_a_table_of_too_many_or_unknown_columns_is_refused(small):
    assert len(tabulate(small, ["model.size", "metric.loss"] * 25)[0]) == 50
    with pytest.raises(UsageError, match="at most 50"):
        tabulate(small, ["id"] * 51)
    with pytest.raises(UnknownNameError, match=r"'metric\.loss'"):
        tabulate(small, ["metric.lost"])
