"""A registry in a folder is refused where SQLite's locks do not hold, with advice."""

from __future__ import annotations

from pathlib import Path

import pytest

from textgen.errors import RegistryError
from textgen_registry import Registry
from textgen_registry.database import file_systems
from textgen_registry.database.file_systems import Mount, is_over_a_network, mount_of

TABLE = r"""
rootfs / rootfs rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/export /mnt/team nfs4 rw,vers=4.2 0 0
/dev/sdb1 /mnt/team/local xfs rw 0 0
//server/share /mnt/with\040blank\134 cifs rw 0 0
me@host:/ /home/me/remote fuse.sshfs rw 0 0
/dev/fuse /home/me/ntfs fuseblk rw 0 0
tmpfs /scratch tmpfs rw 0 0
server:/scratch /scratch nfs rw 0 0
server:/over /over nfs rw 0 0
/dev/sdc1 /over ext4 rw 0 0
overlay /var/lib overlay rw 0 0
half a
"""


@pytest.mark.parametrize(
    ("path", "point", "kind", "network"),
    [
        ("/home/me/runs", "/", "ext4", False),
        ("/mnt/team/runs", "/mnt/team", "nfs4", True),
        ("/mnt/team", "/mnt/team", "nfs4", True),
        ("/mnt/teams", "/", "ext4", False),
        ("/mnt/team/local/runs", "/mnt/team/local", "xfs", False),
        ("/mnt/with blank\\/runs", "/mnt/with blank\\", "cifs", True),
        ("/home/me/remote/a/b", "/home/me/remote", "fuse.sshfs", True),
        ("/home/me/ntfs/a", "/home/me/ntfs", "fuseblk", False),
        ("/scratch/runs", "/scratch", "nfs", True),
        ("/over/runs", "/over", "ext4", False),
        ("/var/lib/runs", "/var/lib", "overlay", False),
    ],
)
def test_the_longest_and_latest_mount_counts(path, point, kind, network):
    mount = mount_of(Path(path), TABLE)
    assert mount == Mount(point, kind)
    assert is_over_a_network(mount) is network


@pytest.mark.parametrize("table", ["", "\n\n", "half a\n", "tmpfs /elsewhere tmpfs rw 0 0"])
def test_a_table_that_does_not_tell_gives_nothing(table):
    assert mount_of(Path("/home/me"), table) is None


@pytest.fixture
def on_nfs(tmp_path, monkeypatch):
    """A folder that this machine's table says is on NFS."""
    folder = tmp_path / "team"
    folder.mkdir()
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/export {folder} nfs4 rw 0 0\n")
    monkeypatch.setattr(file_systems, "_TABLE", table)
    return folder


def test_a_registry_on_a_network_file_system_is_refused_and_not_made(on_nfs, make_run, tmp_path):
    (tmp_path / "link").symlink_to(on_nfs)
    for folder in (on_nfs / "registry", tmp_path / "link" / "registry"):
        registry = Registry(folder)
        for attempt in (
            lambda registry=registry: registry.check_new_run(name=None),
            lambda registry=registry: make_run(into=registry),
        ):
            with pytest.raises(RegistryError) as refusal:
                attempt()
            for part in (str(folder), str(on_nfs), "nfs4", "postgresql+psycopg://", "--registry"):
                assert part in str(refusal.value)
        assert registry.runs() == []
    assert list(on_nfs.iterdir()) == []


def test_one_that_is_there_can_be_read_but_not_written(on_nfs, make_run, monkeypatch):
    registry = Registry(on_nfs / "registry")
    with monkeypatch.context() as patch:
        patch.setenv("TEXTGEN_TRUST_FILE_SYSTEM", "1")
        run = make_run(into=registry)
        registry.release(run.id)
    other = Registry(on_nfs / "registry")
    assert [row.id for row in other.runs()] == [run.id]
    with pytest.raises(RegistryError, match="TEXTGEN_TRUST_FILE_SYSTEM=1"):
        other.hold(run.id)


def test_where_there_is_no_table_nothing_is_refused(tmp_path, make_run, monkeypatch):
    monkeypatch.setattr(file_systems, "_TABLE", tmp_path / "none")
    assert make_run(into=Registry(tmp_path / "registry"))
