"""Links to the published pages, by the rule of each site generator."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from ingest.manual.settings import read_settings
from ingest.manual.sites import site_of

MKDOCS = "site_name: Quay\nsite_url: https://quay.example/handbook\nrepo_url: https://github.com/quay/book\n"
DOCUSAURUS = "export default {\n  title: 'Quay',\n  url: 'https://quay.example',\n  baseUrl: '/book/',\n};\n"


@pytest.mark.parametrize(
    ("file", "text", "path", "meta", "link"),
    [
        ("mkdocs.yml", MKDOCS, "docs/team/rope.md", {}, "https://quay.example/handbook/team/rope/"),
        ("mkdocs.yml", MKDOCS, "docs/team/index.md", {}, "https://quay.example/handbook/team/"),
        ("mkdocs.yml", MKDOCS, "docs/README.md", {}, "https://quay.example/handbook/"),
        ("mkdocs.yml", MKDOCS, "notes/rope.md", {}, ""),
        (
            "mkdocs.yml",
            f"{MKDOCS}use_directory_urls: false\n",
            "docs/a b.md",
            {},
            "https://quay.example/handbook/a%20b.html",
        ),
        (
            "mkdocs.yml",
            f"{MKDOCS}docs_dir: pages\nx: !!python/name:a.b\n",
            "pages/a.md",
            {},
            "https://quay.example/handbook/a/",
        ),
        ("_config.yml", "url: https://quay.example\nbaseurl: /b\n", "rope.md", {}, "https://quay.example/b/rope.html"),
        ("_config.yml", "url: https://quay.example\n", "_docs/rope.md", {}, "https://quay.example/docs/rope.html"),
        ("_config.yml", "url: https://quay.example\n", "x.md", {"permalink": "/ropes/"}, "https://quay.example/ropes/"),
        ("_config.yml", "url: https://quay.example\npermalink: pretty\n", "a/x.md", {}, "https://quay.example/a/x/"),
        (
            "hugo.toml",
            "baseURL = 'https://quay.example/b/'\n",
            "content/Team/Rope.md",
            {},
            "https://quay.example/b/team/rope/",
        ),
        ("config.toml", "baseurl = 'https://quay.example'\n", "content/a/_index.md", {}, "https://quay.example/a/"),
        (
            "config.toml",
            "baseurl = 'https://quay.example'\n",
            "content/a/x.md",
            {"slug": "y"},
            "https://quay.example/a/y/",
        ),
        (
            "docusaurus.config.js",
            DOCUSAURUS,
            "docs/01-team/02-rope.mdx",
            {},
            "https://quay.example/book/docs/team/rope/",
        ),
        ("docusaurus.config.js", DOCUSAURUS, "docs/x.md", {"slug": "/start"}, "https://quay.example/book/docs/start"),
    ],
)
def test_a_page_is_where_its_generator_puts_it(
    file: str, text: str, path: str, meta: dict[str, str], link: str, tmp_path: Path
) -> None:
    site = site_of(write_manual(tmp_path, {file: text}))
    assert site is not None
    assert site.link(path, meta) == link


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("mkdocs.yml", "site_name: Quay\n"),
        ("mkdocs.yml", "site_url: javascript:alert(1)\n"),
        ("mkdocs.yml", "a: [\n"),
        ("hugo.toml", "baseURL = \n"),
        ("config.toml", "baseURL = '/'\n"),
        ("docusaurus.config.js", "url: process.env.URL"),
        ("_config.yml", "baseurl: /b\n"),
        ("_config.yml", "\x00"),
    ],
)
def test_a_configuration_that_names_no_place_makes_no_site(file: str, text: str, tmp_path: Path) -> None:
    assert site_of(write_manual(tmp_path, {file: text})) is None


def test_whodoiask_toml_goes_before_the_generators_address(tmp_path: Path) -> None:
    root = write_manual(tmp_path, {"mkdocs.yml": MKDOCS, "whodoiask.toml": 'base_url = "https://docs.example"\n'})
    settings = read_settings(root)
    assert (settings.base_url, settings.generator, settings.content) == ("https://docs.example", "mkdocs", "docs")
    assert settings.repository == "https://github.com/quay/book/blob/main"


def test_a_link_out_of_the_site_is_no_address_of_a_page(tmp_path: Path) -> None:
    site = site_of(write_manual(tmp_path, {"hugo.toml": "baseURL = 'https://quay.example/'\n"}))
    assert site is not None
    for own in ("https://evil.example/x", "javascript:alert(1)", "//evil.example/x"):
        assert site.link("content/x.md", {"url": own}).startswith("https://quay.example/")
