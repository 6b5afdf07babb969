import { counted } from '../base/plain-words.ts';
import { safeText } from '../base/safe-text.ts';
import type { Output } from '../model/output.ts';

/**
 * One line per incident, `key=value` separated by tabs, always the same keys in the same order: for grep, cut and awk.
 * Tabs and newlines inside values are escaped, so a value never ends early.
 */
export const grepable: Output = {
  name: 'grepable',
  title: 'One line per incident, tab-separated key=value, for grep and awk',
  *render({ incidents, summary }) {
    for (const incident of incidents) {
      const pairs: [string, string | number][] = [
        ['severity', incident.severity],
        ['verdict', incident.verdict],
        ['confidence', incident.confidence],
        ['actor', incident.actor.address],
        ['addresses', incident.actor.addresses.join(',')],
        ['kinds', incident.kinds.join(',')],
        ['techniques', incident.techniques.join(',')],
        ['first', incident.first],
        ['last', incident.last],
        ['events', incident.counts.events],
        ['targets', incident.counts.targets],
        ['ports', incident.counts.ports],
        ['asn', incident.actor.asn ?? ''],
        ['country', incident.actor.country ?? ''],
        ['open', incident.learned.open.join(';')],
        ['sensors', incident.sensors.join(',')],
        ['id', incident.id],
      ];
      yield `${pairs.map(([key, value]) => `${key}=${safeText(String(value))}`).join('\t')}\n`;
    }
    yield `# ${counted(summary.incidents, 'incident')} in ${counted(summary.events, 'event')} of ${counted(summary.inputs.length, 'input')}\n`;
  },
};
