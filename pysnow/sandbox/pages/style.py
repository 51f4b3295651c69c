"""The look of the pages: the reader's own fonts, light or dark as the reader's system is, at any width."""

from __future__ import annotations

CSS = """\
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1c2430; --soft: #5a6675; --line: #dde2e9; --link: #0b5cad;
  --accent: #1f8476; --code: #eef1f5; --note: #e8f1fb; --warning: #fdf1dc; --ok: #1c7a3d; --bad: #b3261e;
  --odd: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2029; --ink: #e4e9f0; --soft: #9aa7b8; --line: #2d3643; --link: #7db8f5;
    --accent: #4fc3b0; --code: #232b37; --note: #1b2c40; --warning: #3a2e16; --ok: #6fd08f; --bad: #ff8f86;
    --odd: #f0bd63;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
body { margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
a:not(:hover) { text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .4rem 0 1rem; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .7rem; font-weight: 650; }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .875em; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -999em; }
.skip:focus { left: 1rem; top: .4rem; background: var(--card); padding: .3rem .6rem; z-index: 1; }

header { background: var(--card); border-bottom: 1px solid var(--line); border-top: 3px solid var(--accent); }
.bar, main, footer { max-width: 78rem; margin: 0 auto; padding: 0 1.25rem; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0 2rem; }
.brand { font-weight: 700; color: var(--ink); text-decoration: none; padding: .8rem 0; }
.brand span { color: var(--accent); }
header nav { display: flex; gap: 1.5rem; }
header nav a { color: var(--soft); text-decoration: none; padding: .8rem 0; border-bottom: 2px solid transparent; }
header nav a:hover { color: var(--ink); }
header nav a[aria-current] { color: var(--ink); border-color: var(--accent); }
main { padding-top: 1.25rem; padding-bottom: 2rem; min-height: 70vh; }
footer { color: var(--soft); font-size: .85rem; padding-bottom: 2rem; }
footer p { border-top: 1px solid var(--line); padding-top: 1rem; }
.trail ol { display: flex; flex-wrap: wrap; list-style: none; margin: 0; padding: 0; font-size: .9rem; }
.trail li + li::before { content: "/"; color: var(--soft); margin: 0 .5rem; }

.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; overflow-wrap: break-word; }
caption { position: absolute; left: -999em; }
th, td { padding: .5rem .8rem; text-align: left; vertical-align: top; }
tr + tr > *, thead + tbody > tr > * { border-top: 1px solid var(--line); }
thead th { font-size: .8rem; font-weight: 600; color: var(--soft); white-space: nowrap; }
thead th a { color: inherit; text-decoration: none; }
thead th a:hover { color: var(--link); }
tbody tr:hover { background: color-mix(in srgb, var(--link) 5%, transparent); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th small, td small { display: block; color: var(--soft); font-weight: 400; }
.list td > div { max-width: 26rem; max-height: 4.5em; overflow: hidden; }
.short { white-space: nowrap; }
.fields { table-layout: fixed; }
.fields th:first-child { width: 13rem; }
.fields th:last-child { width: 18rem; }
.fields tbody th { font-weight: 600; }
.fields td { white-space: pre-wrap; }
.fields .raw { color: var(--soft); }
.rules td { vertical-align: middle; }
.rules td:last-child { text-align: right; }
.kinds td:first-child { white-space: nowrap; }

form { margin: 0; }
.controls { display: flex; flex-wrap: wrap; gap: .7rem; align-items: end; margin-bottom: 1rem; }
.controls label { flex: 1 1 12rem; }
.controls label.wide { flex: 4 1 24rem; }
.controls label.narrow { flex: 0 0 6rem; }
label { display: block; font-size: .8rem; font-weight: 600; color: var(--soft); }
label small { display: block; font-weight: 400; }
input, select, button { font: inherit; font-size: .925rem; font-weight: 400; color: var(--ink); border-radius: 6px; }
input, select {
  display: block; width: 100%; height: 2.4rem; margin-top: .2rem; padding: .4rem .6rem;
  background: var(--card); border: 1px solid color-mix(in srgb, var(--soft) 55%, var(--line));
}
input.code { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875rem; }
button { height: 2.4rem; padding: 0 .9rem; background: var(--card); border: 1px solid var(--soft); cursor: pointer; }
button:hover { border-color: var(--link); color: var(--link); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--card); font-weight: 600; }
button.main:hover { filter: brightness(1.1); color: var(--card); }
.inline { display: inline-block; }
.pager { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; margin: .9rem 0; font-size: .925rem; align-items: center; }
.pager .soft { margin-right: auto; }
.heading { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; justify-content: space-between; }

.notice {
  background: var(--note); border-left: 3px solid var(--link); padding: .6rem .9rem; border-radius: 0 6px 6px 0;
}
.notice.warning { background: var(--warning); border-color: var(--odd); }
details { margin: 1rem 0; }
summary { cursor: pointer; color: var(--link); }
details[open] > summary { margin-bottom: .7rem; }
figure { margin: 0 0 .8rem; }
figcaption { font-size: .8rem; font-weight: 600; color: var(--soft); margin-bottom: .2rem; }
pre {
  margin: 0; padding: .7rem .9rem; background: var(--code); border-radius: 6px; font-size: .85rem; line-height: 1.45;
  white-space: pre-wrap; max-height: 24rem; overflow: auto;
}
figure pre { user-select: all; -webkit-user-select: all; }
pre code { font-size: inherit; }

.cards { list-style: none; margin: 0; padding: 0; display: grid; gap: .7rem; }
.cards > li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; }
.cards p { margin: 0; }
.cards .text { white-space: pre-wrap; margin-top: .3rem; }
.cards details { margin: .4rem 0 0; font-size: .925rem; }
.parts { margin: .3rem 0 0; padding-left: 1.2rem; font-size: .925rem; }
.call { display: flex; flex-wrap: wrap; gap: .15rem .8rem; align-items: baseline; }
.call .method { font-weight: 700; min-width: 3.8rem; }
.call .path { flex: 1 1 20rem; }
.sent { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .1rem 1rem; margin: .4rem 0; }
.sent dt { color: var(--soft); }
.sent dd { margin: 0; }
.status { font-weight: 700; font-variant-numeric: tabular-nums; }
.good { color: var(--ok); }
.bad { color: var(--bad); }
.odd { color: var(--odd); }
.chip {
  display: inline-block; padding: 0 .55rem; border: 1px solid currentColor; border-radius: 99px;
  font-size: .8rem; font-weight: 600; white-space: nowrap;
}
.fields-of-fault { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .8rem; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.1rem; }
.panel > :first-child { margin-top: 0; }
.panel button { margin-top: 1rem; }
.beside { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 1.5rem; }
.beside h2:first-child { margin-top: 0; }
@media (min-width: 64rem) { .beside:has(> :nth-child(2)) { grid-template-columns: minmax(0, 1fr) 24rem; } }
.starts { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 0 0 1.2rem; padding: 0; }
.starts a { display: block; padding: .35rem .8rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 99px; text-decoration: none; }
.starts a:hover { border-color: var(--link); }
.columns { columns: 16rem; }
.split { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 1.2rem; }

@media (max-width: 40rem) {
  .bar, main, footer { padding-left: .9rem; padding-right: .9rem; }
  .fields, .fields tbody, .fields tr, .fields tbody th, .fields td { display: block; width: auto !important; }
  .fields thead { display: none; }
  .fields th { padding-bottom: 0; }
  .fields td { padding-top: .1rem; border-top: 0 !important; min-width: 0; }
  .fields td.raw { padding-top: 0; }
  .fields td:not(.raw) { padding-bottom: .1rem; }
  .fields td.raw:empty { padding-bottom: .3rem; }
  .fields th small { display: inline; margin-left: .5rem; }
}
@media print {
  header, form, .pager, .skip { display: none; }
}
"""

ICON = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#1f8476"/>
<path d="M16 5v22M6.5 10.5l19 11M6.5 21.5l19-11" stroke="#fff" stroke-width="3" stroke-linecap="round"/>
</svg>
"""
