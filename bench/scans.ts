import type { Plant } from './dataset.ts';
import { Random } from './random.ts';

/** One attempt of a planted scanner, before a sensor writes it down. Times are integer microseconds UTC. */
export interface Probe {
  readonly time: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly target: string;
  /** For ICMP the type; the code is 0. */
  readonly port: number;
  readonly proto: 'tcp' | 'udp' | 'icmp';
  readonly result: 'answered' | 'refused' | 'unanswered' | 'stealth';
}

interface Site {
  /** Addresses that are reachable from outside. */
  readonly hosts: readonly string[];
  readonly hosts6: readonly string[];
  /** Clients of the site, some of which scan too. */
  readonly clients: readonly string[];
}

const second = 1_000_000;
/** Score thresholds of the fan-out detectors by window in seconds (docs/detectors/fan-out.md); a failed probe scores 2. */
const thresholds = {
  vertical: { 60: 20, 300: 30, 3600: 40 },
  horizontal: { 60: 20, 300: 50, 3600: 80 },
} as const;
const windows = [60, 300, 3600] as const;

interface Shape {
  readonly name: string;
  readonly source?: string;
  readonly count: number;
  /** Between the first and the last probe, microseconds. */
  readonly lasts: number;
  readonly target: (i: number) => string;
  readonly port: (i: number) => number;
  readonly proto?: Probe['proto'];
  readonly result?: (i: number) => Probe['result'];
  readonly crosses?: readonly [kind: 'vertical' | 'horizontal', windows: readonly number[]];
  readonly silent?: readonly [kind: 'vertical' | 'horizontal', windows: readonly number[]];
  /** Evenly spaced to the microsecond, instead of jittered. */
  readonly exact?: boolean;
  readonly note?: string;
}

/**
 * Scanners of every shape, the shapes repeated `sets` times, each from its own source and /24, somewhere
 * between `start` and `end`. The cases at the very threshold come once.
 */
