"""Where a registry is: a folder on this machine, or a database on a server.

Knows how either is written, nothing of how it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from textgen.errors import UsageError

ELSEWHERE = "name another registry with --registry or TEXTGEN_REGISTRY"


# What in a URL's query is no part of where a database is, and nobody's to see.
_SECRETS = ("password", "sslpassword")


@dataclass(frozen=True)
class Folder:
    """A folder that holds a SQLite file and, unless said otherwise, the files of runs."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Server:
    """A database on a server, as SQLAlchemy writes it."""

    url: URL

    def __str__(self) -> str:
        return self.url.difference_update_query(_SECRETS).render_as_string(hide_password=True)


Location = Folder | Server


def parse_location(text: str | Path) -> Location:
    """Return what ``text`` names.

    Args:
        text: A folder, or ``postgresql+psycopg://user@host/database``.

    Raises:
        UsageError: It looks like a URL and is none of PostgreSQL.
    """
    if isinstance(text, str) and text.startswith("postgres://"):  # as other programs write it
        text = text.replace("postgres", "postgresql", 1)
    if isinstance(text, Path) or "://" not in text:
        return Folder(Path(text))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Not quoted: a password may be anywhere in it.
        raise UsageError(
            f"registry {text.partition('://')[0]}://…: this is no URL of a database. Write it as "
            "postgresql+psycopg://user@host/database, or name a folder."
        ) from None
    if "@" in (url.host or ""):
        raise UsageError(
            f"registry {url.drivername}://…: there are two @ in it. Write one that belongs to the "
            "user or the password as %40."
        )
    if url.get_backend_name() != "postgresql":
        raise UsageError(
            f"registry {Server(url)}: a registry is a folder or a PostgreSQL database. "
            "Name a folder, or postgresql+psycopg://user@host/database."
        )
    return Server(url.set(drivername="postgresql+psycopg"))
