import type { Contact } from './crossings.ts';
import { Random } from './random.ts';

/**
 * Small, dense traffic over three hours: few actors, targets and ports, so that values repeat, expire at window edges
 * and share microseconds. Actors are IPv4 addresses and IPv6 /64s.
 */
export function randomContacts(seed: number, rows: number): Contact[] {
  const random = new Random(seed);
  const start = Date.UTC(2026, 0, 5, 8, 30) * 1000;
  const contacts: Contact[] = [];
  let time = start;
  for (let i = 0; i < rows; i += 1) {
    const last = contacts.at(-1);
    const dice = random.unit();
    // Bursts, quiet times, the same microsecond, and exactly one window later.
    if (dice < 0.7) time += random.below(6_000_000);
    else if (dice < 0.8) time += random.below(120_000_000);
    else if (dice < 0.85) time += 60_000_000;
    else if (dice < 0.87) time += 300_000_000;
    const v6 = random.chance(0.4);
    const inbound = random.chance(0.6);
    const outer = v6 ? `2001:db8:${random.between(1, 4)}:7::/64` : `192.0.2.${random.between(1, 5)}`;
    const host = v6 ? `2001:db8:10::${random.between(1, 6)}` : `198.51.100.${random.between(1, 6)}`;
    const port = `${random.chance(0.8) ? 'tcp' : 'udp'}/${random.pick([22, 23, 80, 443, 445, 3389, 8080, 161])}`;
    contacts.push(
      last !== undefined && random.chance(0.1)
        ? { ...last, time }
        : { time, actor: outer, target: host, port, failed: random.chance(0.5), inbound },
    );
  }
  return random.shuffle(contacts);
}
