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
    print(same_results(registry, run, registry.find("alice-again")).identical)

    models = NamedModels(registry)
    version, is_new = models.register(run, "alice")
    models.alias("alice", "best", version.number)
    weights = registry.read_artifact(registry.find("alice@best"), "best.safetensors")

Whatever goes wrong is a `textgen.errors.RegistryError` with a message for people.
"""

from textgen_registry.comparison.compare import Comparison, Sample, compare
from textgen_registry.comparison.equal_cost import EqualCost, Evaluation, FigureAtCost
from textgen_registry.comparison.figures import MetricComparison
from textgen_registry.comparison.ground import Ground
from textgen_registry.comparison.settings import SettingDifference
from textgen_registry.models.named_models import NamedModels
from textgen_registry.models.records import (
    ModelEvent,
    ModelRecord,
    Registration,
    VersionRecord,
)
from textgen_registry.records import (
    ArtifactRecord,
    MetricPoint,
    RunRecord,
    RunRow,
    Status,
    VersionName,
)
from textgen_registry.reproduction import FigureDifference, FileVerdict, Verdict, same_results
from textgen_registry.sessions import SessionRecord, session_differences
from textgen_registry.store import Registry

__all__ = [
    "ArtifactRecord",
    "Comparison",
    "EqualCost",
    "Evaluation",
    "FigureAtCost",
    "FigureDifference",
    "FileVerdict",
    "Ground",
    "MetricComparison",
    "MetricPoint",
    "ModelEvent",
    "ModelRecord",
    "NamedModels",
    "Registration",
    "Registry",
    "RunRecord",
    "RunRow",
    "Sample",
    "SessionRecord",
    "SettingDifference",
    "Status",
    "Verdict",
    "VersionName",
    "VersionRecord",
    "compare",
    "same_results",
    "session_differences",
]
