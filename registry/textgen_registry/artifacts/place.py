"""Where a registry keeps the files of its runs: decided when it is made, and written down in it.

So everybody who opens the registry uses the same store. A registry in a folder keeps them in that
folder unless told otherwise, so that the whole can be moved; its place is written down relative to
it. A database on a server has no folder: its files go to the user's data folder on the machine
that made it, or to an object store.
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection, insert, select

from textgen.errors import RegistryError, UsageError
from textgen_registry.artifacts.objects import Objects, ObjectStore
from textgen_registry.artifacts.s3 import SCHEME, S3Objects, s3_url
from textgen_registry.database.location import ELSEWHERE, Folder, Location
from textgen_registry.database.problems import registry_error
from textgen_registry.database.schema import property_
from textgen_registry.database.sqlite import FILE_NAME
from textgen_registry.ids import new_id, unique_microseconds

_PROPERTY = "artifacts"
_BESIDE = "objects"


class ArtifactPlace:
    """Where the files of one registry are."""

    def __init__(self, location: Location, said: str | Path | None) -> None:
        """Note what was said.

        Args:
            location: Where the registry is.
            said: A folder, or ``s3://bucket/prefix``; None: wherever the registry says.

        Raises:
            UsageError: It is neither.
        """
        self._location = location
        self._said = None if said is None else self._written(str(said))
        self._planned = self._said or _default(location)

    def refuse_orphans(self) -> None:
        """Refuse a folder without a database that holds files of runs: its rows were lost.

        Raises:
            RegistryError: Says what to restore.
        """
        beside = self._beside()
        if beside is not None and any(beside.glob("sha256/*/*")):
            raise registry_error(
                self._location,
                f"{FILE_NAME} is missing or empty, but {beside} holds files of runs",
                f"Restore {FILE_NAME} from a backup. To begin anew, move {beside} away, or "
                f"{ELSEWHERE}.",
            )

    def write_down(self, connection: Connection) -> None:
        """Make the store, and write down in a registry that is being made where it is.

        Raises:
            RegistryError: Something is stored there already.
        """
        self.refuse_orphans()
        store = self._store(self._planned)
        store.make()
        if next(iter(store.stored()), None) is not None:
            raise RegistryError(
                f"artifacts {self._shown(self._planned)}: files of another registry are there, and "
                "two never share a place: what one does not need, it removes. Say another place "
                "with TEXTGEN_ARTIFACTS."
            )
        connection.execute(insert(property_).values(name=_PROPERTY, value=self._planned))

    def objects(self, connection: Connection) -> Objects | None:
        """Return the registry's store; None where the registry is yet to be made.

        Raises:
            UsageError: Another place was said than the registry has.
        """
        ask = select(property_.c.value).where(property_.c.name == _PROPERTY)
        recorded = connection.scalar(ask)
        if recorded is None:
            return None
        if self._said not in (None, recorded):
            raise UsageError(
                f"artifacts {self._shown(self._planned)}: the registry at {self._location} keeps "
                f"its files in {self._shown(recorded)}, as was decided when it was made. Leave "
                "TEXTGEN_ARTIFACTS out, or name another registry."
            )
        return self._store(recorded)

    def _written(self, said: str) -> str:
        """Return a place as it is written down."""
        if said.startswith(SCHEME):
            return s3_url(said)
        if "://" in said:
            raise UsageError(
                f"artifacts {said.partition('://')[0]}://…: files are kept in a folder or in an "
                f"S3-compatible store. Name a folder, or {SCHEME}bucket/prefix."
            )
        folder = Path(said).expanduser().absolute()
        beside = self._beside()
        return _BESIDE if beside is not None and folder == beside.absolute() else str(folder)

    def _store(self, written: str) -> Objects:
        beside = self._beside()
        if written.startswith(SCHEME):
            return S3Objects(written)
        if written == _BESIDE and beside is not None:
            return ObjectStore(beside)
        return ObjectStore(Path(written), must_be_there=True)

    def _shown(self, written: str) -> str:
        beside = self._beside()
        return str(beside) if written == _BESIDE and beside is not None else written

    def _beside(self) -> Path | None:
        if isinstance(self._location, Folder):
            return self._location.path / _BESIDE
        return None


def _default(location: Location) -> str:
    if isinstance(location, Folder):
        return _BESIDE
    from platformdirs import user_data_path

    # Two registries never share a folder: what one does not need, it removes.
    name = re.sub(r"\W+", "-", f"{location.url.database}-{new_id(unique_microseconds())}")
    return str(user_data_path("textgen") / "artifacts" / name)
