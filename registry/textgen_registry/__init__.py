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

    change_tags(registry, run.id, add=["thesis"])     # also while it is trained
    registry.delete_run(run.id)                       # into the trash, until it is collected
    collect(registry, find_garbage(registry))         # for good, after 30 days there
    assert verify(registry).is_sound                  # every stored file is what it was

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
from textgen_registry.query.language import parse_where
from textgen_registry.query.table import names_in, tabulate
from textgen_registry.records import (
    ArtifactRecord,
    MetricPoint,
    NoteRecord,
    RunRecord,
    RunRow,
    Status,
    TrashedRun,
    VersionName,
)
from textgen_registry.reproduction import FigureDifference, FileVerdict, Verdict, same_results
from textgen_registry.runs.labels import add_note, change_tags, notes, rename_run
from textgen_registry.sessions import SessionRecord, session_differences
from textgen_registry.store import Registry
from textgen_registry.upkeep.gc import Garbage, KeptRun, collect, find_garbage
from textgen_registry.upkeep.removal import remove_for_good
from textgen_registry.upkeep.trash import find_trashed, trashed_runs
from textgen_registry.upkeep.verify import DamagedObject, NamedFile, Verification, verify

__all__ = [
    "ArtifactRecord",
    "Comparison",
    "DamagedObject",
    "EqualCost",
    "Evaluation",
    "FigureAtCost",
    "FigureDifference",
    "FileVerdict",
    "Garbage",
    "Ground",
    "KeptRun",
    "MetricComparison",
    "MetricPoint",
    "ModelEvent",
    "ModelRecord",
    "NamedFile",
    "NamedModels",
    "NoteRecord",
    "Registration",
    "Registry",
    "RunRecord",
    "RunRow",
    "Sample",
    "SessionRecord",
    "SettingDifference",
    "Status",
    "TrashedRun",
    "Verdict",
    "Verification",
    "VersionName",
    "VersionRecord",
    "add_note",
    "change_tags",
    "collect",
    "compare",
    "find_garbage",
    "find_trashed",
    "names_in",
    "notes",
    "parse_where",
    "remove_for_good",
    "rename_run",
    "same_results",
    "session_differences",
    "tabulate",
    "trashed_runs",
    "verify",
]
