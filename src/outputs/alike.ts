import type { Incident, Severity } from '../model/incident.ts';

/** Incidents that have their severity, verdict, kinds and service in common: thousands of them are told by their number. */
interface Alike {
  readonly severity: Severity;
  readonly verdict: string;
  readonly kinds: string;
  /** 'tcp/23'; 'several' where an incident is about more than one, '' where about none. */
  readonly service: string;
  incidents: number;
  events: number;
}

/** The groups, those with the most incidents first; of equal ones those that came first. */
export function alikeOf(incidents: readonly Incident[]): Alike[] {
  const groups = new Map<string, Alike>();
  for (const incident of incidents) {
    const { severity, verdict } = incident;
    const kinds = incident.kinds.join(', ');
    const service = serviceOf(incident);
    const key = [severity, verdict, kinds, service].join('\t');
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { severity, verdict, kinds, service, incidents: 0, events: 0 }));
    group.incidents++;
    group.events += incident.counts.events;
  }
  return [...groups.values()].toSorted((x, y) => y.incidents - x.incidents);
}

function serviceOf({ targets }: Incident): string {
  let service = '';
  for (const { ports, portCount } of targets) {
    if (portCount > ports.length) return 'several';
    for (const port of ports) {
      // 'tcp/22:answered'
      const [name] = port.split(':', 1);
      if (service !== '' && name !== service) return 'several';
      service = name;
    }
  }
  return service;
}
