/** The page's one style sheet. Its hash stands in the content security policy, so there are no style attributes anywhere. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1d21; --soft: #5a626b; --line: #d5d9de; --panel: #f5f6f8;
  --critical: #8a1c7c; --high: #b3261e; --medium: #8a5a00; --low: #0b6477; --info: #4d5660; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e8eaed; --soft: #a9b1ba; --line: #3a4149;
  --panel: #1d2125; --critical: #f19ae6; --high: #ff9a93; --medium: #f0bf62; --low: #74d3e6; --info: #b6bec7; --link: #8ec5ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 78rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0; } ul { margin: .3rem 0; padding-left: 1.2rem; } a { color: var(--link); }
.soft { color: var(--soft); } .lead { font-size: 1.05rem; margin: .6rem 0; }
article { border: 1px solid var(--line); border-left-width: 6px; border-radius: 6px; padding: .4rem 1.2rem 1rem; margin: 1.2rem 0; }
article.critical { border-left-color: var(--critical); } article.high { border-left-color: var(--high); }
article.medium { border-left-color: var(--medium); } article.low { border-left-color: var(--low); }
article.info { border-left-color: var(--info); }
article h2 { margin-top: .6rem; }
.severity { text-transform: uppercase; font-size: .8em; letter-spacing: .04em; font-weight: 700; }
.critical .severity { color: var(--critical); } .high .severity { color: var(--high); } .medium .severity { color: var(--medium); }
.low .severity { color: var(--low); } .info .severity { color: var(--info); }
.pair { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1rem; align-items: start; }
@media (max-width: 60rem) { .pair { grid-template-columns: minmax(0, 1fr); } }
.scroll { overflow: auto; max-height: 26rem; border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { white-space: nowrap; } td { max-width: 20rem; } td:last-child { overflow-wrap: anywhere; min-width: 7rem; max-width: none; }
caption { text-align: left; padding: .2rem .6rem; }
thead th { background: var(--panel); position: sticky; top: 0; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: 12.5px/1.45 ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0; white-space: pre-wrap; }
svg { display: block; width: 100%; height: auto; background: var(--panel); border-radius: 4px; }
svg text { fill: var(--ink); font: 11px system-ui, sans-serif; } svg .tick { stroke: var(--line); } svg .axis { fill: var(--soft); }
svg .span { fill: var(--low); } svg .mark { fill: var(--high); stroke: var(--panel); } svg .empty { fill: none; stroke: var(--line); }
svg .bar.critical { fill: var(--critical); } svg .bar.high { fill: var(--high); } svg .bar.medium { fill: var(--medium); }
svg .bar.low { fill: var(--low); } svg .bar.info { fill: var(--info); }
svg .cell { stroke: var(--soft); }
svg .unknown { fill: #00204c; } svg .unanswered { fill: #414d6b; } svg .denied { fill: #7c7b78; } svg .refused { fill: #bcae6c; }
svg .answered { fill: #ffe945; stroke: #1a1d21; }
.key span { display: inline-block; margin-right: 1rem; }
.key svg { display: inline-block; width: 12px; height: 12px; vertical-align: -1px; margin-right: .3rem; border-radius: 2px; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } .scroll { max-height: none; overflow: visible; }
  article { break-inside: auto; } h2, h3 { break-after: avoid; } thead th { position: static; }
  nav { display: none; } details::details-content { content-visibility: visible; } }
`;
