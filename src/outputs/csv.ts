import { safeText } from '../base/safe-text.ts';
import type { Output } from '../model/output.ts';

const columns = [
  'id',
  'severity',
  'verdict',
  'confidence',
  'actor',
  'addresses',
  'prefix',
  'kinds',
  'techniques',
  'first',
  'last',
  'detected',
  'events',
  'targets',
  'ports',
  'paths',
  'names',
  'answered',
  'spoofable',
  'sensors',
  'headline',
  'asn',
  'country',
] as const;

/** RFC 4180 with a header; lists are separated by spaces. */
export const csv: Output = {
  name: 'csv',
  title: 'One row per incident, for spreadsheets',
  *render({ incidents }) {
    yield `${columns.join(',')}\r\n`;
    for (const incident of incidents) {
      const { actor, counts } = incident;
      const row: Record<(typeof columns)[number], string | number | boolean> = {
        id: incident.id,
        severity: incident.severity,
        verdict: incident.verdict,
        confidence: incident.confidence,
        actor: actor.address,
        addresses: actor.addresses.join(' '),
        prefix: actor.prefix ?? '',
        kinds: incident.kinds.join(' '),
        techniques: incident.techniques.join(' '),
        first: incident.first,
        last: incident.last,
        detected: incident.detected,
        events: counts.events,
        targets: counts.targets,
        ports: counts.ports,
        paths: counts.paths,
        names: counts.names,
        answered: counts.answered,
        spoofable: incident.spoofable,
        sensors: incident.sensors.join(' '),
        asn: actor.asn ?? '',
        country: actor.country ?? '',
        headline: incident.reasons[0] ?? '',
      };
      yield `${columns.map((column) => cell(row[column])).join(',')}\r\n`;
    }
  },
};

/** Text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection). */
function cell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const safe = safeText(value);
  const text = /^[=+\-@|%]/.test(safe.trimStart()) ? `'${safe}` : safe;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
