"""Where a manual comes from: a folder, or a git repository at a revision, and what git says of its files."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ingest.errors import UserError


@dataclass(frozen=True, slots=True)
class Revision:
    """The last commit that touched a file: its full hash and its date (ISO 8601, the day)."""

    commit: str
    updated: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A manual's files on this disk while its context is open.

    `label` is the source as the person gave it, without credentials; `commit` the last one that touched
    the folder ("" outside git); `history` has an entry for each tracked, unmodified file, by its POSIX
    path relative to `root`.
    """

    root: Path
    label: str
    commit: str = ""
    history: Mapping[str, Revision] = field(default_factory=dict)


_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SCP = re.compile(r"[^/:\s]+@[^/:\s]+:[^:]|[A-Za-z0-9.-]{2,}:[^:/\\]")
_HELPER = re.compile(r"[a-z][a-z0-9+.-]*::", re.IGNORECASE)
_SCHEMES = {"file", "git", "http", "https", "ssh"}
_MARK = "\x01"


def open_source(source: str, ref: str | None = None) -> AbstractContextManager[Checkout]:
    """The manual at `source`: a folder as it lies there, or a git repository cloned for the while.

    A folder with a `ref`, a bare repository and a URL are cloned with their whole history and checked
    out at `ref` (branch, tag or commit; else the default branch). UserError when that cannot be done.
    """
    _refuse_options(source, ref)
    if _is_url(source):
        return _cloned(source, _label(source), ref)
    folder = Path(source).expanduser()
    if not folder.exists():
        raise UserError(f"The source {source} does not exist: give a folder of Markdown or a git URL.")
    if not folder.is_dir():
        raise UserError(f"The source {source} is not a directory: give the folder that holds the manual.")
    if ref is not None or _is_bare(folder):
        return _cloned_folder(folder.resolve(), source, ref)
    return _folder(folder.resolve(), source)


def _refuse_options(source: str, ref: str | None) -> None:
    """git would read a leading dash as an option, and `helper::address` as a program to run."""
    if not source.strip():
        raise UserError("The source is empty: give a folder of Markdown or a git URL.")
    if source.startswith("-"):
        raise UserError(f"The source {source} begins with a dash: give a folder or a git URL.")
    if ref is not None and (not ref or ref.startswith("-")):
        raise UserError(f'The ref "{ref}" is no branch, tag or commit: name one of the repository\'s.')
    if _HELPER.match(source) and not Path(source).exists():
        raise UserError(f"The source {_label(source)} names a git transport helper: give an https, ssh or file URL.")


def _is_url(source: str) -> bool:
    if not _URL.match(source):
        return _SCP.match(source) is not None and not Path(source).exists()
    scheme = source.split(":", 1)[0].lower()
    if scheme not in _SCHEMES:
        raise UserError(f"The source {_label(source)} is no git URL: use https, ssh, git or file.")
    return True


def _label(source: str) -> str:
    """The source without user, password, query and fragment."""
    if not _URL.match(source):
        return re.sub(r"^[^/@\s]*:[^/@\s]*@", "", source)
    try:
        parts = urlsplit(source)
    except ValueError as error:  # not shown: it may hold a password
        raise UserError(f"The source is no URL that can be read ({error}): give a folder or a git URL.") from error
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@contextmanager
def _folder(root: Path, label: str) -> Iterator[Checkout]:
    top = _top(root)
    if top is None:
        yield Checkout(root, label)
    else:
        yield Checkout(root, label, *_past(root))


@contextmanager
def _cloned_folder(folder: Path, label: str, ref: str | None) -> Iterator[Checkout]:
    """A folder of a repository at another revision: the clone's same folder."""
    top = folder if _is_bare(folder) else _top(folder)
    if top is None:
        raise UserError(f"The source {label} is not in a git repository: leave out the ref {ref}.")
    with _cloned(str(top), label, ref) as whole:
        root = whole.root / folder.relative_to(top)
        if not root.is_dir():
            raise UserError(f"The source {label} has no such folder at {ref}: choose another ref.")
        yield Checkout(root, label, *_past(root))


@contextmanager
def _cloned(address: str, label: str, ref: str | None) -> Iterator[Checkout]:
    with tempfile.TemporaryDirectory(prefix="whodoiask-") as folder:
        root = Path(folder) / "manual"
        quiet = ("clone", "--quiet", "--no-checkout", "--no-local")
        clone = _git(Path(folder), *quiet, "--", address, str(root))
        if clone.returncode != 0:
            raise UserError(f"The source {label} could not be cloned, git says: {_reason(clone)}")
        commit = _resolve(root, ref, label)
        checkout = _git(root, "checkout", "--quiet", "--detach", commit)
        if checkout.returncode != 0:
            raise UserError(f"The source {label} could not be checked out, git says: {_reason(checkout)}")
        yield Checkout(root, label, *_past(root))


