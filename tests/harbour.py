"""A small invented manual in which people are reached in every way, for the tests of what a card shows."""

MANUAL = {
    "mkdocs.yml": "site_name: Harbour handbook\n",
    "whodoiask.toml": 'slack_url = "https://harbour.slack.com"\nbase_url = "https://handbook.harbour.example"\n',
    "docs/moorings.md": """\
---
title: Moorings
owner: "#harbour-moorings"
---

## Book a mooring

Email moorings@harbour.example to book a mooring.

## When a chain breaks

Phone the Night Watch on 020 7946 0011 when a chain breaks.

## Oil on the water

:::tip Spills
Report oil on the water to the [spill desk](https://forms.harbour.example/spill).[^1]
:::

[^1]: Ask in #harbour\\_spills which foam to use on burning oil.

## Keys to the crane

Ask the harbour master for a key to the crane, or see the [key book](https://keys.harbour.example/book).
""",
    "docs/lights.md": """\
---
title: Lights and bells
owner: "#harbour-lights"
---

## Whom to ask

| Thing | Team | Channel | Phone |
|---|---|---|---|
| **Fog horn** | Signals team | #harbour-signals | +44 20 7946 0022 |
| Lighthouse lamp | Lamp team | #harbour-lamps | +44 20 7946 0033 |

## Replace a lamp

1. Switch the **lamp** off at the panel.
2. Take the old lamp out.
3. Read the number on its foot in the [lamp list](https://lamps.harbour.example).
4. Fetch a new one from the store.
5. Put it in and run `lamp --test`.
6. Tell the Lamp team in #harbour-lamps that the lamp was replaced.
""",
    "data/repos.yml": "".join(
        f'- repo_name: buoy-{n:02}\n  team: "#harbour-lamps"\n  description: Lights buoy {n}.\n' for n in range(1, 16)
    ),
    "docs/help.md": """\
---
title: Get help
owner: "#harbour-office"
---

## Escalation path

1. Dock supervisor
2. Head of Moorings
3. Port director

## Painting

Ask the Hull crew in #harbour-hulls about paint for hulls.

Ask the Deck crew in #harbour-decks about paint for decks.

## Suppliers

Ask Bright Chains Ltd at chains@bright.example about new chains.
""",
}
