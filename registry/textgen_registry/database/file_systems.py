"""On which file system a folder is, and whether that is one over a network.

SQLite needs locks that hold between all who open a file, and so do claims to runs. Over a network
they often do not, and two writers then damage the file without an error. Known on Linux; elsewhere
nothing is known and nothing is refused.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from textgen_registry.database.location import ELSEWHERE, Folder
from textgen_registry.database.problems import registry_error

_TABLE = Path("/proc/self/mounts")
_INSIST = "TEXTGEN_TRUST_FILE_SYSTEM"

# Not 9p: sandboxes and virtual machines have it under everything, and mostly to themselves.
_OVER_A_NETWORK = {
    *("afs", "afpfs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs"),
    *("lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb3", "smbfs"),
    *("fuse.ceph", "fuse.curlftpfs", "fuse.davfs2", "fuse.gcsfuse", "fuse.glusterfs"),
    *("fuse.goofys", "fuse.juicefs", "fuse.mount-s3", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
}


class Mount(NamedTuple):
    """What a folder is on: where that begins, and its type."""

    point: str
    type: str


def mount_of(path: Path, table: str) -> Mount | None:
    """Return what ``path`` is on, by a table of mounts; None where the table does not tell.

    Args:
        path: Absolute, without symbolic links; need not be there.
        table: As in ``/proc/mounts``. What is mounted later hides what was mounted there before.
    """
    found: Mount | None = None
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = Mount(_plain(fields[1]), fields[2])
        covers = path.is_relative_to(mount.point)
        if covers and (found is None or len(mount.point) >= len(found.point)):
            found = mount
    return found


def is_over_a_network(mount: Mount) -> bool:
    """Tell whether a file system is shared with other machines."""
    return mount.type in _OVER_A_NETWORK


def require_local(folder: Folder) -> None:
    """Refuse a registry's folder on a network file system, unless the user insists.

    Raises:
        RegistryError: Says which file system, and what to use instead.
    """
    if os.environ.get(_INSIST):
        return
    try:
        table = _TABLE.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    mount = mount_of(folder.path.resolve(), table)
    if mount is not None and is_over_a_network(mount):
        raise registry_error(
            folder,
            f"{mount.point} is a network file system ({mount.type}), where several writers can "
            "damage a SQLite file",
            "Use a folder on a disk of this machine, or a PostgreSQL database "
            f"(postgresql+psycopg://user@host/database) where several share one: {ELSEWHERE}. "
            f"{_INSIST}=1 uses it all the same.",
        )


def _plain(field: str) -> str:
    """Return a field of the table; blanks and backslashes are octal numbers in it."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)
