"""Keeps token ids, and what tokenizers learned, in files that many runs share.

An entry is a folder named by the checksum of all that it depends on. Its ``index.json`` is written
last and proves the rest whole; an entry that is not whole is made anew, so that a damaged cache
costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from mmap import ACCESS_COPY, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from textgen.data.leftovers import claim, clear_leftovers
from textgen.data.token_folder import TokenFolder, default_folder
from textgen.errors import CorpusError
from textgen.files import open_atomic, sha256_of, write_atomic

if TYPE_CHECKING:
    from textgen.parts import TokenIds

_FORMAT = 1  # to be raised with how ids are stored, or how `Corpus` cuts a text
_INDEX, _IDS, _DOCUMENTS = "index.json", "ids.bin", "documents.bin"
_DAMAGED = (OSError, ValueError, LookupError, TypeError)


def default_cache() -> TokenCache:
    """Return the cache of this user."""
    return TokenCache(default_folder())


class MappedIds(NamedTuple):
    """Token ids in a file that is mapped into memory.

    Attributes:
        ids: ``[N]``; what is written to them stays in memory.
        documents: Where documents begin, ``[D]``.
        mapping: The file.
    """

    ids: TokenIds
    documents: NDArray[np.int64]
    mapping: mmap


class TokenCache(TokenFolder):
    """A folder of entries, and how each is named."""

    def entry(self, what: str, depends_on: Mapping[str, Any]) -> Entry:
        """Return the entry, there or not, of something that depends on plain JSON values."""
        described = json.dumps([_FORMAT, what, depends_on], sort_keys=True)
        return Entry(self.folder / f"{what}-{sha256_of(described.encode())}")


class NewIds:
    """Ids on their way to the disk.

    Attributes:
        documents: Where documents begin, ``[D]``; to be set.
    """

    documents: NDArray[np.int64]

    def __init__(self, file: BinaryIO, dtype: np.dtype[Any], place: object) -> None:
        """Write ids of type ``dtype`` to a file, which messages call ``place``."""
        self._file, self._dtype, self._place = file, dtype, place
        self._digest = hashlib.sha256()

    def write(self, ids: TokenIds) -> None:
        """Add ids of the type that was announced.

        Raises:
            CorpusError: The disk is full, or cannot be written.
        """
        data = np.ascontiguousarray(ids).view(np.uint8).data
        self._digest.update(data)
        # Past the file's buffer: what the disk did not take would be written once more on closing.
        with _telling(self._place):
            while data:
                data = data[os.write(self._file.fileno(), data) :]

    def mapped(self) -> MappedIds:
        """Return what was written."""
        with _telling(self._place):
            return _map(self._file, self._dtype, self.documents)

    def index(self) -> dict[str, Any]:
        """Return what proves the entry whole."""
        return {
            "dtype": self._dtype.name,
            "sha256_ids": self._digest.hexdigest(),
            "sha256_documents": sha256_of(self.documents.tobytes()),
        }


class Entry:
    """A folder with ids, or with what a tokenizer learned."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_state(self) -> dict[str, Any] | None:
        """Return what a tokenizer learned; None where it is not kept, or not whole."""
        index = self._index()
        state = index.get("state")
        whole = state is not None and _checksum(state) == index.get("sha256_state")
        return state if whole else None

    def keep_state(self, state: Mapping[str, Any]) -> None:
        """Keep what a tokenizer learned, where the folder can be written."""
        self._keep_index({"state": state, "sha256_state": _checksum(state)})

    def read_ids(self) -> MappedIds | None:
        """Return the ids; None where they are not kept, or not whole."""
        index = self._index()
        try:
            documents = self._file(_DOCUMENTS).read_bytes()
            with self._file(_IDS).open("rb") as file:
                found = {
                    "sha256_ids": hashlib.file_digest(file, "sha256").hexdigest(),
                    "sha256_documents": sha256_of(documents),
                }
                if any(index[key] != value for key, value in found.items()):
                    return None
                begins = np.frombuffer(documents, np.int64)
                return _map(file, np.dtype(index["dtype"]), begins)
        except _DAMAGED:
            return None

    @contextmanager
    def new_ids(self, dtype: np.dtype[Any]) -> Iterator[NewIds]:
        """Take ids in, and keep them when the block ends without an error.

        Where the folder cannot be written they lie in a temporary file, which ends with the
        process. Where somebody clears the cache meanwhile, they are not kept.

        Raises:
            CorpusError: The disk is full.
        """
        with ExitStack() as stack:
            file, is_kept = self._open(stack)
            new = NewIds(file, dtype, self._folder if is_kept else tempfile.gettempdir())
            yield new
            if is_kept:
                with _telling(self._folder), suppress(FileNotFoundError):
                    stack.close()
                    write_atomic(self._folder / _DOCUMENTS, new.documents.tobytes())
                    self._keep_index(new.index())

    def _open(self, stack: ExitStack) -> tuple[BinaryIO, bool]:
        with suppress(OSError):
            clear_leftovers(self._folder, (_IDS, _DOCUMENTS, _INDEX))
            file = stack.enter_context(open_atomic(self._folder / _IDS))
            claim(file)
            return file, True
        with _telling("a temporary file"):
            return stack.enter_context(tempfile.TemporaryFile()), False

    def _index(self) -> dict[str, Any]:
        with suppress(*_DAMAGED):
            index = json.loads(self._file(_INDEX).read_bytes())
            if isinstance(index, dict):
                return index
        return {}

    def _file(self, name: str) -> Path:
        """Return where one of the files is; ValueError where it has no end, as a device."""
        path = self._folder / name
        if not path.is_file():
            raise ValueError(f"{path} is no file")
        return path

    def _keep_index(self, index: Mapping[str, Any]) -> None:
        with suppress(OSError):
            write_atomic(self._folder / _INDEX, json.dumps(index, ensure_ascii=True).encode())


def _map(file: BinaryIO, dtype: np.dtype[Any], documents: NDArray[np.int64]) -> MappedIds:
    mapping = mmap(file.fileno(), 0, access=ACCESS_COPY)
    return MappedIds(np.frombuffer(mapping, dtype), documents, mapping)


def _checksum(state: object) -> str:
    return sha256_of(json.dumps(state, sort_keys=True).encode())


@contextmanager
def _telling(place: object) -> Iterator[None]:
    """Tell what to do where a file of ids cannot be written.

    Raises:
        CorpusError: It cannot.
    """
    try:
        yield
    except OSError as error:
        raise CorpusError(
            f"the corpus's token ids cannot be written to {place} ({error.strerror or error}). "
            "Free some room, or name another folder by TEXTGEN_CACHE."
        ) from error
