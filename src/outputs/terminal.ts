import { counted, grouped, listed, spanOf } from '../base/plain-words.ts';
import { cellsOf, fitCells, padCells, safeText, wrapCells } from '../base/safe-text.ts';
import { titleOf } from '../model/report-title.ts';
import type { Incident, Severity, Summary } from '../model/incident.ts';
import { alikeOf } from './alike.ts';
import { inputTable } from './input-table.ts';
import { labelCells, Page, table } from './page.ts';
import type { Style } from './page.ts';
import type { Output } from '../model/output.ts';

/*
 * The report that people read. What matters first: the incidents above info in full, the rest as a table, then what was
 * read. Every text passes safeText before it is coloured or printed.
 */

/** Incidents told in full unless everything is asked for; the rest is a line each. */
const blocksAtMost = 10;
const reasonsAtMost = 6;
const evidenceAtMost = 3;
/** Of a raw record: its addresses and ports stand in the middle of a firewall's line. */
const rawLinesAtMost = 4;
const rawIndent = 4;
const listAtMost = 4;
const rowsAtMost = 40;
/** Groups of incidents that are alike, in the same way. */
const groupsAtMost = 12;

const severityStyle: Readonly<Record<Severity, readonly Style[]>> = {
  critical: ['bold', 'magenta'],
  high: ['bold', 'red'],
  medium: ['bold', 'yellow'],
  low: ['bold', 'cyan'],
  info: ['dim'],
};

export const terminal: Output = {
  name: 'terminal',
  title: 'A report for people',
  *render({ incidents, summary }, options) {
    const page = new Page(options);
    const told = incidents.filter(({ severity }) => severity !== 'info');
    const full = options.verbose ? incidents : told.slice(0, blocksAtMost);
    const rest = incidents.filter((incident) => !full.includes(incident));
    yield page.text(...opening(page, incidents, summary));
    for (const incident of full) yield page.text('', ...block(page, incident, options.verbose));
    if (rest.length > 0) yield page.text('', ...restTable(page, rest, full.length > 0));
    yield page.text(...adviceLines(page, summary), '', ...inputTable(page, summary, options.verbose));
  },
};

function opening(page: Page, incidents: readonly Incident[], summary: Summary): string[] {
  const title = titleOf(incidents, summary);
  const inputs = `${counted(summary.events, 'event')} of ${counted(summary.inputs.length, 'input')}`;
  const when = summary.first && summary.last ? `, ${shortSpan(summary.first, summary.last)} UTC` : '';
  return [
    // The first line is painted after wrapping: escape codes take no cells.
    ...wrapCells(`${title} in ${inputs}${when}.`, page.width).map((line, i) =>
      i === 0 ? page.paint(title, 'bold') + line.slice(title.length) : line,
    ),
    ...wrapCells(`Home: ${safeText(homeText(summary))}`, page.width).map((line) => page.paint(line, 'dim')),
  ];
}

function homeText({ home }: Summary): string {
  if (home.source !== 'configured') return home.source;
  return `${listed(home.networks, 6)} (configured)`;
}

function block(page: Page, incident: Incident, verbose: boolean): string[] {
  const cap = <T>(items: readonly T[], limit: number): readonly T[] =>
    verbose ? items : items.slice(0, limit);
  const [headline, ...reasons] = incident.reasons;
  const { learned } = incident;
  const lines = [
    ...header(page, incident),
    '',
    ...wrapCells(page.short(headline ?? ''), page.width - 2).map((line) => `  ${line}`),
    '',
  ];
  const more = reasons.length - cap(reasons, reasonsAtMost).length;
  lines.push(
    ...page.labelled(
      'why',
      [...cap(reasons, reasonsAtMost), ...(more > 0 ? [`${grouped(more)} more with -v`] : [])],
      '· ',
    ),
    ...page.labelled(
      'traits',
      cap([...new Set(incident.findings.flatMap(({ traits }) => traits))], listAtMost),
      '· ',
    ),
    ...page.labelled(
      'followed',
      cap(incident.followed, listAtMost).map(
        ({ what, technique, time }) => `${shortTime(time)} ${what}${technique ? ` (${technique})` : ''}`,
      ),
      '· ',
    ),
  );
  const notebook: [string, readonly string[]][] = [
    ['open', learned.open],
    ['closed', learned.closed],
    ['filtered', learned.filtered],
    ['banner', learned.banners],
    ['path', learned.paths],
    ['name', learned.names],
    ['asset', learned.assets],
  ];
  const entries = notebook.flatMap(([what, list]) => {
    const shown = cap(list, listAtMost);
    const left = list.length - shown.length;
    return [
      ...shown.map((item) => fitCells(`${what}: ${safeText(item)}`, verbose ? 4000 : page.itemWidth)),
      ...(left > 0 ? [`${what}: … ${grouped(left)} more lines`] : []),
    ];
  });
  lines.push(...page.labelled('it learned', entries));
  if (incident.actor.addresses.length > 1) {
    lines.push(...page.labelled('addresses', [listed(incident.actor.addresses, verbose ? 1000 : 8)]));
  }
  lines.push(...page.labelled('seen by', [listed(incident.sensors, 6)]));
  const evidence = verbose ? incident.evidence : spread(incident.evidence, evidenceAtMost);
  for (const [i, { source, line, raw }] of evidence.entries()) {
    const margin = page.paint(padCells(i === 0 ? 'evidence' : '', labelCells), 'dim');
    const where = `${source}:${line}`;
    lines.push(`  ${margin}${fitCells(safeText(where), page.itemWidth)}`);
    if (raw === '') continue;
    lines.push(...page.cut(raw, rawIndent, rawLinesAtMost).map((text) => page.paint(text, 'dim')));
  }
  lines.push(
    ...page.labelled('blind to', cap(incident.blindness, listAtMost), '· '),
    ...page.labelled('would flip', cap(incident.flips, listAtMost), '· '),
    ...(verbose
      ? page.labelled(
          'score',
          incident.score.map(({ what, value }) => `${value}  ${what}`),
        )
      : []),
    ...page.labelled('id', [verbose ? incident.id : incident.id.slice(0, 12)]),
  );
  return lines;
}

