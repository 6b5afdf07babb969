import { counted, grouped } from '../base/plain-words.ts';
import { Outcome, Proto } from '../model/event.ts';
import { sweepsBeside } from './aim.ts';
import type { Case } from './case.ts';

/** Kinds that peer-to-peer chatter can look like. */
const lookalikes = new Set(['block', 'sweep', 'first-contact']);
const targetsAtLeast = 10;
/** A peer listens on one port of its own … */
const servicesPerTarget = 1.5;
/** … that hardly anybody shares … */
const sharedAtMost = 0.3;
/** … and that is no well-known one. */
const highShare = 0.7;
const firstHighPort = 1024;
/** Some peers of a list are alive. */
const aliveShare = 0.1;

/**
 * Peer-to-peer programs work through lists of peers, each at a port of its own, and half of them are gone. A scanner learns
 * nothing that way: he seeks the same ports everywhere, or many at one place. Only outbound: what comes from outside to one
 * port each of one's own addresses stays a scan.
 */
export function peerToPeerOf(of: Case): string | undefined {
  if (!of.actor.inside || of.contactsDropped > 0 || of.pages.size > 0) return undefined;
  if (of.findings.some(({ kind }) => !lookalikes.has(kind))) return undefined;
  const seekers = new Map<number, number>();
  let pairs = 0;
  let tried = 0;
  let high = 0;
  let alive = 0;
  let outside = 0;
  for (const { home, services } of of.contacts.values()) {
    if (!home) outside++;
    const ports = new Set<number>();
    for (const [service, { outcome }] of services) {
      const proto = service >>> 16;
      const port = service & 0xffff;
      if (outcome === Outcome.answered || outcome === Outcome.unknown) alive++;
      tried++;
      // A peer listens on one port, by TCP and by UDP.
      const bare = proto !== Proto.tcp && proto !== Proto.udp;
      const key = bare ? service : port;
      if (ports.has(key)) continue;
      ports.add(key);
      pairs++;
      seekers.set(key, (seekers.get(key) ?? 0) + 1);
      if (!bare && port >= firstHighPort) high++;
    }
  }
  const targets = of.contacts.size;
  const shared = Math.max(0, ...seekers.values());
  const fits =
    targets >= targetsAtLeast &&
    outside >= 0.9 * targets &&
    pairs <= servicesPerTarget * targets &&
    shared <= sharedAtMost * targets &&
    high >= highShare * pairs &&
    alive >= aliveShare * tried &&
    !sweepsBeside(of, ({ home }) => home);
  if (!fits) return undefined;
  return (
    `Each of ${counted(targets, 'address', 'addresses')} outside was tried at a port of its own (${grouped(seekers.size)} ports, ` +
    `the most common one at ${grouped(shared)}), mostly high ones: that is how peer-to-peer programs work through their lists of peers.`
  );
}
