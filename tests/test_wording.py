"""How quoted lines are shown: the manual's words, without its marks."""

from __future__ import annotations

import pytest

from assistant.wording import Line, Piece, shown


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
    ],
)
def test_marks_are_left_out(quote: str, lines: list[str]) -> None:
    assert plain(quote) == lines


def test_cells_stand_under_their_heads() -> None:
    (row,) = shown("| Nets | Ann | |", "page.md", "| Gear | Keeper | Since |")
    assert row.cells == (("Gear", (Piece("Nets"),)), ("Keeper", (Piece("Ann"),)))
    (row,) = shown("Nets | Ann", "page.md", "Gear | Keeper")
    assert [head for head, _ in row.cells] == ["Gear", "Keeper"]


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
