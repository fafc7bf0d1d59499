"""A store of objects in a bucket of any S3-compatible service.

Needs the extra ``s3``. Keys, region and the service's address come from the variables and files
that other programs use for it (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, ``~/.aws``, …).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from textgen.errors import RegistryError, UsageError
from textgen.files import sha256_of
from textgen_registry.artifacts.objects import HalfWritten, StoredObject, checked, damaged

if TYPE_CHECKING:
    from s3fs import S3FileSystem

SCHEME = "s3://"

_NO_KEYS = (
    "there are no keys to reach them with. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
    "AWS_PROFILE."
)
_FORBIDDEN = (
    "the keys do not allow it. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_PROFILE, or "
    "ask whoever runs the bucket for the right to list it, and to read, write and delete in it."
)
_NO_BUCKET = "there is no such bucket. Make it first, or check the name and AWS_ENDPOINT_URL."
_OTHERWISE = "Check AWS_ENDPOINT_URL and AWS_REGION, and that the service can be reached."


def s3_url(text: str) -> str:
    """Return ``s3://bucket/prefix`` as every writer of it means it.

    Raises:
        UsageError: It names no bucket, or holds what belongs into variables.
    """
    parts = urlsplit(text)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(
            f"artifacts {SCHEME}…: only a bucket and a prefix belong into the URL. Keys come from "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the service from AWS_ENDPOINT_URL."
        )
    prefix = "/".join(filter(None, parts.path.split("/")))
    if not parts.netloc:
        raise UsageError(f"artifacts {text!r}: no bucket is named. Write {SCHEME}bucket/prefix.")
    return f"{SCHEME}{parts.netloc}/{prefix}".rstrip("/")


class S3Objects:
    """A store below ``s3://bucket/prefix``."""

    def __init__(self, url: str) -> None:
        """Name a store by what `s3_url` returned; nothing is asked of it yet."""
        self._url = url

    def make(self) -> None:
        """Refuse a bucket that is not there, or not ours to use; a prefix needs no making."""
        with self._told():
            self._ask_for_bucket()

    def where(self, sha256: str) -> str:
        """Return where the object with that hash is, or would be."""
        return f"{self._url}/sha256/{sha256[:2]}/{sha256}"

    def put(self, data: bytes) -> str:
        """Store ``data``; return its SHA-256.

        An object that is there already is written again: to tell whether it is intact would take
        as long.
        """
        sha256 = sha256_of(data)
        with self._told():
            self._files.pipe_file(self.where(sha256), data)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the object with that hash, checked."""
        where = self.where(sha256)
        with self._told():
            try:
                data = self._files.cat_file(where)
            except FileNotFoundError:
                self._ask_for_bucket()
                raise damaged(where, sha256, "the file is missing") from None
        return checked(data, sha256, where)

    def delete(self, sha256: str) -> None:
        """Remove the object with that hash, if it is there."""
        with self._told():
            self._files.rm_file(self.where(sha256))

    def stored(self) -> Iterator[StoredObject]:
        """Yield every object that is there, in no order."""
        with self._told():
            found = self._files.find(f"{self._url}/sha256", detail=True)
        for path, facts in found.items():
            modified = round(facts["LastModified"].timestamp() * 1_000_000)
            yield StoredObject(path.rpartition("/")[2], facts["size"], modified)

    def check(self, sha256: str) -> str | None:
        """Return the hash of what is stored under a hash, or None where nothing is."""
        with self._told():
            try:
                return sha256_of(self._files.cat_file(self.where(sha256)))
            except FileNotFoundError:
                self._ask_for_bucket()
                return None

    def half_written(self) -> Iterator[HalfWritten]:
        """Yield nothing: the service shows no object before it is complete."""
        yield from ()

    def discard(self, left: HalfWritten) -> None:
        """Do nothing: nothing is ever left behind."""

    @cached_property
    def _files(self) -> S3FileSystem:
        try:
            from s3fs import S3FileSystem
        except ModuleNotFoundError as error:
            raise RegistryError(
                f"files of the registry in {self._url}: an object store needs the package "
                f"{error.name}. Install it: pip install 'textgen-framework[s3]'"
            ) from error
        # Others write there too: what was listed a moment ago may have changed.
        return S3FileSystem(use_listings_cache=False, skip_instance_cache=True)

    def _ask_for_bucket(self) -> None:
        """Raise the service's error where the bucket is not there, or not ours to use."""
        self._files.call_s3("head_bucket", Bucket=urlsplit(self._url).netloc)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn any error of the service or of the way there into a `RegistryError`."""
        from botocore.exceptions import BotoCoreError, NoCredentialsError

        try:
            yield
        except NoCredentialsError as error:
            raise self._error(_NO_KEYS) from error
        except PermissionError as error:
            raise self._error(_FORBIDDEN) from error
        except FileNotFoundError as error:
            raise self._error(_NO_BUCKET) from error
        except (OSError, BotoCoreError) as error:
            raise self._error(f"{' '.join(str(error).split())}. {_OTHERWISE}") from error

    def _error(self, what: str) -> RegistryError:
        return RegistryError(f"files of the registry in {self._url}: {what}")
