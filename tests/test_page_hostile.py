"""What strangers write: in the question, and in a manual's pages. It is shown as it stands, and nothing of it runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import Opened
from conftest import write_manual
from serving import COMMAND, ROOT, chat_page, free_port

pytestmark = pytest.mark.browser
SCRIPT = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
TRICKS = "**bold** [press](javascript:window.ran=3) ${window.ran=4} {{7*7}} {% raw %} &lt;b&gt; `code`"
OWNER = "Keepers' **onerror**='window.ran = 6'"
NO_NAME = "Keepers <img src=x onerror='window.ran = 8'> {{7*7}} ${1+1}"
FILE = "<img src=x onerror='window.ran = 7'> {{7*7}}.md"
MANUAL = {
    "zones.md": (
        f'---\nowner_slack: "#zones"\ntitle: "Zones {SCRIPT} {TRICKS}"\n---\n\n## Before {SCRIPT} {TRICKS}\n\n'
        f"Speak to the Domains team (#domains) if you need a new zone {SCRIPT} {TRICKS}.\n\n"
        "Ask [the zone desk](javascript:window.ran=5) about old zones.\n"
    ),
    "teams.md": (
        f'---\nowner_slack: "#zones"\ntitle: Teams\n---\n\n## The {SCRIPT} team (#zone-{{{{7*7}}}})\n\n'
        "- keeps the zones ${1+1}\n- answers to nobody\n"
    ),
    "bees.md": f'---\nowner_slack: "{OWNER}"\ntitle: Bees\n---\n\nThey sleep in winter.\n',
    "wasps.md": f'---\nowner_slack: "{NO_NAME}"\ntitle: Wasps\n---\n\nThey sleep in winter too.\n',
    FILE: "---\ntitle: [\n---\n\nNobody can read what stands above.\n",
}


@pytest.fixture(scope="module")
def hostile(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = new_index()
    manual = write_manual(tmp_path_factory.mktemp("hostile"), MANUAL)
    command = [*COMMAND, "ingest", str(manual), "--index", str(folder)]
    subprocess.run(command, capture_output=True, check=True, cwd=ROOT)
    return folder


def test_nothing_runs_and_all_is_shown(opened: Opened, hostile: Path) -> None:
    with chat_page(hostile, free_port()) as address:
        seen = opened(address)
        question = f"Who do I speak to about a new zone? {SCRIPT} {TRICKS}"
        card = seen.ask(question)
        assert card.locator(".asked").inner_text() == question
        assert "#domains" in card.inner_text()
        for summary in card.locator(".sources summary").all():
            summary.click()
        shown = card.locator(".quote").first.inner_text()
        assert "if you need a new zone" in shown
        assert "${window.ran=4} <b> code" in shown  # without the marks of Markdown, of HTML and of site generators
        assert card.locator(".quote a[href^='javascript' i]").count() == 0
        assert "49" not in seen.ask("Who keeps the zones?").inner_text()
        seen.ask("Who is next for old zones?")
        assert seen.ask("Who looks after the page Bees?").locator(".whom").inner_text() == OWNER
        assert NO_NAME not in seen.ask("Who looks after the page Wasps?").inner_text()
        seen.page.reload()
        seen.page.locator(".turn").nth(4).wait_for()
        listing = seen.open_tab("Directory")
        for row in listing.locator(".row summary").all():
            row.click()
        for shown in (SCRIPT, TRICKS, OWNER, "keeps the zones ${1+1}"):
            assert shown in listing.inner_text()
        assert FILE in seen.open_tab("Manual").inner_text()
        assert seen.page.evaluate("window.ran") is None
        assert (
            seen.page.locator("[href^='javascript' i], .talk script, .talk img, .listing script, .listing img").count()
            == 0
        )


@pytest.mark.parametrize(
    "kept",
    ["nonsense", '{"a": 1}', '[{"question": 5}]', '[{"question": "' + "x" * 3000 + '"}]', '[{"tried": []}, null]'],
)
def test_a_broken_memory_of_the_conversation_is_put_aside(opened: Opened, corpus_page: str, kept: str) -> None:
    seen = opened(corpus_page)
    seen.page.evaluate("kept => sessionStorage.setItem('whodoiask.turns', kept)", kept)
    seen.page.reload()
    seen.page.locator("button.example").first.wait_for()
    assert seen.page.locator(".turn").count() == 0
    assert "#govuk-platform-engineering" in seen.ask("Who renews TLS certificates?").inner_text()
