import { counted, grouped } from '../base/plain-words.ts';
import { severities } from './incident.ts';
import type { Incident, Severity, Summary } from './incident.ts';

/** '3 incidents (1 high, 2 low) and 1 note', '1 low incident'. */
export function titleOf(incidents: readonly Incident[], { events }: Summary): string {
  // Nothing seen must not read like nothing found.
  if (events === 0) return 'Nothing to judge';
  if (incidents.length === 0) return 'No scanning found';
  const howMany = (severity: Severity): number =>
    incidents.filter((incident) => incident.severity === severity).length;
  const noted = howMany('info');
  const told = incidents.length - noted;
  if (told === 0) return `Nothing to act on; ${counted(noted, 'note')}`;
  const found = severities.filter((severity) => severity !== 'info' && howMany(severity) > 0).toReversed();
  const each = found.map((severity) => `${grouped(howMany(severity))} ${severity}`).join(', ');
  const title =
    found.length === 1 ? counted(told, `${found[0]} incident`) : `${counted(told, 'incident')} (${each})`;
  return noted > 0 ? `${title} and ${counted(noted, 'note')}` : title;
}
