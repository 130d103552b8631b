"""How quoted lines are shown: the manual's words, without its marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_manual

from assistant.wording import Line, Piece, shown
from ingest.facts.compiling import facts_of
from ingest.manual.reading import read_manual


def plain(quote: str, heads: str = "") -> list[str]:
    return [f"{line.mark} {line.plain}".strip() for line in shown(quote, "docs/page.md", heads)]


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        ("- mends **nets** and\n  ropes", ["• mends nets and ropes"]),
        ("3. the *first* mate\n4. the captain", ["3. the first mate", "4. the captain"]),
        ("    5. Tell the pilot", ["5. Tell the pilot"]),
        ("## Nets\n\nAsk the `netters`.", ["Nets", "Ask the netters."]),
        ("[^1]: Ask in #deck\\_hands.", ["Ask in #deck_hands."]),
        (":::warning\nAsk Ann.\n:::", ["Ask Ann."]),
        ('!!! note "Nets"\n    Ask Ann.', ["Ask Ann."]),
        ("> [!TIP]\n> Ask Ann.", ["Ask Ann."]),
        ("Ask in <#C12AB|deck-hands>.", ["Ask in #deck-hands."]),
        ("Ask ~~Bob~~ Ann.", ["Ask  Ann."]),
        ("| **Nets** | Ann |", ["Nets Ann"]),
        ("<tr><td>Nets</td><td>Ann</td></tr>", ["Nets Ann"]),
        ("[netters]: mailto:nets@ship.example", ["[netters]: mailto:nets@ship.example"]),
        ('Ask in {% slack_channel "netters" %}.', ["Ask in #netters."]),
        ('Ask [the netters]({% page "/crew/nets" %}).', ["Ask the netters."]),
        ('{{< contact slack="netters" >}}', ["Contact: #netters"]),
        ("Ask {{ site.crew.nets }}.", ["Ask site.crew.nets."]),
        ('Ask Ann.{: .box}\n<Tip kind="calm" />', ["Ask Ann."]),
        ("Ask [the netters][crew] or [Ann].", ["Ask the netters or Ann."]),
        ('Ask the ["Netters"][] and the [`ropers`][ropes].', ['Ask the "Netters" and the ropers.']),
        ("Press [1] or [X], run `a[i][j]` on list[nets].", ["Press [1] or [X], run a[i][j] on list[nets]."]),
        ("the [rules](https://nets.example/a). Ask Ann about [the", ["… the rules. Ask Ann about the …"]),
        ("Rules](https://nets.example/a). Ask Ann.", ["… Rules. Ask Ann."]),
        ("rules][the-rules]. Ask Ann.", ["… rules. Ask Ann."]),
        ("**Nets are mended by the crew. Ask Ann.", ["Nets are mended by the crew. Ask Ann."]),
        ("on their own*. Ask Ann about 2 * 3 nets or *.net.", ["… on their own. Ask Ann about 2 * 3 nets or *.net."]),
    ],
)
def test_marks_are_left_out(quote: str, lines: list[str]) -> None:
    assert plain(quote) == lines


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        ("the hold. Ask Ann for nets.", ["… the hold. Ask Ann for nets."]),
        ("Ask Ann for nets. The hold", ["Ask Ann for nets. The hold …"]),
        ("Ask Ann for nets. In the hold,", ["Ask Ann for nets. In the hold, …"]),
        ("Ask Ann for nets", ["Ask Ann for nets"]),
        ("- the hold\n- nets. And ropes.", ["• the hold", "• nets. And ropes."]),
        ("questions:\n- netters", ["questions:", "• netters"]),
    ],
)
def test_a_sentence_that_is_cut_is_shown_to_go_on(quote: str, lines: list[str]) -> None:
    assert plain(quote) == lines


def test_a_list_that_is_numbered_by_its_site_is_numbered() -> None:
    assert plain("1. Ask Ann.\n1. Wait.\n\n   ```\n   ropes\n   ```\n1. Ask Bo.") == [
        "1. Ask Ann.",
        "2. Wait.",
        "ropes",
        "3. Ask Bo.",
    ]
    assert plain("4. Ask Ann.\n5. Wait.") == ["4. Ask Ann.", "5. Wait."]


def test_a_link_that_is_defined_in_the_quote_leads_there() -> None:
    (line,) = shown("Read [the list][nets].\n\n[nets]: https://nets.example", "page.md")
    assert Piece("the list", "link", "https://nets.example") in line.pieces


def test_cells_stand_under_their_heads() -> None:
    (row,) = shown("| Nets | Ann | |", "page.md", "| Gear | Keeper | Since |")
    assert row.cells == (("Gear", (Piece("Nets"),)), ("Keeper", (Piece("Ann"),)))
    (row,) = shown("Nets | Ann", "page.md", "Gear | Keeper")
    assert [head for head, _ in row.cells] == ["Gear", "Keeper"]
    (row,) = shown("> | Nets | Ann |", "page.md", r"| Gear \| kit | Keeper |")
    assert [head for head, _ in row.cells] == ["Gear | kit", "Keeper"]
    (row,) = shown("<tr><td>Nets</td><td>Ann</td></tr>", "page.md", "| Gear & kit | Keeper |")
    assert row.cells == (("Gear & kit", (Piece("Nets"),)), ("Keeper", (Piece("Ann"),)))


TABLES = {
    "right under its heading": "# Gear\n\n## Who keeps it\n\n| Gear | Channel |\n|:--|--:|\n{rows}\n",
    "long, in several passages": "# Gear\n\n| Gear | Channel |\n|---|---|\n{many}{rows}\n",
    "without outer bars": "# Gear\n\nGear | Channel\n--- | ---\n{rows}\n",
    "in a quotation": "# Gear\n\n> | Gear | Channel |\n> |---|---|\n> {rows}\n",
    "after another one": (
        "# Gear\n\n| Boat | Colour |\n|---|---|\n| Sloop | red |\n\nAnd:\n\n| Gear | Channel |\n|---|---|\n{rows}\n"
    ),
    "of HTML": (
        "# Gear\n\n<table>\n<thead><tr><th>Gear</th><th>Channel</th></tr></thead>\n<tbody>\n"
        "<tr><td>Trawl nets</td><td>#nets</td></tr>\n</tbody>\n</table>\n"
    ),
}


@pytest.mark.parametrize("page", TABLES.values(), ids=TABLES)
def test_a_row_knows_the_heads_of_its_table(page: str, tmp_path: Path) -> None:
    many = "".join(f"| Rope number {n}, kept dry in the long shed | #ropes-{n} |\n" for n in range(80))
    text = page.format(rows="| Trawl nets | #nets |", many=many)
    facts = facts_of(read_manual(write_manual(tmp_path, {"gear.md": text})))
    places = {fact.place for fact in facts for contact in fact.contacts if contact.address == "#nets"}
    assert places
    for place in places:
        (row,) = shown(place.quote, place.path, place.heads)
        assert [head for head, _ in row.cells] == ["Gear", "Channel"]


def test_what_is_no_row_has_no_heads(tmp_path: Path) -> None:
    text = "# Gear\n\n| Gear | Channel |\n|---|---|\n| Nets | #nets |\n\nAsk in #ropes about `a | b` ropes.\n"
    facts = facts_of(read_manual(write_manual(tmp_path, {"gear.md": text})))
    places = [fact.place for fact in facts if any(contact.address == "#ropes" for contact in fact.contacts)]
    assert [place.heads for place in places] == [""]


def test_links_and_code_are_kept() -> None:
    (line,) = shown("Read [the **list**](https://nets.example) with `nets -l`.", "page.md")
    assert line.pieces == (
        Piece("Read "),
        Piece("the list", "link", "https://nets.example"),
        Piece(" with "),
        Piece("nets -l", "code"),
        Piece("."),
    )


def test_what_is_no_markdown_is_shown_as_it_stands() -> None:
    assert shown("- name: nets\n  team: '#netters'", "data/gear.yml") == (
        Line((Piece("- name: nets"),), code=True),
        Line((Piece("  team: '#netters'"),), code=True),
    )
