import { createHash } from 'node:crypto';
import { counted, grouped, listed } from '../base/plain-words.ts';
import type { Incident, Summary } from '../model/incident.ts';
import { titleOf } from '../model/report-title.ts';
import type { Output } from '../model/output.ts';
import {
  incidentTimeline,
  matrixPicture,
  outcomes,
  sourceMatrix,
  targetMatrix,
  timeline,
} from './html-pictures.ts';
import type { Matrix } from './html-pictures.ts';
import { style } from './html-style.ts';
import { escapeXml } from './xml.ts';

/*
 * One page that needs nothing else: no script, no request, a policy that forbids both. Every text passes escapeXml, which
 * makes control characters visible first.
 */

/** A page is for reading: what matters less than so many others is left to the other outputs. */
const articlesAtMost = 200;
const listAtMost = 200;
const rowsAtMost = 300;
const textAtMost = 1200;

export const html: Output = {
  name: 'html',
  title: 'A self-contained page, for browsers and paper',
  *render({ incidents, summary }) {
    yield head(summary);
    yield overview(incidents, summary);
    for (const incident of incidents.slice(0, articlesAtMost)) yield article(incident);
    const left = incidents.length - articlesAtMost;
    if (left > 0) yield `<p>And ${counted(left, 'other')}; --json has them all.</p>`;
    yield advice(summary);
    yield inputs(summary);
    yield '</main></body></html>\n';
  },
};

function head(summary: Summary): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Offtrail: ${counted(summary.incidents, 'incident')}</title><style>${style}</style></head><body>
`;
}

/** Escaped and not too long. */
function text(value: string): string {
  return escapeXml(value.length > textAtMost ? `${value.slice(0, textAtMost)}…` : value);
}

function overview(incidents: readonly Incident[], summary: Summary): string {
  const { home, first, last, events } = summary;
  const when = first && last ? `, ${when19(first)} to ${when19(last)} UTC` : '';
  const networks = home.source === 'configured' ? `${listed(home.networks, 10)} (configured)` : home.source;
  const start = `<header><h1>${titleOf(incidents, summary)}</h1>
<p>In ${counted(events, 'event')} of ${counted(summary.inputs.length, 'input')}${when}.</p>
<p class="soft">Home: ${text(networks)}</p></header><main>`;
  if (incidents.length === 0) return `${start}<p class="lead">No scanning found.</p>`;
  const rows = incidents
    .slice(0, rowsAtMost)
    .map((incident, i) => [
      i < articlesAtMost ? `<a href="#i${incident.id}">${text(whoOf(incident))}</a>` : text(whoOf(incident)),
      `<span class="${incident.severity}"><span class="severity">${incident.severity}</span></span>`,
      incident.verdict,
      when19(incident.first),
      text(incident.kinds.join(', ')),
    ]);
  const matrix = sourceMatrix(incidents);
  return `${start}<section><h2>When</h2>${pair(
    timeline(incidents),
    table('Incidents, what matters first', ['who', 'severity', 'verdict', 'first (UTC)', 'kinds'], rows),
  )}</section>${
    matrix.rows.length === 0
      ? ''
      : `<section><h2>Sources and services</h2>${legend()}${pair(
          matrixPicture('Sources by services', matrix),
          matrixTable('Services that each source tried', 'source', matrix),
        )}</section>`
  }<h2>Incidents</h2>`;
}

function advice({ advice: sentences = [] }: Summary): string {
  if (sentences.length === 0) return '';
  const items = sentences.map((sentence) => `<li>${text(sentence)}</li>`).join('');
  return `<section><h2>What would sharpen this</h2><ul>${items}</ul></section>`;
}

function article(incident: Incident): string {
  const { severity, verdict, actor, learned, counts } = incident;
  const [headline = '', ...reasons] = incident.reasons;
  const facts = [
    listed(incident.kinds, 10),
    incident.techniques.join(' '),
    `confidence ${incident.confidence.toFixed(2)}`,
    `${when19(incident.first)} to ${when19(incident.last)} UTC`,
    counted(counts.events, 'event'),
    ...(incident.spoofable ? ['the source may be forged'] : []),
    ...(actor.fingerprint ? [`fingerprint ${actor.fingerprint}`] : []),
  ];
  const matrix = targetMatrix(incident);
  const points = [
    ...incident.followed.map(({ time, what, technique }) => [
      when19(time),
      text(technique ? `${what} (${technique})` : what),
    ]),
    [when19(incident.first), 'first event'],
    [when19(incident.detected), 'detected'],
    [when19(incident.last), 'last event'],
  ].sort(([x], [y]) => (x < y ? -1 : 1));
  const notebook: [string, readonly string[]][] = [
    ['open', learned.open],
    ['closed', learned.closed],
    ['filtered', learned.filtered],
    ['banner', learned.banners],
    ['path', learned.paths],
    ['name', learned.names],
    ['asset', learned.assets],
  ];
  const notes = notebook.flatMap(([what, list]) =>
    list.slice(0, listAtMost).map((item) => [what, text(item)]),
  );
  const evidence = incident.evidence.map(({ source, line, time, raw }) => [
    `${text(source)}:${line}`,
    when19(time),
    raw === '' ? '<span class="soft">not text</span>' : `<pre>${text(raw)}</pre>`,
  ]);
  const paths = incident.paths.map(({ host, path, status }) => [String(status), text(host), text(path)]);
  const names = incident.names.map(({ name, rcode }) => [rcode, text(name)]);
  return `<article class="${severity}" id="i${incident.id}">
