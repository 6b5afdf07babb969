import type { Contact } from './crossings.ts';
import { Random } from './random.ts';

/** The home networks of {@link randomContacts}: what is towards them is inbound. */
export const randomHome = ['198.51.100.0/24', '2001:db8:10::/48'];

/**
 * Small, dense traffic over a few hours: few actors, targets and ports, so that values repeat, expire at window edges
 * and share microseconds. Actors are IPv4 addresses and IPv6 /64s, outside ones looking in and inside ones looking out.
 * Not in order of time.
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
    const place = random.between(1, 6);
    const outside = v6 ? `2001:db8:${random.between(1, 4)}:7::` : '192.0.2.';
    const inside = v6 ? `2001:db8:10:${random.between(1, 2)}::` : '198.51.100.';
    const from = inbound ? outside : inside;
    const to = inbound ? inside : outside;
    const port = `${random.chance(0.8) ? 'tcp' : 'udp'}/${random.pick([22, 23, 80, 443, 445, 3389, 9000, 161])}`;
    contacts.push(
      last !== undefined && random.chance(0.1)
        ? { ...last, time }
        : {
            time,
            actor: v6 ? `${from}/64` : `${from}${random.between(1, 5)}`,
            target: `${to}${place}`,
            port,
            failed: random.chance(0.5),
            inbound,
          },
    );
  }
  return random.shuffle(contacts);
}

/**
 * The contacts as a Zeek conn.log in order of start, for readers of logs: IPv6 actors appear under changing addresses of
 * their /64. Every connection is over at once, so no row is late.
 */
export function connLogOf(contacts: readonly Contact[], seed: number): string {
  const random = new Random(seed);
  const lines = [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\tconn',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\tconn_state\thistory',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tinterval\tcount\tcount\tstring\tstring',
  ];
  for (const [i, contact] of [...contacts].sort((a, b) => a.time - b.time).entries()) {
    const micro = contact.time % 1_000_000;
    const source = contact.actor.replace('::/64', () => `::${random.between(1, 0xffff).toString(16)}`);
    const [proto, port] = contact.port.split('/');
    const course =
      proto === 'udp'
        ? contact.failed
          ? '-\t-\t-\tS0\tD'
          : '0.001000\t30\t60\tSF\tDd'
        : contact.failed
          ? random.pick(['-\t-\t-\tS0\tS', '0.001000\t0\t0\tREJ\tSr', '0.001000\t0\t0\tRSTOS0\tSR'])
          : random.pick([
              '0.010000\t30\t60\tSF\tShADadFf',
              '0.010000\t0\t0\tRSTO\tShAR',
              '0.010000\t3\t6\tS1\tShADad',
            ]);
    lines.push(
      `${(contact.time - micro) / 1_000_000}.${String(micro).padStart(6, '0')}\tC${i}\t${source}\t${random.between(32_768, 60_999)}\t${contact.target}\t${port}\t${proto}\t${course}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
