"""Several processes write one registry at a time, and nothing of theirs is lost."""

from __future__ import annotations

import subprocess
import sys

from textgen_registry import find_trashed, remove_for_good

WRITER = """
import sys
from pathlib import Path
from textgen_registry import MetricPoint, Registry

registry, writer = Registry(Path(sys.argv[1])), sys.argv[2]
texts = {key: {"name": key} for key in ("config", "parts", "provenance", "environment", "plan")}
for number in range(20):
    run = registry.create_run(
        name=None, source="file:x", tokenizer="char", model="m", sampler="s", tags=[writer], **texts
    )
    points = [MetricPoint(step, 0.0, "loss", number + step, step) for step in range(50)]
    registry.add_metrics(run.id, points[:25])
    registry.put_artifacts(run.id, {"shared": b"%d" % (number % 3), "own": run.id.encode()})
    registry.add_metrics(run.id, points[25:])
    registry.put_artifacts(run.id, {"shared": b"same for all", "own": run.id.encode() * 2})
    registry.finish_run(
        run.id, status="finished", step=50, summary={}, reason="", best_loss=0.0, bits_per_char=1.0
    )
"""


def test_four_processes_lose_no_run_no_point_and_no_file_while_a_fifth_deletes_runs(
    registry, make_run, objects
):
    writers = [
        subprocess.Popen(
            [
                sys.executable,
                "-W",
                "error",
                "-c",
                WRITER,
                str(registry.location.path),
                f"writer-{number}",
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    while any(writer.poll() is None for writer in writers):
        doomed = make_run().id
        registry.release(doomed)
        registry.delete_run(doomed)
        remove_for_good(registry, find_trashed(registry, doomed))
    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    listed = registry.runs()
    assert len(listed) == len({row.id for row in listed}) == len({row.name for row in listed}) == 80
    assert {row.status for row in listed} == {"finished"}
    for row in listed:
        assert [point.step for point in registry.metrics(row.id)] == list(range(50))
        assert registry.read_artifact(row.id, "own") == row.id.encode() * 2
        assert registry.read_artifact(row.id, "shared") == b"same for all"
    assert len(objects()) == 81
