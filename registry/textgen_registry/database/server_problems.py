"""What a PostgreSQL server's errors mean, and what to do about them.

An error of a statement has an SQLSTATE. A connection that is refused has none: the server's words
come as text alone, in English unless it was set up otherwise.
"""

from __future__ import annotations

from textgen_registry.database.location import ELSEWHERE

_FULL = ("the disk of its server is full", f"Free some space there and try again, or {ELSEWHERE}.")
_LOCKED = (
    "another program keeps it locked",
    f"Try again when that program has ended, or {ELSEWHERE}.",
)
_FORBIDDEN = (
    "this user may not do that in the database ({cause})",
    f"Ask whoever runs the server for the right to use and to create tables in it, or {ELSEWHERE}.",
)
_READ_ONLY = (
    "its database can only be read",
    f"Name the server that the others copy from, or {ELSEWHERE}.",
)
_DAMAGED = (
    "its database is damaged ({cause})",
    f"Have it restored from a backup, or {ELSEWHERE}.",
)
_ENCODING = (
    "its database cannot hold all characters ({cause})",
    f"Make one that can, with createdb --encoding=UTF8 --template=template0, or {ELSEWHERE}.",
)
_OTHERWISE = ("its database refused ({cause})", f"Ask whoever runs the server, or {ELSEWHERE}.")

_BY_STATE = {
    "22P05": _ENCODING,
    "22021": _ENCODING,
    "25006": _READ_ONLY,
    "42501": _FORBIDDEN,
    "53100": _FULL,
    "55P03": _LOCKED,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}

_NO_PASSWORD = (
    "its server wants a password and was given none",
    f"Put it into PGPASSWORD or ~/.pgpass, or {ELSEWHERE}.",
)
_WRONG_PASSWORD = (
    "its server does not accept this user and password",
    f"Check both; the password may come from the URL, PGPASSWORD or ~/.pgpass. Or {ELSEWHERE}.",
)
_NO_DATABASE = (
    "its server has no such database",
    f"Make it: createdb --encoding=UTF8 NAME; or {ELSEWHERE}.",
)
_NO_USER = ("its server knows no such user", f"Check the user's name, or {ELSEWHERE}.")
_NO_HOST = ("there is no machine of that name", f"Check the host in the URL, or {ELSEWHERE}.")
_NO_ENTRY = (
    "its server lets nobody in from here who says so",
    f"Ask whoever runs it for an entry in pg_hba.conf, or {ELSEWHERE}.",
)
_AWAY = (
    "its server cannot be reached ({cause})",
    f"Check that it is running, and the host and port in the URL, or {ELSEWHERE}.",
)

_BY_WORDS = (
    ("no password supplied", _NO_PASSWORD),
    ("authentication failed", _WRONG_PASSWORD),
    ("no pg_hba.conf entry", _NO_ENTRY),
    ("permission denied for database", _FORBIDDEN),
    ("not known", _NO_HOST),
)


def server_problem(cause: BaseException) -> tuple[str, str]:
    """Return what an error of the driver means, and what to do next."""
    state = getattr(cause, "sqlstate", None)
    what, advice = _of_refusal(str(cause)) if state is None else _BY_STATE.get(state, _OTHERWISE)
    return what.format(cause=" ".join(str(cause).split())), advice


def _of_refusal(text: str) -> tuple[str, str]:
    if "does not exist" in text:
        return _NO_DATABASE if 'database "' in text.rpartition("FATAL")[2] else _NO_USER
    return next((problem for words, problem in _BY_WORDS if words in text), _AWAY)
