"""Support: what a verbatim quote hides. Every case is one that `grounded` and `quotes` let pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_eval_measures import gold

from eval.answers.replies import Cited, Reply, ShownContact
from eval.scoring import proof
from eval.scoring.support import support

TABLE = (
    "| Service | Owner | Approver |\n| --- | --- | --- |\n| Payroll | #pay | #finance |\n| Travel | #trips | #legal |\n"
)
HTML = (
    "<table>\n<tr><th>Service</th><th>Owner</th><th>On call</th></tr>\n"
    "<tr><td>Payroll</td><td>#pay</td><td>#pager</td></tr>\n</table>\n"
)
LIST = "# Whom to ask\n\n- Payroll: #pay\n- Travel: #trips\n"
DUTIES = "# Teams\n\nThe Pay team (#pay):\n\n- corrects payslips\n- answers questions on tax\n"
DATA = "- name: payroll\n  team: '#pay'\n  alerts_team: '#pay-alerts'\n  # was '#old-pay'\n"


def reply(address: str, why: str, *spots: tuple[str, int, int], name: str = "", manual: Path) -> Reply:
    """An answer that shows a contact on the strength of these lines, which it quotes word for word."""
    sources = tuple(
        Cited(n, path, "\n".join((manual / path).read_text("utf-8").split("\n")[first - 1 : last]), first, last)
        for n, (path, first, last) in enumerate(spots, 1)
    )
    contact = ShownContact(name, address, tuple(source.number for source in sources), why)
    return Reply("answer", (contact,), sources=sources)


def judged(manual: Path, text: str, address: str, why: str, first: int, last: int, **more: Any) -> bool | None:
    path = more.pop("path", "a.md")
    (manual / path).write_text(text, "utf-8")
    said = reply(address, why, (path, first, last), manual=manual, **more)
    assert proof.quotes(said, manual)
    assert proof.grounded(gold(), said), "verbatim it is, whatever it means"
    return support(said, manual)


@pytest.mark.parametrize(
    ("line", "stands"),
    [
        ("Ask in #pay about payslips.", True),
        ("Ask in ~~#pay~~ #wages about payslips.", False),
        ("Ask in `#pay` about payslips.", True),
        ("Ask in ~~`#pay`~~ about payslips.", False),
        ("Ask in <del>#pay</del> #wages about payslips.", False),
        ("Ask in <s>#pay</s> <strike>#pay</strike> about payslips.", False),
        ("Ask in [~~#pay~~](https://chat.example.org/pay) about payslips.", False),
        ("Ask <!-- in #pay --> about payslips.", False),
        ("Ask in ~~#wages~~ #pay about payslips.", True),
    ],
)
def test_a_struck_out_channel_is_no_contact(line: str, stands: bool, tmp_path: Path) -> None:
    assert judged(tmp_path, f"# Pay\n\n{line}\n", "#pay", "Ask about payslips.", 3, 3) is stands


@pytest.mark.parametrize(
    ("address", "why", "stands"),
    [
        ("#pay", "the manual says of them: owns Payroll", True),
        ("#finance", "the manual says of them: owns Payroll", False),
        ("#finance", "approves Payroll", True),
        ("#pay", "approves Payroll", False),
        ("#finance", "approver of Payroll", True),
        ("#pay", "approver of Payroll", False),
    ],
)
def test_a_neighbours_cell_is_another_contact(address: str, why: str, stands: bool, tmp_path: Path) -> None:
    assert judged(tmp_path, TABLE, address, why, 3, 3) is stands


@pytest.mark.parametrize(("address", "stands"), [("#pay", True), ("#trips", False)])
def test_a_neighbours_row_or_item_is_another_matter(address: str, stands: bool, tmp_path: Path) -> None:
    """Both rows are quoted, and both items."""
    assert judged(tmp_path, TABLE, address, "owns Payroll", 3, 4) is stands
    assert judged(tmp_path, LIST, address, "Payroll", 3, 4) is stands


@pytest.mark.parametrize(
    ("address", "why", "stands"),
    [("#pay", "owns Payroll", True), ("#pager", "owns Payroll", False), ("#pager", "on call for Payroll", True)],
)
def test_cells_of_html_are_cells(address: str, why: str, stands: bool, tmp_path: Path) -> None:
    assert judged(tmp_path, HTML, address, why, 3, 3) is stands
    assert judged(tmp_path, HTML.replace("#", "<del>#").replace("</td>", "</del></td>"), address, why, 3, 3) is False


@pytest.mark.parametrize(
    ("address", "why", "stands"),
    [
        ("#pay", "owns payroll", True),
        ("#pay-alerts", "owns payroll", False),
        ("#pay-alerts", "gets the alerts of payroll", True),
        ("#old-pay", "owns payroll", False),
    ],
)
def test_the_keys_of_an_entry_are_its_heads(address: str, why: str, stands: bool, tmp_path: Path) -> None:
    assert judged(tmp_path, DATA, address, why, 1, 4, path="repos.yml") is stands


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("- name: payroll\n  team: '#pay'\n- name: travel\n  team: '#trips'\n", "a.yml"),
        ("payroll:\n  team: '#pay'\ntravel:\n  team: '#trips'\n", "a.yml"),
        ("payroll:\n- '#pay'\ntravel:\n- '#trips'\n", "a.yml"),
        ("[payroll]\nteam = '#pay'\n[travel]\nteam = '#trips'\n", "a.toml"),
        ('{"payroll":\n  {"team": "#pay"},\n"travel":\n  {"team": "#trips"}}\n', "a.json"),
    ],
)
def test_a_neighbours_entry_is_another_thing(text: str, name: str, tmp_path: Path) -> None:
    last = text.count("\n")
    assert judged(tmp_path, text, "#pay", "owns payroll", 1, last, path=name)
    assert judged(tmp_path, text, "#trips", "owns payroll", 1, last, path=name) is False


def test_a_line_is_read_with_what_introduces_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(DUTIES, "utf-8")
    spots = (("a.md", 5, 5), ("a.md", 3, 3))
    why = "the manual says of them: corrects payslips"
    assert support(reply("#pay", why, *spots, name="Pay team", manual=tmp_path), tmp_path)
    (tmp_path / "a.md").write_text(DUTIES.replace("(#pay)", "(~~#pay~~)"), "utf-8")
    assert support(reply("#pay", why, *spots, name="Pay team", manual=tmp_path), tmp_path) is False


def test_another_matter_than_the_lines_speak_of_is_not_supported(tmp_path: Path) -> None:
    assert judged(tmp_path, LIST, "#pay", "books hotels for crews", 3, 3) is False


def test_a_page_and_a_file_of_owners_say_who_owns_a_page(tmp_path: Path) -> None:
    page = '---\ntitle: Payslips\nowner_slack: "#pay"\n---\n\nText.\n'
    assert judged(tmp_path, page, "#pay", "owns the page “Payslips”", 3, 3)
    assert not judged(tmp_path, page.replace("owner", "# owner"), "#pay", "owns the page “Payslips”", 3, 3)
    (tmp_path / "CODEOWNERS").write_text("/b/ @quay/others\n*.md @quay/pay\n", "utf-8")
    for line, address, stands in ((2, "@quay/pay", True), (1, "@quay/others", False)):
        spots = (("a.md", 2, 2), ("CODEOWNERS", line, line))
        assert support(reply(address, "owns the page “Payslips”", *spots, manual=tmp_path), tmp_path) is stands


def test_a_definition_is_read_with_its_term(tmp_path: Path) -> None:
    text = "# Leads\n\nDesign\n: Lead – Ada (`@ada`)\n\nWriting\n: Lead – Bo (`@bo`)\n"
    assert judged(tmp_path, text, "@ada", "lead of Design", 4, 4, name="Ada")
    assert not judged(tmp_path, text, "@bo", "lead of Design", 7, 7, name="Bo")
    both = "# Leads\n\nDesign\n: Lead – Ada (`@ada`)\n: Deputy – Bo (`@bo`)\n"
    assert judged(tmp_path, both, "@ada", "lead of Design", 4, 5, name="Ada")
    assert not judged(tmp_path, both, "@bo", "lead of Design", 4, 5, name="Bo")


def test_nothing_shown_needs_no_support_and_lines_that_are_none_give_none(tmp_path: Path) -> None:
    assert support(Reply(), tmp_path) is None
    (tmp_path / "a.md").write_text("Ask in #pay.\n", "utf-8")
    for cited in (Cited(1, "gone.md", "x", 1, 1), Cited(1, "a.md", "x", 3, 1), Cited(1, "a.md", "x", 9, 9)):
        shown = Reply("answer", (ShownContact("", "#pay", (1,), "Ask in #pay."),), sources=(cited,))
        assert support(shown, tmp_path) is False


def test_an_edited_page_is_read_anew(tmp_path: Path) -> None:
    assert judged(tmp_path, "Ask in #pay about tax.\n", "#pay", "Ask in #pay about tax.", 1, 1)
    assert not judged(tmp_path, "Ask in ~~#pay~~ about tax.\n", "#pay", "Ask in #pay about tax.", 1, 1)
