"""Questions about the directory itself and names taken literally, asked of an invented ferry company's handbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import silent, write_manual

from assistant.flow import Assistant
from assistant.kinds import about_assistant, forms, is_right, literal, of_them, several
from assistant.values import Answer
from ingest.build import ingest

PAGES = {
    "teams.md": (
        "# Teams\n\n"
        "| Team | Lead | Slack | E-mail | Owns | On call |\n|---|---|---|---|---|---|\n"
        "| Ticketing | Mira Voss | #team-ticketing | tickets@ferry.example | `fare-engine`, `seat-map` | PagerDuty: "
        "`ticketing-first` |\n"
        "| Timetables | Odd Berg | #team-timetables | times@ferry.example | `sailings`, `tide-watch` | PagerDuty: "
        "`timetables-first` |\n\n"
        "The Ticketing team prices fares and sells tickets. The Timetables team plans sailings and handles delays.\n"
    ),
    "channels.md": "# Channels\n\n- #quayside: lost property and questions about parking at the quay.\n",
    "about.md": "# About\n\nThe Harbour Office is the handbook owner. They read each change.\n",
    "wake.md": "---\nowner: '@ane.lund'\ntitle: Measure the wake\n---\n\n# Measure the wake\n\nRun the boat twice.\n",
    "alarms/sailing-queue-high.md": (
        "---\nowner: '#pager-desk'\ntitle: Too many sailings wait\n---\n\n# Too many sailings wait\n\nRead the log.\n"
    ),
    "on-call.md": "---\nowner: '@rota.keeper'\ntitle: Watches\n---\n\n# Watches\n\nRead the book of watches.\n",
    "help.md": (
        "# Help\n\nAsk in #it-desk for a laptop. For fraud, email fraud@ferry.example.\n\n## When nobody helps\n\n"
        "If you can't find whom to ask, escalate in this order:\n\n1. Your line manager\n2. The head of operations\n"
    ),
}


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("ferry")
    ingest(str(write_manual(folder / "manual", PAGES)), folder / "index", progress=silent)
    return Assistant.open(folder / "index")


def shown(answer: Answer) -> list[str]:
    return [contact.address or contact.name for contact in answer.contacts]


@pytest.mark.parametrize(
    ("question", "rule", "first"),
    [
        ("who is Ane Lund?", "who is", "@ane.lund"),
        ("@ane.lund", "who is", "@ane.lund"),
        ("how do I reach the ticketing team", "who is", "#team-ticketing"),
        ("what's ticketing's slack channel?", "who is", "#team-ticketing"),
        ("email of Timetables", "who is", "times@ferry.example"),
        ("timetables", "who is", "#team-timetables"),
        ("where can I find Odd Berg", "who is", "Odd Berg"),
        ("what does the Timetables team do?", "what they do", "#team-timetables"),
        ("what is #quayside for?", "what they do", "#quayside"),
        ("what does ticketing own", "what they own", "#team-ticketing"),
        ("list all services owned by timetables", "what they own", "#team-timetables"),
        ("https://git.ferry.example/code/sailings", "owner of thing", "#team-timetables"),
        ("fare-engine", "owner of thing", "#team-ticketing"),
        ("who is on call for tide-watch?", "owner of thing", "timetables-first"),
        ("who do I tell before we measure the wake again", "owner of page named", "@ane.lund"),
        ("who maintains this handbook?", "owner of manual", "Harbour Office"),
        ("CRITICAL: sailing-queue-high on quay-2", "owner of page named", "#pager-desk"),
    ],
)
def test_a_name_is_that_very_thing(ferry: Assistant, question: str, rule: str, first: str) -> None:
    answer = ferry.answer(question)
    assert (answer.outcome, answer.rule) == ("answer", rule)
    assert shown(answer)[0] == first
    assert answer.contacts[0].sources


def test_somebody_is_shown_with_all_addresses(ferry: Assistant) -> None:
    assert set(shown(ferry.answer("how do I contact ticketing?"))) >= {"#team-ticketing", "tickets@ferry.example"}


def test_what_a_team_owns_is_a_list_with_the_lines_that_say_so(ferry: Assistant) -> None:
    answer = ferry.answer("what does ticketing own")
    assert {item.text for item in answer.items} == {"fare-engine", "seat-map"}
    assert all(item.sources for item in answer.items)
    assert "fare-engine" in answer.markdown
    assert ferry.answer("who sells tickets?").items == ()


@pytest.mark.parametrize(
    "question",
    [
        "who owns berth-planner?",
        "who is Bo Rask?",
        "what is #crow-nest for?",
        "who gets the alerts of fare-machine",
        "what does @nobody-here own",
    ],
)
def test_what_the_manual_does_not_mention_is_answered_by_nothing_alike(ferry: Assistant, question: str) -> None:
    answer = ferry.answer(question)
    assert (answer.outcome, answer.rule) == ("escalate", "unknown name")
    assert answer.notes[0].startswith("The manual does not mention")
    assert [rung.who for rung in answer.ladder] == ["Your line manager", "The head of operations"]


@pytest.mark.parametrize(
    ("question", "first", "said"),
    [
        ("Is Timetables the right team for delays?", "#team-timetables", "Yes"),
        ("should I ask ticketing about delays to sailings?", "#team-timetables", "somebody else"),
        ("is #crow-nest the right channel for a laptop?", "#it-desk", "does not mention"),
    ],
)
def test_whether_somebody_is_right_gets_a_yes_or_no(ferry: Assistant, question: str, first: str, said: str) -> None:
    answer = ferry.answer(question)
    assert shown(answer)[0] == first
    assert said in answer.notes[0]
    assert answer.markdown.startswith(answer.notes[0])


def test_of_two_the_one_that_the_manual_names(ferry: Assistant) -> None:
    answer = ferry.answer("do I go to ticketing or timetables when a sailing is delayed?")
    assert (answer.rule, shown(answer)[0]) == ("either", "#team-timetables")
    assert "Of the two" in answer.notes[0]


def test_several_questions_are_each_answered(ferry: Assistant) -> None:
    for question in (
        "who owns seat-map and who owns tide-watch?",
        "I need to know (1) who owns seat-map (2) who owns tide-watch",
    ):
        answer = ferry.answer(question)
        assert (answer.rule, shown(answer)) == ("several", ["#team-ticketing", "#team-timetables"])
        assert [contact.why[:2] for contact in answer.contacts] == ["1.", "2."]
    answer = ferry.answer("1) who owns seat-map 2) who owns tide-watch 3) who pays for the helicopter")
    assert any("For question 3 the manual names nobody" in note for note in answer.notes)
    again = ferry.answer("who owns seat-map and who owns fare-engine?")
    assert shown(again) == ["#team-ticketing"]
    assert again.contacts[0].why == "1. owns seat-map; 2. owns fare-engine"


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("what can you do?", "whom to ask"),
        ("hello", "whom to ask"),
        ("I don't understand the answer", "line of the manual"),
        ("is this manual up to date?", "dates"),
    ],
)
def test_small_talk_gets_a_helpful_sentence_and_never_people(ferry: Assistant, question: str, word: str) -> None:
    answer = ferry.answer(question, ["who owns seat-map?"] if "answer" in question else [])
    assert (answer.outcome, answer.contacts, answer.pages) == ("decline", (), ())
    assert word in answer.markdown


@pytest.mark.parametrize(
    "turn",
    ["and if they don't reply?", "they said it isn't theirs", "no luck with them", "they haven't got back to me"],
)
def test_who_did_not_help_is_not_named_again(ferry: Assistant, turn: str) -> None:
    answer = ferry.answer(turn, ["who owns seat-map?"])
    assert (answer.outcome, answer.rule) == ("escalate", "next rung")


def test_a_matter_that_is_stuck_is_no_call_for_the_order(ferry: Assistant) -> None:
    assert ferry.answer("a fraud case is stuck, whom do I email").contacts[0].address == "fraud@ferry.example"
    assert ferry.answer("my team is stuck").rule == "next rung"


def test_a_need_is_the_organisations_own_matter(ferry: Assistant) -> None:
    assert ferry.answer("I need a driving licence check for a new driver").outcome == "escalate"


# How the forms are told apart, before anything is looked up.


@pytest.mark.parametrize(
    ("question", "kind", "name"),
    [
        ("What does the Dock Office do?", "does", "Dock Office"),
        ("what's #dock for", "does", "#dock"),
        ("which services does Dock Office run", "owns", "Dock Office"),
        ("who's the dock master?", "who is", "dock master"),
        ("slack channel for the dock office", "who is", "dock office"),
    ],
)
def test_the_fullest_form_comes_first(question: str, kind: str, name: str) -> None:
    first = next(forms(question))
    assert (first.kind, first.name) == (kind, name)


def test_only_whole_questions_are_several() -> None:
    assert several("The build fails. Who do I ask, is it the Dock Office?") == ()
    assert several("who do I ask about rope and sails") == ()
    assert several("who prices fares and who plans sailings?") == ("who prices fares?", "who plans sailings?")
    assert several("who prices fares, who plans sailings, and who paints the hull?") == (
        "who prices fares?",
        "who plans sailings?",
        "who paints the hull?",
    )
    assert several("who prices fares, who I hear is away?") == ()
    assert several("I need 2.5 metres of rope") == ()


def test_a_literal_name_is_beyond_doubt() -> None:
    assert literal("who owns berth-planner?") == "berth-planner"
    assert literal("who owns the third-party billing code?") == ""
    assert literal("who is responsible for follow-up calls") == ""
    assert literal("who is the dock master") == ""
    assert literal("who is Bo Rask") == "Bo Rask"


def test_forms_of_yes_or_no_and_of_talk() -> None:
    assert list(is_right("is the Dock Office the right team for ropes?")) == ["Dock Office"]
    assert about_assistant("What can you do?") == "help"
    assert about_assistant("who can help me with ropes?") == ""
    assert about_assistant("is this manual up to date") == "age"


def test_a_page_is_named_by_its_address(new_index: Callable[[], Path], tmp_path: Path) -> None:
    pages = {f"docs/{path}": text for path, text in PAGES.items()}
    pages["mkdocs.yml"] = "site_name: Ferry\nsite_url: https://docs.ferry.example/\n"
    index = new_index()
    ingest(str(write_manual(tmp_path, pages)), index, progress=silent)
    answer = Assistant.open(index).answer("https://docs.ferry.example/wake/ is this still right?")
    assert shown(answer) == ["@ane.lund"]


@pytest.mark.parametrize(
    ("turn", "rule", "first"),
    [
        ("what's their email?", "who is", "tickets@ferry.example"),
        ("and their slack channel", "who is", "#team-ticketing"),
        ("what else do they own?", "what they own", "#team-ticketing"),
        ("who leads them?", "stated:ask", "Mira Voss"),
        ("how do I reach them", "who is", "#team-ticketing"),
        ("who do I wake up?", "owner of thing", "ticketing-first"),
        ("who is on call for it?", "owner of thing", "ticketing-first"),
        ("no, tide-watch", "owner of thing", "#team-timetables"),
        ("they're on holiday", "next rung", ""),
        ("who should I call instead?", "next rung", ""),
        ("I need a laptop", "stated:ask", "#it-desk"),
    ],
)
def test_what_follows_is_about_whom_or_what_was_named(ferry: Assistant, turn: str, rule: str, first: str) -> None:
    answer = ferry.answer(turn, ["who owns seat-map?"])
    assert (answer.rule, next(iter(shown(answer)), "")) == (rule, first)
    if rule in ("who is", "what they own"):
        assert answer.notes == ("Taken to be about Ticketing, whom the answer before named.",)


def test_who_was_named_before_is_no_part_of_another_question() -> None:
    assert of_them("what's their email?", "the Dock Office") == "what's the Dock Office's email"
    assert of_them("and if they don't reply?", "x") == ""
    assert of_them("who owns the sailings?", "x") == ""


def test_a_page_of_one_word_is_named_by_no_ordinary_word(new_index: Callable[[], Path], tmp_path: Path) -> None:
    pages = {
        **PAGES,
        "grafana.md": "---\nowner: '#charts'\ntitle: Grafana\n---\n\nIt draws what the boats measure.\n",
        "meetings.md": "---\nowner: '#front-desk'\ntitle: Meetings\n---\n\nThey are on Mondays.\n",
    }
    index = new_index()
    ingest(str(write_manual(tmp_path, pages)), index, progress=silent)
    assistant = Assistant.open(index)
    assert shown(assistant.answer("the curves in grafana are blank, who mends that?")) == ["#charts"]
    assert "#front-desk" not in shown(assistant.answer("who films our meetings for the archive?"))


def test_whoever_owns_the_repo_of_a_manual_keeps_the_manual(tmp_path: Path) -> None:
    site = "site_url: https://tides.example/\nrepo_url: https://github.com/tides/tide-book\n"
    repos = "- repo_name: tide-book\n  team: '#tide-scribes'\n- repo_name: gauge-log\n  team: '#gaugers'\n"
    files = {"mkdocs.yml": site, "data/repos.yml": repos, "docs/index.md": "# Tides\n\nAsk #gaugers about gauges.\n"}
    ingest(str(write_manual(tmp_path / "manual", files)), tmp_path / "index", progress=silent)
    answer = Assistant.open(tmp_path / "index").answer("who maintains this handbook?")
    assert (answer.rule, shown(answer)) == ("owner of manual", ["#tide-scribes"])
    assert answer.sources[0].place.path == "data/repos.yml"