def _resolve(root: Path, ref: str | None, label: str) -> str:
    """The full hash of a branch, tag or commit of the clone."""
    names = ["HEAD"] if ref is None else [f"refs/remotes/origin/{ref}", f"refs/tags/{ref}", ref]
    for name in names:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found.returncode == 0:
            return found.stdout.decode().strip()
    if ref is None:
        raise UserError(f"The source {label} has no commit yet: commit the manual, or give it as a folder.")
    raise UserError(f"The source {label} has no branch, tag or commit {ref}: choose one that it has.")


def _past(root: Path) -> tuple[str, dict[str, Revision]]:
    """The last commit under a folder, and each tracked and unmodified file's own."""
    names = ("-z", "--name-only", "--no-renames", "--relative")
    # -c: of a merge only what it changed itself, so that a file keeps the commit that wrote it.
    log = _git(root, "log", *names, "--no-show-signature", "-c", f"--format={_MARK}%H %cs", "--", ".")
    tracked = set(_names(_git(root, "ls-files", "-z")))
    changed = set(_names(_git(root, "diff", *names, "HEAD", "--", ".")))
    boundary = _shallow(root)
    commit, history = "", dict[str, Revision]()
    revision = Revision("", "")
    for entry in _names(log):
        name = entry.lstrip("\n")
        if name.startswith(_MARK):
            revision = Revision(*name[1:].split(" ", 1))
            commit = commit or revision.commit
        elif name in tracked and name not in changed and revision.commit not in boundary:
            history.setdefault(name, revision)
    return commit, history


def _shallow(root: Path) -> set[str]:
    """Commits at which a shallow clone ends: git shows each of them as the one that wrote every file."""
    found = _git(root, "rev-parse", "--git-path", "shallow")
    file = root / os.fsdecode(found.stdout).rstrip("\n")
    return set(file.read_text().split()) if file.is_file() else set()


def _names(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    if done.returncode != 0:  # a repository without a commit
        return []
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def _top(folder: Path) -> Path | None:
    """The working tree that a folder lies in; None outside git (or where git is not installed)."""
    try:
        found = _git(folder, "rev-parse", "--show-toplevel")
    except UserError:
        return None
    line = os.fsdecode(found.stdout).rstrip("\n")
    return Path(line) if found.returncode == 0 and line else None


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder: no prompt, no hook, no filter, no submodule, no transport but the plain ones. A folder's own
    configuration may name programs, and it may come from anybody."""
    try:
        return _run(folder, *arguments, options=_filters_off(folder))
    except FileNotFoundError as error:
        raise UserError("git is not installed: install it, or give the manual as a folder.") from error


def _filters_off(folder: Path) -> list[str]:
    """Options that make nothing of the filters that are configured: git would run them on each file it compares."""
    listed = _run(folder, "config", "--null", "--name-only", "--get-regexp", r"^filter\.").stdout
    names = {os.fsdecode(key).rpartition(".")[0] for key in listed.split(b"\0") if key}
    off = (f"{name}.{key}" for name in sorted(names) for key in ("clean=", "smudge=", "process=", "required=false"))
    return [part for option in off for part in ("-c", option)]


def _run(folder: Path, *arguments: str, options: Sequence[str] = ()) -> subprocess.CompletedProcess[bytes]:
    off = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "submodule.recurse=false")
    command = ["git", *(part for option in off for part in ("-c", option)), *options, *arguments]
    # Only a clone may reach for anything; the rest would fetch what a repository says that it lacks.
    reached = _SCHEMES if arguments[:1] == ("clone",) else {"none"}
    return subprocess.run(command, cwd=folder, env=_environment(reached), capture_output=True, check=False)


def _environment(reached: Iterable[str]) -> dict[str, str]:
    elsewhere = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
    inherited = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return {
        "GIT_ASKPASS": "true",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        **inherited,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": ":".join(sorted(reached)),
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "LC_ALL": "C",
    }


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """git's first complaint, without the credentials that it may repeat."""
    lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    causes = [line for line in lines if not line.startswith(("warning:", "remote:", "hint:", "Cloning"))]
    said = next(iter(causes or lines), "nothing").removeprefix("fatal: ")
    return re.sub(r"\?[^\s']*", "", re.sub(r"//[^/@\s]*@", "//", said)).rstrip(".") + "."