export function plantScans(
  random: Random,
  site: Site,
  start: number,
  end: number,
  sets: number,
): { probes: Probe[]; plants: Plant[] } {
  const probes: Probe[] = [];
  const plants: Plant[] = [];
  let sources = 0;

  const plant = (shape: Shape): void => {
    sources += 1;
    const v6 = shape.target(0).includes(':');
    const own = v6
      ? `2a0e:b107:${(sources & 0xffff).toString(16)}:9`
      : `45.${sources >> 8}.${sources & 255}.${random.between(2, 250)}`;
    const begin = start + random.below(Math.max(1, end - start - shape.lasts));
    const seen = new Set<string>();
    for (let i = 0; i < shape.count; i += 1) {
      const even = shape.count === 1 ? 0 : (shape.lasts * i) / (shape.count - 1);
      const jitter = shape.exact || i === 0 ? 0 : random.below(Math.max(1, shape.lasts / shape.count / 2));
      // An IPv6 scanner takes a new address of its /64 for each probe.
      const source =
        shape.source ??
        (v6 ? `${own}:${random.between(1, 9)}::${random.between(1, 65535).toString(16)}` : own);
      seen.add(source);
      probes.push({
        time: Math.floor(begin + even) + jitter,
        source,
        sourcePort: shape.proto === 'icmp' ? 8 : random.between(32768, 60999),
        target: shape.target(i),
        port: shape.port(i),
        proto: shape.proto ?? 'tcp',
        result: shape.result?.(i) ?? 'unanswered',
      });
    }
    const actor = shape.source ?? (v6 ? `${own}::/64` : own);
    const expected = (what: Shape['crosses']) => {
      if (what === undefined) return [];
      const [kind, spans] = what;
      const key =
        kind === 'vertical' ? [actor, shape.target(0)] : [actor, `${shape.proto ?? 'tcp'}/${shape.port(0)}`];
      return spans.map((window) => ({ kind, key, window }));
    };
    plants.push({
      name: shape.name,
      sources: [...seen].slice(0, 4),
      rows: shape.count,
      crosses: expected(shape.crosses),
      silent: expected(shape.silent),
      ...(shape.note === undefined ? {} : { note: shape.note }),
    });
  };

  const host = (): ((i: number) => string) => {
    const one = random.pick(site.hosts);
    return () => one;
  };
  const host6 = (): ((i: number) => string) => {
    const one = random.pick(site.hosts6);
    return () => one;
  };
  const each = (list: readonly string[]): ((i: number) => string) => {
    const order = random.shuffle([...list]);
    return (i) => order[i % order.length];
  };
  const ports = (): ((i: number) => number) => {
    const order = random.shuffle(Array.from({ length: 9000 }, (_, i) => i + 1));
    return (i) => order[i % order.length];
  };
  const rare = (): ((i: number) => number) => {
    const first = random.between(20_000, 30_000);
    return (i) => first + i;
  };
  const one = (port: number) => (): number => port;
  const mostlyRefused = (i: number): Probe['result'] => (i % 50 === 0 ? 'answered' : 'refused');
  const fits = (lasts: number): boolean => lasts < (end - start) * 0.9;

  for (let set = 0; set < sets; set += 1) {
    const many = sets < 4 ? 200 : 1000;
    plant({
      name: 'vertical fast',
      count: many,
      lasts: 30 * second,
      target: host(),
      port: ports(),
      result: mostlyRefused,
      crosses: ['vertical', windows],
    });
    plant({
      name: 'vertical normal',
      count: 40,
      lasts: 320 * second,
      target: host(),
      port: rare(),
      crosses: ['vertical', [300, 3600]],
      silent: ['vertical', [60]],
    });
    plant({
      name: 'horizontal fast',
      count: site.hosts.length,
      lasts: 20 * second,
      target: each(site.hosts),
      port: one(random.pick([23, 445, 3389, 5900, 6379])),
      crosses: ['horizontal', windows],
    });
    plant({
      name: 'horizontal normal',
      count: 60,
      lasts: 480 * second,
      target: each(site.hosts),
      port: one(random.between(5000, 5050)),
      result: mostlyRefused,
      crosses: ['horizontal', [300, 3600]],
      silent: ['horizontal', [60]],
    });
    const blockHosts = each(site.hosts);
    const blockPorts = rare();
    plant({
      name: 'block',
      count: 16 * 9,
      lasts: 200 * second,
      target: (i) => blockHosts(i % 16),
      port: (i) => blockPorts((Math.floor(i / 16) + (i % 16)) % 9),
      note: '16 targets × 9 ports, no key of its own in five minutes',
    });
    plant({
      name: 'sweep',
      count: 90,
      lasts: 200 * second,
      target: each(site.hosts),
      port: rare(),
      note: 'each target another port',
    });
    plant({
      name: 'ICMP sweep',
      count: site.hosts.length,
      lasts: 40 * second,
      target: each(site.hosts),
      port: one(8),
      proto: 'icmp',
    });
    plant({
      name: 'UDP vertical',
      count: 100,
      lasts: 50 * second,
      target: host(),
      port: rare(),
      proto: 'udp',
      crosses: ['vertical', windows],
    });
    plant({
      name: 'UDP horizontal',
      count: 120,
      lasts: 50 * second,
      target: each(site.hosts),
      port: one(161),
      proto: 'udp',
      crosses: ['horizontal', windows],
    });
    plant({
      name: 'FIN scan',
      count: 30,
      lasts: 20 * second,
      target: host(),
      port: rare(),
      result: () => 'stealth',
    });
    plant({
      name: 'IPv6 vertical',
      count: 100,
      lasts: 50 * second,
      target: host6(),
      port: rare(),
      crosses: ['vertical', windows],
      note: 'sources rotate within a /64',
    });
    plant({
      name: 'IPv6 horizontal',
      count: Math.min(100, site.hosts6.length),
      lasts: 50 * second,
      target: each(site.hosts6),
      port: one(8291),
      result: () => 'refused',
      crosses: ['horizontal', windows],
    });
    if (fits(3600 * second)) {
      plant({
        name: 'vertical patient',
        count: 36,
        lasts: 3500 * second,
        target: host(),
        port: rare(),
        crosses: ['vertical', [3600]],
        silent: ['vertical', [60, 300]],
      });
      plant({
        name: 'horizontal patient',
        count: 50,
        lasts: 3500 * second,
        target: each(site.hosts),
        port: one(random.between(5100, 5160)),
        crosses: ['horizontal', [3600]],
        silent: ['horizontal', [60, 300]],
      });
      plant({
        name: 'below every window',
        count: 10,
        lasts: 3600 * second,
        target: host(),
        port: rare(),
        silent: ['vertical', windows],
      });
    }
    const client = random.pick(site.clients);
    plant({
      name: 'inside, outwards',
      source: client,
      count: 200,
      lasts: 40 * second,
      target: (i) => `51.${1 + (set % 200)}.${i}.${1 + ((i * 37) % 250)}`,
      port: one(445),
      result: () => 'unanswered',
      crosses: ['horizontal', windows],
    });
    plant({
      name: 'inside, sideways',
      source: client,
      count: 60,
      lasts: 40 * second,
      target: host(),
      port: rare(),
      result: () => 'refused',
      crosses: ['vertical', windows],
    });
  }

  // At the threshold to the microsecond: the window (t − W, t] holds the first probe or has just lost it.
  for (const window of windows) {
    const span = window * second;
    if (!fits(span * 1.1)) continue;
    for (const kind of ['vertical', 'horizontal'] as const) {
      const threshold = thresholds[kind][window as 60];
      const fan = kind === 'vertical';
      const where = () => ({
        target: fan ? host() : each(site.hosts),
        port: fan ? rare() : one(random.between(31_000, 32_000)),
        exact: true,
      });
      const failing = threshold / 2;
      plant({
        name: `${kind} ${window} s, last µs inside`,
        count: failing,
        lasts: span - 1,
        ...where(),
        crosses: [kind, [window]],
      });
      plant({
        name: `${kind} ${window} s, exactly the window apart`,
        count: failing,
        lasts: span,
        ...where(),
        silent: [kind, [window]],
      });
      plant({
        name: `${kind} ${window} s, answered only`,
        count: threshold,
        lasts: span - 1,
        ...where(),
        result: () => 'answered',
        crosses: [kind, [window]],
      });
      plant({
        name: `${kind} ${window} s, answered only, one short`,
        count: threshold - 1,
        lasts: span - 1,
        ...where(),
        result: () => 'answered',
        silent: [kind, [window]],
      });
      const again = where();
      plant({
        name: `${kind} ${window} s, first value seen again`,
        count: failing + 1,
        lasts: span + 2 * second,
        exact: true,
        target: (i) => again.target(i === 1 ? 0 : i),
        port: (i) => again.port(i === 1 && fan ? 0 : i),
        crosses: [kind, [window]],
        note: 'the repetition keeps the first value in the window',
      });
      plant({
        name: `${kind} ${window} s, all in one µs`,
        count: failing,
        lasts: 0,
        ...where(),
        crosses: [kind, [window]],
      });
    }
  }
  probes.sort((a, b) => a.time - b.time);
  return { probes, plants };
}
