"""What cannot be compared, sorted or found is refused at its place, and nothing is ever SQL."""

from __future__ import annotations

import pytest

from textgen.errors import UnknownNameError, UsageError


@pytest.mark.parametrize(
    ("where", "place", "told"),
    [
        ("status < 3", 9, "= != ~"),
        ("status = finishd", 9, "'finished'"),
        ("created > blue", 10, "2026-10-01"),
        ("created > 7d", 10, "-7d"),
        ("created = 2026-02-31", 10, "2026-10-01"),
        ("created > 9999-12-31", 10, "2026-10-01"),
        ("created ~ 2026", 10, "2026-10-01"),
        ("step = many", 7, "number"),
        ("step = '100'", 7, "number"),
        ("step ~ 1", 7, "= !="),
        ("step > nan", 7, "= !="),
        ("model.size > big", 13, "number"),
        ("model.size < nan", 13, "= !="),
        ("step > none", 7, "= !="),
        ("tags != a", 8, "= ~"),
        ("name < b", 7, "= != ~"),
        ("model.sise = 3", 0, "'model.size'"),
        ("name = x and metric.los < 3", 13, "'metric.loss'"),
        ("name = x or bits_per_chr < 3", 12, "'bits_per_char'"),
        ("metric = 3", 0, "metric.loss"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_its_place(small, where, place, told):
    with pytest.raises(UsageError) as caught:
        small.runs(where=where)
    what, line, caret = str(caught.value).split("\n")
    assert line == f"  {where}"
    assert caret.index("^") == 2 + place
    assert told in what


def test_no_name_and_no_value_is_ever_sql(small, found, all_runs):
    for hostile in ["'; DROP TABLE run; --", '" or 1=1 --', "x') or ('1'='1"]:
        doubled = hostile.replace("'", "''")
        assert found(f"name = '{doubled}' or tag:'{doubled}' or model.size = '{doubled}'") == []
        with pytest.raises(UnknownNameError):
            small.runs(where=f"'{doubled}' = 1")
        with pytest.raises(UnknownNameError):
            small.runs(sort=[hostile])
    assert len(small.runs()) == len(all_runs)


def test_an_empty_registry_knows_any_setting(registry):
    assert registry.runs(where="model.hidden_size > 3 and lowest.loss < 1", sort=["seed"]) == []
    with pytest.raises(UsageError):
        registry.runs(where="status < 3")