function header(page: Page, incident: Incident): string[] {
  const { severity, verdict, actor, kinds, techniques, first, last } = incident;
  const who = fitCells(safeText(whoOf(incident)), page.width - 40);
  const name = `${severity.toUpperCase()}  ${verdict}  ${who}`;
  const confidence = `confidence ${incident.confidence.toFixed(2)}`;
  const rule = '─'.repeat(Math.max(3, page.width - cellsOf(name) - confidence.length - 6));
  const painted =
    `${page.paint(severity.toUpperCase(), ...severityStyle[severity])}  ${verdict}  ` +
    page.paint(who, 'bold');
  const span = Date.parse(last) - Date.parse(first);
  const facts = [
    kinds.join(', '),
    techniques.join(' '),
    `${shortSpan(first, last)} UTC (${spanOf(span * 1000)})`,
    ...(incident.spoofable ? ['source may be forged'] : []),
    ...(actor.asn ? [fitCells(safeText(`AS${actor.asn} ${actor.organisation ?? ''}`.trim()), 40)] : []),
    ...(actor.country ? [safeText(actor.country)] : []),
    ...(actor.fingerprint ? [`fingerprint ${fitCells(safeText(actor.fingerprint), 60)}`] : []),
  ];
  return [
    `── ${painted} ${page.paint(rule, 'dim')} ${confidence}`,
    ...wrapCells(facts.join(' · '), page.width - 2).map((line) => `  ${page.paint(line, 'dim')}`),
  ];
}

function whoOf({ actor, kinds, spoofable }: Incident): string {
  const others = actor.addresses.length - 1;
  if (kinds.includes('campaign')) return counted(actor.addresses.length, 'source');
  if (spoofable && others > 0) return `${actor.address} or one of ${counted(others, 'other')}`;
  if (actor.prefix && others > 0) {
    return `${actor.prefix} (${counted(actor.addresses.length, 'address', 'addresses')})`;
  }
  return actor.address;
}

function restTable(page: Page, rest: readonly Incident[], after: boolean): string[] {
  const rows = rest
    .slice(0, rowsAtMost)
    .map((incident) => [
      incident.severity,
      incident.verdict,
      whoOf(incident),
      incident.kinds.join(', '),
      shortTime(incident.first),
      grouped(incident.counts.events),
    ]);
  const left = rest.slice(rows.length);
  return [
    page.paint(`${after ? 'And' : 'Noted'} ${counted(rest.length, after ? 'other' : 'incident')}`, 'bold') +
      page.paint('  (in full with -v)', 'dim'),
    ...table(page, ['severity', 'verdict', 'who', 'kinds', 'from (UTC)', 'events'], rows, 5),
    ...(left.length > 0 ? ['', ...alikeTable(page, left)] : []),
  ];
}

/** What is not listed, by what it has in common. */
function alikeTable(page: Page, left: readonly Incident[]): string[] {
  const groups = alikeOf(left);
  const shown = groups.slice(0, groupsAtMost);
  const others = groups.slice(groupsAtMost);
  const sum = (which: 'incidents' | 'events'): string =>
    grouped(others.reduce((total, group) => total + group[which], 0));
  const rows = shown.map(({ severity, verdict, kinds, service, incidents, events }) => [
    severity,
    verdict,
    kinds,
    service,
    grouped(incidents),
    grouped(events),
  ]);
  if (others.length > 0) rows.push(['others', '', '', '', sum('incidents'), sum('events')]);
  return [
    page.paint(`And ${grouped(left.length)} more like these`, 'bold'),
    ...table(page, ['severity', 'verdict', 'kinds', 'service', 'incidents', 'events'], rows, 4, 5),
  ];
}

function adviceLines(page: Page, { advice = [] }: Summary): string[] {
  if (advice.length === 0) return [];
  const lines = advice.flatMap((text) =>
    wrapCells(safeText(text), page.width - 4).map((line, i) => `  ${i === 0 ? '· ' : '  '}${line}`),
  );
  return ['', page.paint('What would sharpen this', 'bold'), ...lines];
}

/** The first of `items` and others from all over them, in order. */
function spread<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.round((i * (items.length - 1)) / (limit - 1))]);
}

/** '2026-01-02 03:04:05' of ISO 8601. */
function shortTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** '2026-01-02 03:04:05 to 04:05:06'; the day again only when it is another. */
function shortSpan(first: string, last: string): string {
  const end = shortTime(last);
  return `${shortTime(first)} to ${last.startsWith(first.slice(0, 10)) ? end.slice(11) : end}`;
}
