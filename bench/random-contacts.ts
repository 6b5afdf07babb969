import type { Contact } from './crossings.ts';
import { Random } from './random.ts';

/** The home networks of {@link randomContacts}: what is towards them is inbound. */
export const randomHome = ['198.51.100.0/24', '2001:db8:10::/48'];

const ports = [
  22, 443, 23, 445, 80, 9000, 3389, 161, 53, 25, 5900, 6379, 8443, 9200, 8080, 2323, 1433, 5060, 1900, 7,
  3306, 111, 389, 21, 110,
];

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
  // Runs of one actor that stays at a target or at a port, quick, slow or patient, so that every window is crossed.
  let run: { keep: 'target' | 'port' | 'nothing'; left: number; gap: number } = {
    keep: 'nothing',
    left: 0,
    gap: 0,
  };
  for (let i = 0; i < rows; i += 1) {
    const last = contacts.at(-1);
    if (run.left === 0 || last === undefined)
      run = {
        keep: random.pick(['target', 'port', 'nothing']),
        left: random.between(10, 110),
        gap: random.pick([2_000_000, 12_000_000, 90_000_000]),
      };
    run.left -= 1;
    const dice = random.unit();
    // Mostly the run's pace, at times the same microsecond, or exactly one window later.
    if (dice < 0.9) time += random.below(run.gap);
    else if (dice < 0.91) time += 60_000_000;
    else if (dice < 0.915) time += 300_000_000;
    if (last === undefined || run.keep === 'nothing')
      contacts.push(draw(random, time, random.chance(0.4), random.chance(0.6)));
    else if (random.chance(0.1)) contacts.push({ ...last, time });
    else {
      const fresh = draw(random, time, last.target.includes(':'), last.inbound);
      contacts.push({ ...fresh, actor: last.actor, [run.keep]: last[run.keep] });
    }
  }
  return random.shuffle(contacts);
}

function draw(random: Random, time: number, v6: boolean, inbound: boolean): Contact {
  const outside = v6 ? `2001:db8:${random.between(1, 2)}:7::` : '192.0.2.';
  const inside = v6 ? `2001:db8:10:${random.between(1, 2)}::` : '198.51.100.';
  const from = inbound ? outside : inside;
  return {
    time,
    actor: v6 ? `${from}/64` : `${from}${random.between(1, 3)}`,
    target: `${inbound ? inside : outside}${random.between(1, 60)}`,
    port: `${random.chance(0.8) ? 'tcp' : 'udp'}/${ports[random.zipf(ports.length, 0.3)]}`,
    failed: random.chance(0.6),
    inbound,
  };
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
