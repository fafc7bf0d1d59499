"""Schemas on a PostgreSQL server that are older or newer than this textgen's."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from textgen.errors import RegistryError
from textgen_registry import MetricPoint, Registry
from textgen_registry.database import schema


@pytest.fixture
def registry(url):
    return Registry(url)


OLD = """
DROP TABLE alias, model_file, model_version, model, event, note, pending_object, figure, setting,
    property, receipt;
ALTER TABLE run DROP COLUMN deleted, DROP COLUMN lease;
UPDATE schema_version SET version = 2;
UPDATE textgen_schema SET version_num = '0001';
"""


def test_an_old_schema_is_left_alone_until_it_is_asked_for(postgresql, registry, url, make_run):
    run = make_run("old", into=registry)
    registry.add_metrics(run.id, [MetricPoint(1, 0.0, "loss", float("nan"), 1)])
    registry.finish_run(
        run.id, status="finished", step=1, summary={}, reason="", best_loss=1.0, bits_per_char=1.0
    )
    postgresql.sql(OLD, url)
    for attempt in (registry.runs, lambda: make_run(into=registry)):
        with pytest.raises(RegistryError, match=r"schema 0001.*textgen runs migrate"):
            attempt()
    assert registry.database.migrate() == ("0001", schema.REVISION)
    assert registry.database.migrate() == (schema.REVISION, schema.REVISION)
    assert registry.find("old").config == run.config
    assert len(registry.metrics(run.id)) == 1
    with registry.database.backend.reading.begin() as connection:
        assert connection.scalar(select(schema.setting.c.number)) == 256


def test_a_newer_schema_is_refused_naming_both(registry, postgresql, url):
    postgresql.sql("UPDATE textgen_schema SET version_num = '9999'", url)
    for attempt in (registry.runs, registry.database.migrate):
        with pytest.raises(RegistryError, match=rf"9999.*{schema.REVISION}"):
            attempt()
