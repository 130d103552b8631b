"""The report's looks: one small sheet, for light and dark, that asks nothing of the network."""

CSS = """
:root { color-scheme: light dark; --page: #f7f7f5; --card: #ffffff; --ink: #1d2126; --faint: #626b76;
  --line: #dcdfe3; --mark: #1f66c7; --good: #1f7a4d; --bad: #b3372f; --warn: #8a5a00; --chip: #eef1f4; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1d2126; --ink: #e8eaed; --faint: #9aa4b0;
  --line: #353b43; --mark: #79aef5; --good: #5cc492; --bad: #f0877f; --warn: #e0b15a; --chip: #2a3038; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 80px; }
h1 { font-size: 1.7rem; margin: 0 0 4px; } h2 { font-size: 1.2rem; margin: 40px 0 12px; }
h3 { font-size: 1rem; margin: 0 0 10px; } p { margin: 6px 0; }
.faint, .about { color: var(--faint); } .about { max-width: 75ch; font-size: .92rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
.verdict { border-left: 6px solid var(--good); margin-top: 20px; } .verdict.failed { border-left-color: var(--bad); }
.verdict.none { border-left-color: var(--line); }
.verdict ul { margin: 8px 0 0; padding-left: 20px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 12px; margin-top: 16px; }
.tile { padding: 14px 14px; font-size: .92rem; }
.tile b { display: block; font-size: 1.6rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 16px; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--ink); font-size: 12.5px; }
svg text.faint { fill: var(--faint); font-size: 11.5px; } svg text.number { font-size: 18px; font-weight: 600; }
.grid { stroke: var(--line); } .interval { stroke: var(--mark); stroke-width: 2.5; stroke-opacity: .55; }
.diagonal { stroke: var(--faint); stroke-dasharray: 4 4; } .gap { stroke: var(--bad); stroke-width: 2; }
.mark { fill: var(--mark); } .bar { fill: var(--mark); fill-opacity: .75; }
rect.good { fill: var(--good); } rect.bad { fill: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 9px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--faint); font-weight: 600; } th:first-child, td:first-child { text-align: left;
  position: sticky; left: 0; background: var(--card); }
tr.total td { font-weight: 700; } td.broken { color: var(--bad); font-weight: 700; }
td small { color: var(--faint); font-weight: 400; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: 8px 0; }
summary { cursor: pointer; padding: 10px 16px; } details > div { padding: 0 16px 14px; }
summary .id { color: var(--faint); font-size: .85rem; }
dl { display: grid; grid-template-columns: 110px 1fr; gap: 4px 12px; margin: 0; font-size: .93rem; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
.chip { display: inline-block; background: var(--chip); border-radius: 20px; padding: 1px 10px; font-size: .8rem; }
.chip.bad { color: var(--bad); } .chip.good { color: var(--good); }
code { font: .88em ui-monospace, monospace; } ul.plain { list-style: none; padding: 0; margin: 0; }
ul.plain li { padding: 4px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
@media print { details > div { display: block; } }
"""
