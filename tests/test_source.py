"""Where manuals come from: folders and real git repositories."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import write_manual

from ingest.errors import UserError
from ingest.manual.source import Revision, open_source

Git = Callable[..., str]


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    """Two commits on main (tag v1 on the first), one more on the branch `draft`."""
    root = tmp_path / "repository"
    write_manual(root, {"docs/a.md": "a\n", "docs/caf\u00e9 \u201cnew\u201d.md": "b\n", "code/x.py": "x\n"})
    git(root.parent, "init", "-q", "-b", "main", str(root))
    for message, files in (("first", {}), ("second", {"docs/a.md": "a2\n"})):
        write_manual(root, files)
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", message)
        if message == "first":
            git(root, "tag", "v1")
    git(root, "checkout", "-q", "-b", "draft")
    write_manual(root, {"docs/c.md": "c\n"})
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "third")
    git(root, "checkout", "-q", "main")
    return root


def test_a_folder_outside_git(small_manual: Path) -> None:
    with open_source(str(small_manual)) as checkout:
        assert checkout.root == small_manual
        assert (checkout.commit, checkout.history) == ("", {})


def test_each_file_has_its_own_last_commit(repository: Path, git: Git) -> None:
    first, second = git(repository, "rev-parse", "v1"), git(repository, "rev-parse", "main")
    with open_source(str(repository)) as checkout:
        assert checkout.commit == second
        assert checkout.history == {
            "docs/a.md": Revision(second, "2024-02-03"),
            "docs/caf\u00e9 \u201cnew\u201d.md": Revision(first, "2024-02-03"),
            "code/x.py": Revision(first, "2024-02-03"),
        }


def test_a_folder_inside_a_repository_knows_only_its_own_past(repository: Path, git: Git) -> None:
    with open_source(str(repository / "code")) as checkout:
        assert checkout.commit == git(repository, "rev-parse", "v1")
        assert list(checkout.history) == ["x.py"]


def test_modified_and_untracked_files_have_no_commit(repository: Path) -> None:
    write_manual(repository, {"docs/a.md": "changed\n", "docs/new.md": "new\n"})
    with open_source(str(repository / "docs")) as checkout:
        assert list(checkout.history) == ["caf\u00e9 \u201cnew\u201d.md"]
        assert (checkout.root / "new.md").exists()


def test_a_merge_leaves_files_their_own_commits(repository: Path, git: Git) -> None:
    write_manual(repository, {"docs/d.md": "d\n"})
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "fourth")
    git(repository, "merge", "-q", "--no-ff", "-m", "merge", "draft")
    with open_source(str(repository)) as checkout:
        assert checkout.history["docs/c.md"].commit == git(repository, "rev-parse", "draft")


def test_a_repository_without_a_commit(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "-q")
    write_manual(tmp_path, {"a.md": "a\n"})
    with open_source(str(tmp_path)) as checkout:
        assert (checkout.commit, checkout.history) == ("", {})


@pytest.mark.parametrize(("ref", "files"), [("v1", 2), ("draft", 3), ("main", 2), (None, 2)])
def test_a_url_at_a_ref(repository: Path, git: Git, ref: str | None, files: int) -> None:
    with open_source(repository.as_uri(), ref) as checkout:
        assert len(list((checkout.root / "docs").iterdir())) == files
        assert checkout.commit == git(repository, "rev-parse", ref or "main")
        assert checkout.label == repository.as_uri()
        assert checkout.history["code/x.py"].commit == git(repository, "rev-parse", "v1")
    assert not checkout.root.exists()


def test_a_commit_as_ref_of_a_folder_inside(repository: Path, git: Git) -> None:
    with open_source(str(repository / "docs"), git(repository, "rev-parse", "v1")) as checkout:
        assert (checkout.root / "a.md").read_text() == "a\n"
        assert (repository / "docs/a.md").read_text() == "a2\n"


def test_a_bare_repository(repository: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    with open_source(str(tmp_path / "bare.git")) as checkout:
        assert (checkout.root / "docs/a.md").read_text() == "a2\n"


def test_a_shallow_clone_does_not_date_what_it_cannot_know(repository: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    with open_source(str(tmp_path / "shallow")) as checkout:
        assert checkout.commit == git(repository, "rev-parse", "main")
        assert checkout.history == {}


def test_relative_and_home_paths(small_manual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_manual.parent)
    monkeypatch.setenv("HOME", str(tmp_path))
    for source in ("small-manual", "./small-manual", "~/small-manual"):
        with open_source(source) as checkout:
            assert checkout.root == small_manual.resolve()
            assert checkout.label == source


CONFIGURED: dict[str, dict[str, str]] = {
    "a monitor of the file system": {"core.fsmonitor": "touch {marker};"},
    "a filter": {"filter.evil.clean": "touch {marker}; cat", "filter.evil.smudge": "touch {marker}; cat"},
    "a filter that goes on": {"filter.evil.process": "touch {marker}", "filter.evil.required": "true"},
    "who checks signatures": {"log.showSignature": "true", "gpg.program": "{script}"},
    "another differ": {"diff.external": "{script}", "diff.evil.textconv": "{script}", "diff.evil.command": "{script}"},
    "where what is missing comes from": {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": "file://{tmp}/code", "remote.origin.uploadpack": "{script}",
    },
    "a pager": {"core.pager": "{script}", "pager.log": "{script}", "core.editor": "{script}"},
    "an alias": {"alias.log": "!{script}", "alias.config": "!{script}"},
}  # fmt: skip


@pytest.mark.parametrize("ref", [None, "HEAD"])
@pytest.mark.parametrize("configured", CONFIGURED)
def test_nothing_that_the_folders_own_configuration_names_is_run(
    repository: Path, tmp_path: Path, git: Git, configured: str, ref: str | None
) -> None:
    marker, script = tmp_path / "run", tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    script.chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(repository, "add", ".")
    signed = (
        "tree {}\nauthor A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n\nx\n"
    )
    tree = tmp_path / "commit"
    tree.write_text(signed.format(git(repository, "write-tree")))
    commit = git(repository, "hash-object", "-t", "commit", "-w", "--literally", str(tree))
    git(repository, "update-ref", "refs/heads/main", commit)
    page = next(repository.rglob("*.md"))
    page.write_text(page.read_text() + "\nMore.\n")
    lost = git(repository, "rev-parse", f"HEAD:{page.relative_to(repository).as_posix()}")
    for key, value in CONFIGURED[configured].items():
        git(repository, "config", key, value.format(marker=marker, script=script, tmp=tmp_path))
    if configured.startswith("where"):
        (repository / ".git/objects" / lost[:2] / lost[2:]).unlink()
    with suppress(UserError), open_source(str(repository), ref):
        pass
    assert not marker.exists()


@pytest.mark.parametrize(
    ("source", "ref", "says"),
    [
        ("{tmp}/none", None, "does not exist"),
        ("{tmp}/file.md", None, "is not a directory"),
        ("", None, "is empty"),
        ("--upload-pack=touch x", None, "begins with a dash"),
        ("{repo}", "--help", "no branch, tag or commit"),
        ("{repo}", "nowhere", "has no branch, tag or commit nowhere"),
        ("{repo}/code", "main:code", "has no branch, tag or commit"),
        ("{tmp}", "main", "not in a git repository"),
        ("file://{tmp}/none.git", None, "does not appear to be a git repository"),
        ("ext::sh -c x", None, "transport helper"),
        ("ftp://example.org/x.git", None, "is no git URL"),
        ("https://ada:secret@[::1/x.git", None, "is no URL that can be read"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_sentence(
    repository: Path, tmp_path: Path, source: str, ref: str | None, says: str
) -> None:
    (tmp_path / "file.md").write_text("x")
    with (
        pytest.raises(UserError, match=says) as raised,
        open_source(source.format(tmp=tmp_path, repo=repository), ref),
    ):
        pass
    assert "\n" not in str(raised.value)


def test_credentials_are_never_shown() -> None:
    with (
        pytest.raises(UserError) as raised,
        open_source("https://ada:secret@127.0.0.1:1/manual.git?key=secret", None),
    ):
        pass
    assert "https://127.0.0.1:1/manual.git" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_git_not_installed(small_manual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PATH", "/nowhere")
    with open_source(str(small_manual)) as checkout:
        assert checkout.commit == ""
    with pytest.raises(UserError, match="git is not installed"), open_source("file:///x.git"):
        pass
