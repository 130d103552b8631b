"""What of a folder is read, and the word about what is not; drafts, archives and what is out of force."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from ingest.errors import UserError
from ingest.facts.compiling import facts_of
from ingest.manual.files import files_of, listing_of
from ingest.manual.reading import Manual, read_manual
from ingest.values import Page


def manual_of(root: Path, files: dict[str, str]) -> Manual:
    write_manual(root, files)
    return read_manual(root)


def read(root: Path, files: dict[str, str]) -> list[str]:
    return [page.path for page in manual_of(root, files).pages]


@pytest.mark.parametrize(
    "path",
    [
        "a.md",
        "a.markdown",
        "a.mdx",
        "a.md.erb",
        "_docs/a.md",
        "src/_pages/_help/a.md",
        "docs/_index.md",
        "archive/a.md",
    ],
)
def test_pages_are_read_in_any_folder(path: str, tmp_path: Path) -> None:
    assert read(tmp_path, {path: "# A page\n"}) == [path]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("docs/b.rst", ".rst files"),
        ("docs/b.adoc", ".adoc files"),
        ("node_modules/x/readme.md", "downloaded or built"),
        ("_site/b.md", "downloaded or built"),
        ("_includes/b.md", "parts that no page includes"),
        ("docs/_b.mdx", "parts that no page includes"),
        ("templates/b.md", "forms to be filled in"),
        ("versioned_docs/version-1/b.md", "older versions and translated copies"),
        ("website/i18n/fr/b.md", "older versions and translated copies"),
    ],
)
def test_what_is_not_read_is_said_with_its_reason(path: str, reason: str, tmp_path: Path) -> None:
    manual = manual_of(tmp_path, {"a.md": "# A page\n", path: "# Not read\n"})
    shown = path if reason != "downloaded or built" else path.partition("/")[0] + "/"
    assert [page.path for page in manual.pages] == ["a.md"]
    assert [str(warning) for warning in manual.warnings] == [f"not read, {reason}: 1 ({shown})"]


def test_the_word_about_many_files_is_one_line(tmp_path: Path) -> None:
    manual = manual_of(tmp_path, {"a.md": "# A\n", **{f"{n}.rst": "x\n" for n in range(12)}})
    assert [str(w) for w in manual.warnings] == ["not read, .rst files: 12 (0.rst, 1.rst, 10.rst, …)"]


def test_a_licence_or_a_list_of_packages_is_no_page_that_was_missed(tmp_path: Path) -> None:
    assert manual_of(tmp_path, {"a.md": "# A\n", "LICENSE.txt": "x", "requirements.txt": "x"}).warnings == ()


def test_what_a_generator_writes_is_known_from_its_configuration(tmp_path: Path) -> None:
    write_manual(tmp_path, {"a.md": "# A\n", "public/b.md": "# B\n"})
    assert listing_of(tmp_path).pages == ("a.md", "public/b.md")
    (tmp_path / "hugo.toml").write_text("title = 'x'\n", "utf-8")
    assert listing_of(tmp_path).pages == ("a.md",)
    assert "public/b.md" not in set(files_of(tmp_path))


def test_a_page_that_is_not_published_is_not_read(tmp_path: Path) -> None:
    manual = manual_of(tmp_path, {"a.md": "# A\n", "b.md": "---\ntitle: B\npublished: false\n---\n\nAsk #b-desk.\n"})
    assert [page.path for page in manual.pages] == ["a.md"]
    assert "published: false in the front matter: 1 (b.md)" in str(manual.warnings[0])


@pytest.mark.parametrize(
    ("glob", "left"),
    [
        ("old/**", ["docs/minutes-2020.md", "docs/more/b.md", "docs/more/minutes.md", "a.md"]),
        ("**/minutes*", ["docs/more/b.md", "old/x/c.md", "a.md"]),
        ("docs/*.md", ["docs/more/b.md", "docs/more/minutes.md", "old/x/c.md", "a.md"]),
        ("docs", ["old/x/c.md", "a.md"]),
    ],
)
def test_whoever_keeps_the_manual_may_leave_pages_out(glob: str, left: list[str], tmp_path: Path) -> None:
    paths = ["docs/minutes-2020.md", "docs/more/b.md", "docs/more/minutes.md", "old/x/c.md", "a.md"]
    files = dict.fromkeys(paths, "# A\n")
    manual = manual_of(tmp_path, {**files, "whodoiask.toml": f'exclude = ["{glob}"]\n'})
    assert {page.path for page in manual.pages} == set(left)
    assert "named by exclude in whodoiask.toml" in str(manual.warnings[0])


def test_globs_that_are_no_list_are_refused(tmp_path: Path) -> None:
    write_manual(tmp_path, {"a.md": "# A\n", "whodoiask.toml": 'exclude = "old/**"\n'})
    with pytest.raises(UserError, match="exclude"):
        read_manual(tmp_path)


STATES = {
    "front matter": ("a.md", "---\ntitle: A\narchived: true\n---\n\nText.\n", "archived"),
    "status": ("a.md", "---\ntitle: A\nstatus: Deprecated\n---\n\nText.\n", "deprecated"),
    "superseded": ("a.md", "---\ntitle: A\nsuperseded_by: b.md\n---\n\nText.\n", "deprecated"),
    "draft": ("a.md", "---\ntitle: A\ndraft: true\n---\n\nText.\n", "draft"),
    "no draft": ("a.md", "---\ntitle: A\ndraft: false\n---\n\nText.\n", ""),
    "title": ("a.md", "# Deprecated: the old gate\n\nText.\n", "deprecated"),
    "title at its end": ("a.md", "# The old gate (archived)\n\nText.\n", "archived"),
    "alert": ("a.md", "# A\n\n> [!WARNING]\n> Deprecated. See the new gate.\n\nText.\n", "deprecated"),
    "fence": ("a.md", "# A\n\n:::caution Deprecated\n\nSee the new gate.\n\n:::\n", "deprecated"),
    "sentence": ("a.md", "# A\n\n**This page is deprecated**, see the new gate.\n", "deprecated"),
    "no longer kept": ("a.md", "# A\n\nNote: this document is no longer maintained.\n", "archived"),
    "folder": ("practice/historical/a.md", "# A\n\nText.\n", "archived"),
    "minutes": ("meeting notes/a.md", "# A\n\nText.\n", "archived"),
    "something else is": ("a.md", "# A\n\nThe old gate is deprecated. Use the new gate.\n", ""),
    "the line goes on": ("a.md", "# A\n\nWithout it the clock is\nout of date. Wind it.\n", ""),
    "far down": ("a.md", "# A\n\nText.\n\n## B\n\nDeprecated: the old gate.\n", ""),
}


@pytest.mark.parametrize(("path", "text", "status"), STATES.values(), ids=STATES)
def test_a_page_says_whether_it_is_in_force(path: str, text: str, status: str, tmp_path: Path) -> None:
    (page,) = manual_of(tmp_path, {path: text}).pages
    assert page.status == status


def test_a_fact_carries_the_state_of_its_page(tmp_path: Path) -> None:
    manual = manual_of(tmp_path, {"archive/a.md": "# Gates\n\nAsk #gate-desk about gates.\n"})
    assert [fact.place.status for fact in facts_of(manual)] == ["archived"]


def test_front_matter_that_yaml_refuses_is_read_line_by_line(tmp_path: Path) -> None:
    manual = manual_of(tmp_path, {"a.md": "---\ntitle: Ferns: light\nowner: '#fern-desk'\n---\n\nText.\n"})
    (page,) = manual.pages
    assert (page.title, page.owner, page.owner_line) == ("Ferns: light", "#fern-desk", 3)
    assert "unreadable YAML" in str(manual.warnings[0])


def test_pages_without_an_owner_are_one_word_where_others_have_one(tmp_path: Path) -> None:
    owned = {"a.md": "---\ntitle: A\nowner: '#a-desk'\n---\n\nText.\n"}
    others = {f"{n}.md": "# Page\n" for n in range(5)}
    assert [str(w) for w in manual_of(tmp_path / "one", {**owned, **others}).warnings] == [
        "no owner in the front matter: 5 pages (0.md, 1.md, 2.md, …)"
    ]
    assert manual_of(tmp_path / "two", others).warnings == ()


@pytest.mark.parametrize(
    "anchor",
    ["java-sdk--tools", "own-id", "old-name", "readme", "what-39-s-new", "twice-1", "plain"],
)
def test_anchors_of_every_layout_exist(anchor: str, tmp_path: Path) -> None:
    named = "## Java SDK & tools\n\n## Mine {#own-id}\n\n<a name='old-name'></a>\n\n"
    headings = f"{named}## What's new\n\n## Twice\n\n## Twice\n\n"
    manual = manual_of(tmp_path, {"a.md": f"# A\n\n{headings}## Plain\n\nSee [that](#{anchor}).\n"})
    assert manual.warnings == ()


def test_a_link_to_no_anchor_is_warned_about_three_times_a_page(tmp_path: Path) -> None:
    links = "\n\n".join(f"See [that](#gone-{n}x)." for n in range(9))
    manual = manual_of(tmp_path, {"a.md": f"# A\n\n{links}\n"})
    assert len(manual.warnings) == 4
    assert str(manual.warnings[-1]) == "a.md:9: links to 6 more anchors that do not exist"


def test_a_page_is_what_its_values_are(tmp_path: Path) -> None:
    """A page whose variable's value changes is another page to whatever was kept of it."""

    def page(value: str) -> Page:
        (found,) = manual_of(
            tmp_path, {"_config.yml": f"desk: '{value}'\n", "a.md": "# A\n\nAsk {{ site.desk }}.\n"}
        ).pages
        return found

    assert page("#one").digest != page("#two").digest
