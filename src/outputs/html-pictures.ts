import type { Incident } from '../model/incident.ts';
import { escapeXml } from './xml.ts';

/*
 * Pictures as SVG without script and without style attributes. Each has a title for those who do not see it, and a table
 * beside it with the same facts (html.ts).
 */

const width = 900;
const rowsAtMost = 40;
const columnsAtMost = 48;
const label = 190;

/** Ascending strength, as the outcomes of events; colours are five steps of cividis. */
export const outcomes = ['unknown', 'unanswered', 'denied', 'refused', 'answered'] as const;

/** Every incident as a bar between its first and last event. */
export function timeline(incidents: readonly Incident[]): string {
  const shown = incidents.slice(0, rowsAtMost);
  const from = Math.min(...shown.map(({ first }) => Date.parse(first)));
  const until = Math.max(...shown.map(({ last }) => Date.parse(last)));
  const x = scale(from, until);
  const height = shown.length * 18 + 34;
  const bars = shown.map((incident, i) => {
    const left = x(Date.parse(incident.first));
    const right = Math.max(left + 3, x(Date.parse(incident.last)));
    const y = 8 + i * 18;
    return (
      `<text x="4" y="${y + 10}">${escapeXml(cut(incident.actor.address, 30))}</text>` +
      `<rect class="bar ${incident.severity}" x="${left}" y="${y}" width="${fixed(right - left)}" height="12" rx="2">` +
      `<title>${escapeXml(`${incident.actor.address}: ${incident.severity}, ${incident.first} to ${incident.last}`)}</title></rect>`
    );
  });
  return picture(`Timeline of ${shown.length} incidents`, height, ticks(from, until, height) + bars.join(''));
}

/** One incident: its span, when it was detected, evidence and what followed. */
export function incidentTimeline(incident: Incident): string {
  const from = Date.parse(incident.first);
  const times = [Date.parse(incident.last), ...incident.followed.map(({ time }) => Date.parse(time))];
  const until = Math.max(...times);
  const x = scale(from, until);
  const height = 84;
  const right = Math.max(x(from) + 3, x(Date.parse(incident.last)));
  const dot = (time: string, y: number, text: string): string =>
    `<circle class="mark" cx="${x(Date.parse(time))}" cy="${y}" r="4"><title>${escapeXml(text)}</title></circle>`;
  const rows = [
    `<text x="4" y="18">seen</text><rect class="span" x="${x(from)}" y="9" width="${fixed(right - x(from))}" height="10" rx="2"/>`,
    `<text x="4" y="36">detected, followed</text>${dot(incident.detected, 32, `detected ${incident.detected}`)}`,
    ...incident.followed.map(({ time, what }) => dot(time, 32, `${time} ${what}`)),
    '<text x="4" y="54">evidence</text>',
    ...incident.evidence.map(({ time, source, line }) => dot(time, 50, `${time} ${source}:${line}`)),
  ];
  return picture(`Timeline of ${incident.actor.address}`, height, ticks(from, until, height) + rows.join(''));
}

export interface Matrix {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly (string | undefined)[] }[];
  /** Rows and columns left out. */
  readonly left: { readonly rows: number; readonly columns: number };
}

/** Actors × services: what each tried anywhere, strongest outcome. */
export function sourceMatrix(incidents: readonly Incident[]): Matrix {
  return matrixOf(
    incidents
      .filter(({ targets }) => targets.length > 0)
      .map(({ actor, targets }) => ({ name: actor.address, ports: targets.flatMap(({ ports }) => ports) })),
  );
}

/** Targets × services of one incident. */
export function targetMatrix({ targets }: Incident): Matrix {
  return matrixOf(targets.map(({ address, ports }) => ({ name: address, ports })));
}

function matrixOf(all: readonly { readonly name: string; readonly ports: readonly string[] }[]): Matrix {
  const rows = all.map(({ name, ports }) => {
    const cells = new Map<string, string>();
    for (const port of ports) {
      const [service, outcome = 'unknown'] = port.split(':');
      if (rank(outcome) >= rank(cells.get(service))) cells.set(service, outcome);
    }
    return { name, cells };
  });
  const interest = new Map<string, number>();
  for (const { cells } of rows) {
    for (const [service, outcome] of cells) {
      interest.set(service, (interest.get(service) ?? 0) + 1 + (outcome === 'answered' ? 1000 : 0));
    }
  }
  const columns = [...interest]
    .sort(([x, a], [y, b]) => b - a || byService(x, y))
    .slice(0, columnsAtMost)
    .map(([service]) => service)
    .sort(byService);
  const shown = rows.slice(0, rowsAtMost);
  return {
    columns,
    rows: shown.map(({ name, cells }) => ({ name, cells: columns.map((column) => cells.get(column)) })),
    left: { rows: rows.length - shown.length, columns: interest.size - columns.length },
  };
}

export function matrixPicture(title: string, { columns, rows }: Matrix): string {
  const cell = Math.min(22, Math.floor((width - label) / Math.max(1, columns.length)));
  const height = rows.length * 18 + 62;
  const heads = columns.map(
    (column, i) =>
      `<text class="axis" transform="translate(${label + i * cell + cell / 2 + 3} 54) rotate(-60)">${escapeXml(column)}</text>`,
  );
  const lines = rows.map(({ name, cells }, row) => {
    const y = 58 + row * 18;
    const boxes = cells.map((outcome, i) => {
      const box = `x="${label + i * cell}" y="${y}" width="${cell - 1}" height="16"`;
      if (!outcome) return '';
      const known = outcomes.find((one) => one === outcome) ?? 'unknown';
      const text = escapeXml(`${name} ${columns[i]}: ${known}`);
      return `<rect class="cell ${known}" ${box}><title>${text}</title></rect>`;
    });
    return `<text x="4" y="${y + 12}">${escapeXml(cut(name, 30))}</text>${boxes.join('')}`;
  });
  return picture(title, height, heads.join('') + lines.join(''));
}

function picture(title: string, height: number, inner: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}; the table beside it has the same facts">${inner}</svg>`;
}

function scale(from: number, until: number): (time: number) => number {
  const span = Math.max(1, until - from);
  return (time) => Number(fixed(label + ((time - from) / span) * (width - label - 20)));
}

/** Five times, written below, with a line up. */
function ticks(from: number, until: number, height: number): string {
  const span = until - from;
  const x = scale(from, until);
  return Array.from({ length: 5 }, (_, i) => from + (span * i) / 4)
    .map((time, i) => {
      const iso = new Date(time).toISOString();
      const text = span > 86_400_000 ? iso.slice(0, 10) : span > 5000 ? iso.slice(11, 19) : iso.slice(11, 23);
      const anchor = i === 4 ? 'end' : i === 0 ? 'start' : 'middle';
      return (
        `<line class="tick" x1="${x(time)}" x2="${x(time)}" y1="4" y2="${height - 20}"/>` +
        `<text class="axis" x="${x(time)}" y="${height - 6}" text-anchor="${anchor}">${text}</text>`
      );
    })
    .join('');
}

function rank(outcome: string | undefined): number {
  return outcomes.findIndex((one) => one === outcome);
}

/** By protocol, then by number. */
function byService(x: string, y: string): number {
  const [protoX, portX = '0'] = x.split('/');
  const [protoY, portY = '0'] = y.split('/');
  return protoX === protoY ? Number(portX) - Number(portY) : protoX < protoY ? -1 : 1;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
