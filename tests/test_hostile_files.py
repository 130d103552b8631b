"""Files that nobody expects in a manual: what leads out of it, never ends, or has a name that breaks things."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import silent, write_manual

from assistant.flow import Assistant
from ingest.build import IngestReport, ingest
from ingest.errors import UserError
from ingest.manual.reading import read_manual

ROOT = Path(__file__).resolve().parent.parent
SOUND = "# Tills\n\nAsk the Till team in #tills when a till jams.\n"
HIDDEN = "# Secret\n\nAsk the Vault team in #vault for the keys of the vault.\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"
QUESTION = "Who do I ask when a till jams?"


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """A folder with one sound page; beside it lies what it must not reach."""
    write_manual(tmp_path, {"outside/secret.md": HIDDEN, "outside/data.yml": "- name: vault\n  owner: Vault team\n"})
    return write_manual(tmp_path / "manual", {"tills.md": SOUND})


def said_of(manual: Path) -> str:
    return "\n".join(map(str, read_manual(manual).warnings))


def test_no_link_leads_out_of_the_manual(manual: Path, tmp_path: Path) -> None:
    (manual / "inside.md").symlink_to("tills.md")
    (manual / "secret.md").symlink_to(tmp_path / "outside/secret.md")
    (manual / "up.md").symlink_to("../outside/secret.md")
    (manual / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    (manual / "gone.md").symlink_to("nothing.md")
    (manual / "loop.md").symlink_to("loop.md")
    (manual / "data").mkdir()
    (manual / "data/vault.yml").symlink_to(tmp_path / "outside/data.yml")
    read = read_manual(manual)
    assert [page.path for page in read.pages] == ["inside.md", "tills.md"]
    assert read.data == ()
    said = "\n".join(map(str, read.warnings))
    assert "not read, links that lead out of the folder: 2 (secret.md, up.md)" in said
    assert "not read, no plain files: 2 (gone.md, loop.md)" in said


def test_settings_are_no_way_out_either(manual: Path, tmp_path: Path) -> None:
    write_manual(tmp_path, {"outside/whodoiask.toml": 'generic = ["#vault"]\n'})
    (manual / "whodoiask.toml").symlink_to(tmp_path / "outside/whodoiask.toml")
    assert read_manual(manual).settings.generic == ()


@pytest.mark.parametrize("name", ["pipe.md", "config/tech-docs.yml", "whodoiask.toml", "data/repos.yml", "CODEOWNERS"])
def test_what_never_ends_is_not_opened(manual: Path, name: str) -> None:
    """In a process of its own, which a pipe that nobody writes to would hold for ever."""
    (manual / name).parent.mkdir(exist_ok=True)
    os.mkfifo(manual / name)
    code = "import sys; from pathlib import Path; from ingest.manual.reading import read_manual as read;"
    code += "print(len(read(Path(sys.argv[1])).pages))"
    done = subprocess.run([sys.executable, "-c", code, manual], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_a_device_is_no_page(manual: Path) -> None:
    (manual / "zero.md").symlink_to("/dev/zero")
    assert "links that lead out of the folder: 1 (zero.md)" in said_of(manual)


def test_a_page_that_may_not_be_read_is_named_and_the_others_are_read(manual: Path, index_folder: Path) -> None:
    write_manual(manual, {"closed.md": HIDDEN, "data/closed.yml": "- name: vault\n"})
    for name in ("closed.md", "data/closed.yml"):
        (manual / name).chmod(0)
    as_anybody = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if as_anybody and subprocess.run([*as_anybody, "true"], check=False, capture_output=True).returncode:
        pytest.skip("root may read anything, and cannot be kept from it here")
    command = [*as_anybody, sys.executable, "-m", "ui.cli", "ingest", manual, "--index", index_folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "closed.md:1: cannot be read (Permission denied); skipped" in done.stdout + done.stderr
    assert ask(index_folder) == ["#tills"]


def test_addresses_that_are_no_urls_harm_nothing(manual: Path, index_folder: Path) -> None:
    table = "| Matter | Owner | Contact |\n|---|---|---|\n| x | X team | http://[::1/form |\n"
    data = '- name: x\n  team: X team\n  url: "http://[::1/help"\n  desk: "https://[x/desk"\n'
    write_manual(manual, {"odd.md": f"# Odd\n\nAsk [here](http://[::1/desk) about x.\n\n{table}", "data/x.yml": data})
    assert ingest(str(manual), index_folder, progress=silent).pages == 2
    assert ask(index_folder) == ["#tills"]


def test_a_pointer_of_git_lfs_is_named(manual: Path) -> None:
    write_manual(manual, {"large.md": POINTER})
    assert "large.md:1: a pointer of Git LFS, not the file itself; skipped, run `git lfs pull`" in said_of(manual)


def test_settings_that_are_nested_without_end_are_a_sentence(manual: Path) -> None:
    write_manual(manual, {"whodoiask.toml": f"generic = {'[' * 100_000}"})
    with pytest.raises(UserError, match="cannot be read"):
        read_manual(manual)


NAMES = [
    "two\nlines.md", "quote\"'`.md", "back\\slash.md", "two..dots...md", "\u202egnp.md", "a\u200b\ufeff.md",
    "-rf.md", "--help.md", "%2e%2e%2f.md", "<b>&amp;.md", "semi;colon|pipe.md", "$(touch x).md", "*?[a].md",
    " blank .md", "tab\t.md", "\x1b[31mred.md", f"{'n' * 252}.md",
    "é.md", "e\u0301.md", "＃evil.md", "#evil.md", "CON.md",
]  # fmt: skip


def ask(index: Path) -> list[str]:
    assistant = Assistant.open(index)
    try:
        answer = assistant.answer(QUESTION)
        json.dumps(answer.to_json()).encode()
        return [contact.address for contact in answer.contacts]
    finally:
        assistant.index.close()


def test_pages_of_any_name_are_read_and_answered_from(
    manual: Path, index_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import run

    for number, name in enumerate(NAMES):
        write_manual(manual, {name: f"# Thing {number}\n\nAsk in #thing-{number} about thing {number}.\n"})
    (manual / os.fsdecode(b"invalid-\xff\xfe.md")).write_text("# Odd\n\nAsk in #odd about oddities.\n")
    report: IngestReport = ingest(str(manual), index_folder, progress=silent)
    assert report.pages == len(NAMES) + 1
    assert any(w.startswith("not read, names that are not UTF-8: 1 (invalid-") for w in report.warnings)
    assert ask(index_folder)[:1] == ["#tills"]
    for command in ([QUESTION], [QUESTION, "--json"]):
        assert run(["ask", *command, "--index", str(index_folder)]) == 0
    for command in (["directory"], ["directory", "--json"], ["facts"], ["facts", "--jsonl"]):
        assert run([*command, "--index", str(index_folder)]) == 0
    assert run(["ingest", str(manual), "--index", str(index_folder)]) == 0
    assert "\x1b[31mred" not in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["empty", "bare", "crlf"])
def test_repositories_of_any_kind(kind: str, tmp_path: Path, git: Callable[..., str]) -> None:
    root = tmp_path / "repository"
    git(tmp_path, "init", "-q", "-b", "main", *(["--bare"] if kind == "bare" else []), str(root))
    if kind == "crlf":
        write_manual(root, {"tills.md": SOUND.replace("\n", "\r\n"), ".gitattributes": "*.md text eol=crlf\n"})
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", "first")
        report = ingest(root.as_uri(), tmp_path / "index", progress=silent)
        assert report.pages == 1
        assert ask(tmp_path / "index") == ["#tills"]
        return
    with pytest.raises(UserError) as raised:
        ingest(root.as_uri(), tmp_path / "index", progress=silent)
    assert "has no commit yet" in str(raised.value)
    assert not (tmp_path / "index/current").exists()


def test_a_submodule_is_not_fetched(manual: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    other = write_manual(tmp_path / "other", {"secret.md": HIDDEN})
    for root in (other, manual):
        git(root, "init", "-q", "-b", "main")
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", "first")
    git(manual, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.as_uri(), "vault")
    git(manual, "commit", "-q", "-m", "second")
    report = ingest(manual.as_uri(), tmp_path / "index", progress=silent)
    assert report.added == ("tills.md",)
