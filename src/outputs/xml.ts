import { safeText } from '../base/safe-text.ts';
import type { Output, Report } from '../model/output.ts';

/** The JSON contract as XML 1.0: objects as elements, list items as repeated elements, attributes nowhere but on the root. */
export const xml: Output = {
  name: 'xml',
  title: 'The whole report as XML',
  *render({ incidents, summary }: Report) {
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<offtrail version="1">\n';
    for (const incident of incidents) yield element('incident', incident, '  ');
    yield element('summary', summary, '  ');
    yield '</offtrail>\n';
  },
};

/** What one item of a list is called. */
const singular: Readonly<Record<string, string>> = {
  addresses: 'address',
  kinds: 'kind',
  techniques: 'technique',
  targets: 'target',
  ports: 'port',
  paths: 'path',
  names: 'name',
  reasons: 'reason',
  score: 'contribution',
  blindness: 'blind',
  flips: 'flip',
  open: 'entry',
  closed: 'entry',
  filtered: 'entry',
  banners: 'banner',
  followed: 'event',
  findings: 'finding',
  crossings: 'crossing',
  traits: 'trait',
  rules: 'rule',
  tags: 'tag',
  sources: 'source',
  evidence: 'record',
  sensors: 'sensor',
  context: 'note',
  inputs: 'input',
  skipped: 'reason',
  examples: 'example',
  notes: 'note',
  networks: 'network',
};

function element(name: string, value: unknown, indent: string): string {
  if (value === null || value === undefined) return `${indent}<${name}/>\n`;
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}<${name}/>\n`;
    const item = singular[name] ?? 'item';
    const items = value.map((entry) => element(item, entry, `${indent}  `)).join('');
    return `${indent}<${name}>\n${items}${indent}</${name}>\n`;
  }
  if (typeof value === 'object') {
    const inner = Object.entries(value)
      .filter(([key]) => key !== 'type')
      .map(([key, entry]) => element(key, entry, `${indent}  `))
      .join('');
    return `${indent}<${name}>\n${inner}${indent}</${name}>\n`;
  }
  return `${indent}<${name}>${escapeXml(typeof value === 'string' ? value : JSON.stringify(value))}</${name}>\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For XML and HTML, text and attributes; control characters have been made visible before. */
export function escapeXml(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (character) => entities[character]);
}
