"""A registry of runs: what was trained, from what, with which result, and the files it left.

It is for finding, comparing and trusting runs later, from the command line or from any Python
program. It must not know how text is generated: no tensors, no plugins, no terminal; a run's
settings and figures are plain values, its files are bytes.

    from textgen_registry import Registry, compare

    registry = Registry("runs")                # a folder, or postgresql+psycopg://user@host/database
    for run in registry.runs(limit=10):
        print(run.id, run.name, run.status, run.bits_per_char)

    run = registry.find("latest")              # or an id, a name, the beginning of an id
    losses = registry.metrics(run.id, "validation_loss")
    weights = registry.read_artifact(run.id, "best.safetensors")
    print(compare(registry, [run, registry.find("alice-lstm-stacked")]).as_dict())

Whatever goes wrong is a `textgen.errors.RegistryError` with a message for people.
"""

from textgen_registry.compare import Comparison, MetricComparison, SettingDifference, compare
from textgen_registry.query.language import parse_where
from textgen_registry.query.table import names_in, tabulate
from textgen_registry.records import ArtifactRecord, MetricPoint, RunRecord, RunRow, Status
from textgen_registry.sessions import SessionRecord, session_differences
from textgen_registry.store import Registry

__all__ = [
    "ArtifactRecord",
    "Comparison",
    "MetricComparison",
    "MetricPoint",
    "Registry",
    "RunRecord",
    "RunRow",
    "SessionRecord",
    "SettingDifference",
    "Status",
    "compare",
    "names_in",
    "parse_where",
    "session_differences",
    "tabulate",
]
