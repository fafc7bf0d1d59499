"""Named models: a run becomes a numbered version, and aliases tell which version to use.

A version keeps its run's files and figures as they were when it was registered, whatever becomes
of the run. Knows nothing of how text is generated or anything is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from textgen.errors import ModelNotFoundError, UsageError, command
from textgen_registry.ids import unique_microseconds
from textgen_registry.models.changes import (
    log_change,
    point_alias,
    remove_alias,
    remove_empty_model,
    remove_version,
)
from textgen_registry.models.finding import find_version, require_model
from textgen_registry.models.naming import clean_alias, clean_model_name
from textgen_registry.models.queries import (
    aliased_number,
    list_events,
    list_models,
    list_versions,
)
from textgen_registry.models.records import ModelEvent, ModelRecord, Registration, VersionRecord
from textgen_registry.models.registering import Candidate, add_version, intact_files
from textgen_registry.records import RunRecord, VersionName
from textgen_registry.store import Registry


class NamedModels:
    """The named models of a registry.

    Every method raises `RegistryError` where the registry cannot be used, and
    `ModelNotFoundError` for a model, version or alias that is not there.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._database = registry.database

    def all(self) -> list[ModelRecord]:
        """Return every model, in order of name."""
        return self._database.read(list_models)

    def versions(self, name: str) -> list[VersionRecord]:
        """Return the versions of a model, in order of number."""

        def read(connection: Connection) -> list[VersionRecord]:
            require_model(connection, name, self._registry.location)
            return list_versions(connection, model=name)

        return self._database.read(read)

    def version(self, reference: str) -> VersionRecord:
        """Return the version that ``alice@3``, ``alice@best`` or ``alice@latest`` means."""
        location = self._registry.location
        return self._database.read(lambda c: find_version(c, reference, location))

    def history(self, name: str) -> list[ModelEvent]:
        """Return what was done to a model, the oldest first; also of one that was deleted."""

        def read(connection: Connection) -> list[ModelEvent]:
            events = list_events(connection, name)
            if not events:
                require_model(connection, name, self._registry.location)
            return events

        return self._database.read(read)

    def register(self, run: RunRecord, name: str, *, again: bool = False) -> Registration:
        """Make a run the next version of a model; its files are checked and kept.

        A run that is being trained is registered as its last checkpoint left it.

        Args:
            run: The run; or a record that stands for a version, perhaps of another model.
            name: The model's name; the first version makes it.
            again: Make a version also where the same files of the run are one.

        Raises:
            UsageError: The name is not allowed, or too like that of another model.
            RegistryError: The run has no weights, or is in the trash.
            DamagedArtifactError: A file of the run is not what was stored.
        """
        candidate = Candidate(clean_model_name(name), run, again, unique_microseconds())
        registration = None
        while registration is None:  # its files were replaced while they were checked
            registration = self._attempt(candidate)
        return registration

    def alias(self, name: str, alias: str, number: int) -> int | None:
        """Let an alias of a model stand for a version, whatever it stood for.

        Returns:
            The number that it stood for, None where it is new.

        Raises:
            UsageError: The alias is not allowed.
        """
        word, target = clean_alias(alias), VersionName(name, number)
        self.version(str(target))

        def point(connection: Connection) -> int | None:
            version = find_version(connection, str(target), self._registry.location)
            before = aliased_number(connection, name, word)
            if before != number:
                point_alias(connection, word, target)
                change = {"alias": word, "before": before, "after": number}
                log_change(connection, "promoted", version, **change)
            return before

        return self._database.write(point)

    def remove_alias(self, name: str, alias: str) -> VersionRecord:
        """Take an alias away.

        Returns:
            The version that it stood for.
        """
        version = self.version(f"{name}@{alias}")
        if alias not in version.aliases:
            raise ModelNotFoundError(
                f"{name}@{alias} is version {version.number} itself, not an alias that could be "
                f"removed. See: {command('models', 'show', name)}"
            )

        def remove(connection: Connection) -> None:
            for now in list_versions(connection, model=name):
                if alias in now.aliases:
                    _remove_alias(connection, now, alias)

        self._database.write(remove)
        return version

    def to_delete(
        self, name: str, number: int | None = None, *, force: bool = False
    ) -> list[VersionRecord]:
        """Return the versions that `delete` would remove; refuse what it would refuse."""
        doomed = self.versions(name) if number is None else [self.version(f"{name}@{number}")]
        if not force:
            _refuse_aliased(doomed)
        return doomed

    def delete(
        self, name: str, number: int | None = None, *, force: bool = False
    ) -> list[VersionRecord]:
        """Remove a version, or a model with all that it has now; and the files that none needs.

        The history stays, and no number is ever given again.

        Args:
            name: The model's name.
            number: Which version; None: the model.
            force: Also where an alias stands for it; the alias goes too.

        Returns:
            The versions that were removed.

        Raises:
            UsageError: An alias stands for it.
        """
        doomed = self.to_delete(name, number, force=force)

        def remove(connection: Connection) -> None:
            of_model = list_versions(connection, model=name)
            there = [now for now in of_model if now.name in {version.name for version in doomed}]
            if not force:
                _refuse_aliased(there)
            for version in there:
                _remove(connection, version)
            if number is None:
                remove_empty_model(connection, name)

        self._database.write(remove)
        self._registry.files.drop({file.sha256 for version in doomed for file in version.files})
        return doomed

    def _attempt(self, candidate: Candidate) -> Registration | None:
        location, files = self._registry.location, intact_files(self._registry, candidate.run)
        return self._database.write(lambda c: add_version(c, candidate, files, location))


def _refuse_aliased(versions: Sequence[VersionRecord]) -> None:
    pointing = [f"{version.model}@{word}" for version in versions for word in version.aliases]
    if pointing:
        numbers = ", ".join(str(version.number) for version in versions if version.aliases)
        raise UsageError(
            f"model {versions[0].model}: {', '.join(pointing)} stands for what was to be deleted "
            f"(version {numbers}); nothing was. Let it stand for another version first (textgen "
            f"models alias {pointing[0]} VERSION), or say --force."
        )


def _remove(connection: Connection, version: VersionRecord) -> None:
    for word in version.aliases:
        _remove_alias(connection, version, word)
    remove_version(connection, version.name)
    log_change(connection, "deleted", version, before=version.number)


def _remove_alias(connection: Connection, version: VersionRecord, alias: str) -> None:
    remove_alias(connection, version.model, alias)
    log_change(connection, "demoted", version, alias=alias, before=version.number)