<h2><span class="severity">${severity}</span> ${verdict} <span>${text(whoOf(incident))}</span></h2>
<p class="soft">${text(facts.join(' · '))}</p>
<p class="lead">${text(headline)}</p>
${list('Why', reasons)}
${list('Traits', [...new Set(incident.findings.flatMap(({ traits }) => traits))])}
<h3>When</h3>${pair(incidentTimeline(incident), table('What happened when', ['time (UTC)', 'what'], points))}
${
  matrix.rows.length === 0
    ? ''
    : `<h3>Targets and services</h3>${legend()}${pair(
        matrixPicture(`Targets of ${actor.address} by services`, matrix),
        matrixTable('Services that were tried at each target', 'target', matrix),
      )}`
}
${notes.length === 0 ? '' : `<h3>What it learned</h3>${table("The scanner's notebook", ['what', 'where'], notes)}`}
${paths.length === 0 ? '' : `<h3>Paths</h3>${table(`${grouped(counts.paths)} paths asked for`, ['status', 'host', 'path'], paths)}`}
${names.length === 0 ? '' : `<h3>Names</h3>${table(`${grouped(counts.names)} names asked for`, ['answer', 'name'], names)}`}
${evidence.length === 0 ? '' : `<h3>Evidence</h3>${table('Records that support it', ['record', 'time (UTC)', 'raw'], evidence)}`}
${list('Context', incident.context)}
${list('What it could not see', incident.blindness)}
${list('What would change the verdict', incident.flips)}
${actor.addresses.length > 1 ? `<h3>Addresses</h3><p>${text(listed(actor.addresses, listAtMost))}</p>` : ''}
<h3>Score</h3>${table(
    'Contributions to severity (0 info to 4 critical) and confidence',
    ['value', 'what'],
    incident.score.map(({ what, value }) => [String(value), text(what)]),
  )}
<p class="soft">Seen by ${text(listed(incident.sensors, 20))}. Id <code>${incident.id}</code></p>
</article>
`;
}

function inputs(summary: Summary): string {
  const rows = summary.inputs.map(({ name, format, records, events, skipped, notes }) => [
    text(name),
    text(format ?? 'not recognised'),
    grouped(records),
    grouped(events),
    text(
      [
        ...skipped.map(({ reason, count }) => `${grouped(count)} × ${reason}`),
        ...notes.map(({ note, count }) => (count > 1 ? `${note} (${grouped(count)} times)` : note)),
      ].join('; '),
    ),
  ]);
  return `<section><h2>What was read</h2>${table('Inputs', ['input', 'format', 'records', 'events', 'skipped and noted'], rows)}</section>`;
}

function whoOf({ actor, kinds, spoofable }: Incident): string {
  const others = actor.addresses.length - 1;
  if (others < 1) return actor.address;
  if (kinds.includes('campaign')) return counted(others + 1, 'source');
  if (spoofable) return `${actor.address} or one of ${counted(others, 'other')}`;
  return actor.prefix ? `${actor.prefix} (${counted(others + 1, 'address', 'addresses')})` : actor.address;
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, listAtMost);
  return `<h3>${title}</h3><ul>${shown.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
}

function pair(picture: string, beside: string): string {
  return `<div class="pair"><div>${picture}</div>${beside}</div>`;
}

/** Cells are markup already. The caption names the scrolling box for those who reach it by keyboard. */
function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = rows.slice(0, rowsAtMost);
  const left = rows.length - shown.length;
  const body = shown.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  const rest = left > 0 ? `<tr><td colspan="${heads.length}">… ${grouped(left)} more</td></tr>` : '';
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escapeXml(caption)}"><table><caption class="soft">${escapeXml(caption)}</caption><thead><tr>${heads
    .map((name) => `<th scope="col">${escapeXml(name)}</th>`)
    .join('')}</tr></thead><tbody>${body}${rest}</tbody></table></div>`;
}

function matrixTable(caption: string, what: string, { columns, rows, left }: Matrix): string {
  const cells = rows.flatMap(({ name, cells: row }) =>
    outcomes.toReversed().flatMap((outcome) => {
      const services = columns.filter((_, i) => row[i] === outcome);
      return services.length === 0 ? [] : [[text(name), outcome, text(services.join(' '))]];
    }),
  );
  const more = [
    ...(left.rows > 0 ? [`${grouped(left.rows)} more rows`] : []),
    ...(left.columns > 0 ? [`${grouped(left.columns)} more services`] : []),
  ];
  const note = more.length === 0 ? '' : `<p class="soft">Not shown: ${more.join(', ')}.</p>`;
  return `<div>${table(caption, [what, 'outcome', 'services'], cells)}${note}</div>`;
}

function legend(): string {
  const entries = outcomes
    .toReversed()
    .map(
      (outcome) =>
        `<span><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="${outcome}" width="12" height="12"/></svg>${outcome}</span>`,
    );
  return `<p class="key">${entries.join('')}</p>`;
}

/** '2026-01-02 03:04:05'. */
function when19(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}
