"""Template tags: what they stand for is read, and cited from where it is written; the tag reaches nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from ingest.facts.compiling import facts_of
from ingest.manual.reading import read_manual
from ingest.values import Fact

SITE = {
    "_config.yml": "email: post@orchard.org\nchat:\n  help: '#orchard-help'\n  bare: orchard-bare\n",
    "_data/rooms.yml": "press: press-room\nlist:\n  - '#first-room'\n",
    "mkdocs.yml": "site_name: x\nextra:\n  desk: '#extra-desk'\nplugins: !!python/name:x.y\n",
    "hugo.toml": "title = 'x'\n\n[params]\nmailbox = \"box@orchard.org\" # ours\n",
    "_includes/help.md": "Ask in #included-desk.\n",
    "_includes/long.md": "Ask #long-a about a.\n\nAsk #long-b about b.\n",
}


def facts(root: Path, text: str, path: str = "a.md") -> tuple[Fact, ...]:
    write_manual(root, {**SITE, path: text})
    return facts_of(read_manual(root))


def asks(root: Path, text: str) -> list[Fact]:
    """What the page says in sentences, beside what its front matter and the data files say."""
    return [fact for fact in facts(root, text) if fact.relation == "ask"]


def addresses(found: tuple[Fact, ...]) -> list[str]:
    return [contact.shown for fact in found for contact in fact.contacts]


@pytest.mark.parametrize(
    ("said", "address", "stated"),
    [
        ("Ask {{ site.email }} about apples.", "post@orchard.org", ("_config.yml", 1)),
        ("Ask in {{ site.chat.help | upcase }} about it.", "#orchard-help", ("_config.yml", 3)),
        ("Ask in #{{ site.chat.bare }} about it.", "#orchard-bare", ("_config.yml", 4)),
        ("Ask in `#{{ site.chat.bare }}` about it.", "#orchard-bare", ("_config.yml", 4)),
        ("Ask in #{{ site.data.rooms.press }} about it.", "#press-room", ("_data/rooms.yml", 1)),
        ("Ask in {{ site.data.rooms.list[0] }} about it.", "#first-room", ("_data/rooms.yml", 3)),
        ("Ask in {{ extra.desk }} about it.", "#extra-desk", ("mkdocs.yml", 3)),
        ("Ask in {{ desk }} about it.", "#extra-desk", ("mkdocs.yml", 3)),
        ("Write to {{< param mailbox >}} about it.", "box@orchard.org", ("hugo.toml", 4)),
        ("Write to {{ .Site.Params.mailbox }} about it.", "box@orchard.org", ("hugo.toml", 4)),
        ("Ask in {{ page.room }} about it.", "#page-room", ("a.md", 3)),
        ("{% assign x = '#set-room' %}\n\nAsk in {{ x }} about it.", "#set-room", ("a.md", 6)),
        ("{% include help.md %}", "#included-desk", ("_includes/help.md", 1)),
        ('--8<-- "help.md"', "#included-desk", ("_includes/help.md", 1)),
        ("{{#include ../_includes/help.md}}", "#included-desk", ("_includes/help.md", 1)),
    ],
)
def test_a_value_is_cited_from_where_it_is_written(
    said: str, address: str, stated: tuple[str, int], tmp_path: Path
) -> None:
    (fact,) = asks(tmp_path, f"---\ntitle: A page\nroom: '#page-room'\n---\n\n{said}\n")
    assert [contact.address for contact in fact.contacts] == [address]
    assert fact.place.quote == said.rpartition("\n")[2]
    assert fact.stated is not None
    assert (fact.stated.path, fact.stated.first) == stated
    assert address.lstrip("#") in fact.stated.quote


@pytest.mark.parametrize(
    ("said", "shown", "text"),
    [
        ('Leave goes to {% slack_channel "people" "the people team" %}.', ["#people"], "to the people team (#people)."),
        (
            'Questions? {{< slack channel="tide-watch" >}} is there.',
            ["#tide-watch"],
            "Questions? #tide-watch is there.",
        ),
        ('Ask {{ chat_room("moorings") }} about it.', ["#moorings"], "Ask #moorings about it."),
        ('{{< contact team="Moorings" slack="moor-desk" >}}', ["#moor-desk"], "Contact: Moorings (#moor-desk)"),
        ('<SlackChannel name="gull-desk" /> answers questions.', [], "answers questions."),
        ('<SlackChannel channel="gull-desk" /> answers questions.', ["#gull-desk"], "#gull-desk answers questions."),
        ('Mail is managed by <TeamMember name="Joan Marlow" photo />.', [], "Mail is managed by Joan Marlow."),
        ('<Tabs name="Joan Marlow" /> Nobody is here.', [], "Nobody is here."),
        ('Ask {% email "keys@quay.org" "the key desk" %}.', ["keys@quay.org"], "Ask the key desk."),
        ("Ask {{ site.nobody }}#quay-desk about it.", ["#quay-desk"], "Ask #quay-desk about it."),
        ("{% if a %}Ask #winter-desk.{% else %}Ask #summer-desk.{% endif %}", ["#winter-desk", "#summer-desk"], ""),
        ("{% comment %}Ask #gone-desk.{% endcomment %}Ask #left-desk.", ["#left-desk"], "Ask #left-desk."),
        ("{# Ask #gone-desk. #}Ask #left-desk.", ["#left-desk"], "Ask #left-desk."),
        ("Ask #left-desk about `${{ secrets.KEY }}`.", ["#left-desk"], "Ask #left-desk about ${{ secrets.KEY }}."),
        ("Ask #left-desk.\n{: .note }", ["#left-desk"], "Ask #left-desk."),
    ],
)
def test_a_tag_says_what_it_means_and_is_never_shown(said: str, shown: list[str], text: str, tmp_path: Path) -> None:
    write_manual(tmp_path, {"a.md": f"# A page\n\n{said}\n"})
    manual = read_manual(tmp_path)
    found = facts_of(manual)
    assert sorted(set(addresses(found)) & {*shown, "#gone-desk"}) == sorted(shown)
    blocks = [block.text.plain for section in manual.bodies["a.md"] for block in section.blocks]
    assert text in " ".join(blocks)
    assert not any(mark in fact.topic for fact in found for mark in ("{%", "{{<", "{#", "%}") if "KEY" not in said)


def test_an_argument_proves_the_channel_without_its_mark(tmp_path: Path) -> None:
    (fact,) = facts(tmp_path, '# A\n\nLeave goes to {% slack_channel "people-desk" "the people team" %}.\n')
    assert [(c.name, c.address) for c in fact.contacts] == [("people team", "#people-desk")]
    assert fact.stated is None


def test_a_longer_part_is_a_page_with_the_title_of_the_page_that_takes_it_in(tmp_path: Path) -> None:
    found = facts(tmp_path, "# Tides\n\n{% include long.md %}\n")
    assert [(f.place.path, f.place.title, c.address) for f in found for c in f.contacts] == [
        ("_includes/long.md", "Tides", "#long-a"),
        ("_includes/long.md", "Tides", "#long-b"),
    ]


def test_tags_in_code_are_code(tmp_path: Path) -> None:
    text = "# A\n\n```yaml\nkey: {{ site.email }}\n```\n\nAsk #quay-desk about it.\n"
    write_manual(tmp_path, {**SITE, "a.md": text})
    manual = read_manual(tmp_path)
    code = [block.text.plain for s in manual.bodies["a.md"] for block in s.blocks if block.kind == "code"]
    assert code == ["key: {{ site.email }}\n"]


def test_mdx_is_read_as_the_text_that_it_shows(tmp_path: Path) -> None:
    text = (
        "import Tabs from '@theme/Tabs'\nexport const room = '#mdx-room'\n\n# Help\n\n{/* a note */}\n\n<Tabs>\n"
        '<TabItem value="a">\n\nAsk in **{room}** about it.\n\n</TabItem>\n</Tabs>\n\n'
        "## Hand over {#own}\n\nAsk #hand-desk.\n"
    )
    write_manual(tmp_path, {"a.mdx": text})
    manual = read_manual(tmp_path)
    assert addresses(facts_of(manual)) == ["#mdx-room", "#hand-desk"]
    assert [(s.heading, s.anchor) for s in manual.bodies["a.mdx"]] == [("Help", "help"), ("Hand over", "own")]


BOXES = {
    "indented": '!!! note "Keys"\n    Ask #key-desk for one.\n',
    "fold": '??? tip "Keys"\n\n    Ask #key-desk for one.\n',
    "tab": '=== "Keys"\n\n    Ask #key-desk for one.\n',
    "fence": ":::tip Keys\nAsk #key-desk for one.\n:::\n",
    "bracketed": ":::tip[Keys]\n\nAsk #key-desk for one.\n\n:::\n",
    "details": "<details>\n<summary>Keys</summary>\n\nAsk #key-desk for one.\n\n</details>\n",
    "directive": "```{note} Keys\nAsk #key-desk for one.\n```\n",
}


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_a_box_is_prose_and_its_title_introduces_it(box: str, tmp_path: Path) -> None:
    found = facts(tmp_path, f"# A\n\n{box}\nAsk #after-desk for more.\n")
    assert [(f.topic, f.context) for f in found] == [
        ("Ask #key-desk for one.", ("A", "Keys")),
        ("Ask #after-desk for more.", ("A",)),
    ]


@pytest.mark.parametrize(
    "tag", ["{{ ", "{% ", "{{< ", "{/* ", '<A x=" ', "<div a=' ", "{% raw %}", ":::tip x\n", "!!! note 'x'\n"]
)
def test_tags_that_are_never_closed_take_time_in_proportion(tag: str, tmp_path: Path) -> None:
    """Not a measure of speed: what grows with the square of the page does not end within the tests' time."""
    write_manual(tmp_path, {"a.mdx": "# A\n\nAsk #quay-desk.\n\n" + tag * 20_000})
    assert read_manual(tmp_path).bodies["a.mdx"]
