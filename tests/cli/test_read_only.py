"""A registry that one may read and not write: what would change it says why it does not."""

import pytest


@pytest.fixture
def read_only(tiny, public_folder):
    """A registry with one run, `kept`, in which nobody may write."""
    tiny("--name", "kept", "--registry", public_folder)
    for path in public_folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    public_folder.chmod(0o555)
    yield public_folder
    for path in [public_folder, *public_folder.rglob("*")]:
        path.chmod(0o755)


@pytest.mark.parametrize("words", [["delete", "kept"], ["tag", "kept", "old"], ["resume", "kept"]])
def test_permissions_are_named_as_the_reason(textgen, read_only, without_rights, words):
    command = words if words[0] == "resume" else ["runs", *words]
    with without_rights():
        line = textgen(*command, "--registry", read_only).error_line(1)
    assert "permissions" in line.lower() or "Permission denied" in line
    assert "another process" not in line
    assert textgen("runs", "list", "--json", "--registry", read_only).json[0]["name"] == "kept"
