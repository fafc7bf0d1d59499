"""Verification: whether what is recorded is still there, and still what it was.

Reads every stored file that something names, and compares its hash. Changes nothing; what was
replaced while it was read is not taken for damage.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from textgen.errors import RegistryError
from textgen_registry.artifacts.objects import StoredObject
from textgen_registry.database.schema import artifact, model_file, model_version, run
from textgen_registry.runs.queries import needed_objects

if TYPE_CHECKING:
    from textgen_registry.store import Registry


@dataclass(frozen=True)
class NamedFile:
    """A file as a run, or a version of a named model, names it.

    Attributes:
        run_id: The run's id; None where it is a model that names it.
        name: The run's name, or the model's with the version ("alice@3").
        file: The file's name ("best.safetensors").
        sha256: What its contents must hash to.
        size: In bytes, as recorded.
    """

    run_id: str | None
    name: str
    file: str
    sha256: str
    size: int


@dataclass(frozen=True)
class DamagedObject:
    """A stored file that is not what it was.

    Attributes:
        place: Where it is, or should be.
        expected: The SHA-256 that is recorded.
        found: The SHA-256 of what is there; None where nothing is, or nothing that can be read.
        problem: What is wrong, in words.
        files: What names it.
    """

    place: str
    expected: str
    found: str | None
    problem: str
    files: tuple[NamedFile, ...]


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes:
        files: How many files were verified, each name counted.
        objects: How many stored files those are; equal contents are stored once.
        size: How many bytes those should hold together.
        damaged: The stored files that are not what they were.
        database: What is wrong with the database, in words.
        unnamed: Stored files that nothing names: no damage, and `gc` removes them.
    """

    files: int
    objects: int
    size: int
    damaged: tuple[DamagedObject, ...]
    database: tuple[str, ...]
    unnamed: tuple[StoredObject, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damaged and not self.database

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        unnamed = [item._asdict() for item in self.unnamed]
        return {"sound": self.is_sound, **asdict(self), "unnamed": unnamed}


def verify(
    registry: Registry,
    run_ids: Collection[str] | None = None,
    *,
    watch: Callable[[int, int], None] = lambda done, total: None,
) -> Verification:
    """Verify every file of runs and named models, and the database.

    Args:
        registry: The registry.
        run_ids: Only these runs' files, and those of models made from them, and not the database;
            None: everything, also what is in the trash.
        watch: Called with the bytes read so far, and those there are to read.

    Raises:
        RegistryError: The database cannot be read at all.
    """
    whole = run_ids is None
    database = registry.database.read(registry.database.backend.damage) if whole else []
    stored = registry.files.stored() if whole else []
    named = registry.database.read(lambda connection: _named_files(connection, run_ids))
    needed = registry.database.read(needed_objects) if whole else set()
    return Verification(
        files=sum(map(len, named.values())),
        objects=len(named),
        size=_size(named.values()),
        damaged=tuple(_still_damaged(registry, _damage(registry, named, watch))),
        database=tuple(database),
        unnamed=tuple(item for item in stored if item.sha256 not in needed),
    )


def _size(named: Iterable[tuple[NamedFile, ...]]) -> int:
    return sum(files[0].size for files in named)


def _damage(
    registry: Registry,
    named: Mapping[str, tuple[NamedFile, ...]],
    watch: Callable[[int, int], None],
) -> Iterator[DamagedObject]:
    """Yield the objects that are not what they should be, each read once."""
    done, total = 0, _size(named.values())
    for sha256, files in named.items():
        watch(done, total)
        found, problem = _look_at(registry, sha256)
        if problem:
            yield DamagedObject(registry.files.place(sha256), sha256, found, problem, files)
        done += files[0].size
    watch(done, total)


def _look_at(registry: Registry, sha256: str) -> tuple[str | None, str]:
    """Return the hash of what is stored under a hash, and what is wrong with it."""
    try:
        found = registry.files.check(sha256)
    except RegistryError as error:  # one that cannot be read does not keep the others from it
        return None, str(error)
    if found is None:
        return None, "the file is missing"
    return found, "" if found == sha256 else "its contents have changed"


def _still_damaged(registry: Registry, damage: Iterator[DamagedObject]) -> list[DamagedObject]:
    """Return what is damaged and still named.

    A writer may have replaced it since, or stored it anew and named it: so what is still named is
    looked at once more, and is damaged if it is named after that.
    """
    found = _still_named(registry, list(damage))
    again = [item for item in found if _look_at(registry, item.expected)[1]]
    return _still_named(registry, again)


def _still_named(registry: Registry, found: list[DamagedObject]) -> list[DamagedObject]:
    named = registry.database.read(lambda c: _named_files(c, None)) if found else {}
    return [item for item in found if item.expected in named]


def _named_files(
    connection: Connection, run_ids: Collection[str] | None
) -> dict[str, tuple[NamedFile, ...]]:
    """Return what names each object, of some runs or of all, and of the models made from them."""
    of_runs = select(
        run.c.id, run.c.name, artifact.c.name, artifact.c.sha256, artifact.c.size
    ).join_from(artifact, run)
    version = (model_version.c.model == model_file.c.model) & (
        model_version.c.number == model_file.c.number
    )
    of_models = select(
        *(model_file.c.model, model_file.c.number),
        *(model_file.c.name, model_file.c.sha256, model_file.c.size),
    ).join_from(model_file, model_version, version)
    if run_ids is not None:
        of_runs = of_runs.where(run.c.id.in_(run_ids))
        of_models = of_models.where(model_version.c.run_id.in_(run_ids))
    named: dict[str, list[NamedFile]] = {}
    for run_id, name, *file in connection.execute(of_runs.order_by(run.c.id, artifact.c.name)):
        found = NamedFile(run_id, name, *file)
        named.setdefault(found.sha256, []).append(found)
    for model, number, *file in connection.execute(of_models.order_by(*of_models.selected_columns)):
        found = NamedFile(None, f"{model}@{number}", *file)
        named.setdefault(found.sha256, []).append(found)
    return {sha256: tuple(files) for sha256, files in named.items()}
