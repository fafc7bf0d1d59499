"""Runs in one file: `export_runs` writes it, `import_archive` takes runs from it.

`format` describes the file. Knows nothing of the terminal.
"""

from textgen_registry.archive.importing import import_archive
from textgen_registry.archive.planning import ImportedRun
from textgen_registry.archive.reading import Archive
from textgen_registry.archive.writing import Exported, export_runs, write_archive

__all__ = [
    "Archive",
    "Exported",
    "ImportedRun",
    "export_runs",
    "import_archive",
    "write_archive",
]
