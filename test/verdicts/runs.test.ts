import { expect, test } from 'vitest';
import type { ByteInput } from '../../src/model/source.ts';
import { inputOf } from '../run-in-memory.ts';
import { brief, essence, expectScan, incidentsOf, only } from './judged.ts';
import {
  conn,
  connLog,
  firewallLog,
  packet,
  randomNumbers,
  shuffled,
  start,
  times,
} from '../../lab/log-lines.ts';
import type { Line } from '../../lab/log-lines.ts';

const scanner = '203.0.113.66';
const host = '198.51.100.10';

test('39: probes that straddle the edges of windows: the verdict is the same', async () => {
  // Exactly as many as it takes, over one minute and over five, begun at 24 places of the clock.
  const offsets = times(24, (i) => i * 13.7);
  const scan = (offset: number, probes: number, every: number): Line[] =>
    times(probes, (i) => packet({ at: offset + i * every, from: scanner, to: host, port: 200 + i }));
  for (const [probes, every] of [
    [10, 6],
    [15, 20],
    [20, 180],
  ] as const) {
    const seen = new Set<string>();
    for (const offset of offsets) {
      const incidents = await incidentsOf({ 'fw.log': firewallLog(scan(offset, probes, every)) });
      const { verdict, severity, kinds, confidence, counts } = only(incidents);
      seen.add(JSON.stringify({ verdict, severity, kinds, confidence, ports: counts.ports }));
    }
    expect([...seen]).toHaveLength(1);
    expect([...seen][0]).toContain('"scan"');
  }
});

/** A firewall log that is written while it is read. */
function flood(sources: number, planted: readonly Line[]): ByteInput {
  const random = randomNumbers(40);
  const block = 65_536;
  const blocks = Math.ceil(sources / block);
  let next = 0;
  let current: ByteInput | undefined;
  // What does not differ from line to line is made once; the stamp once a second.
  const [head, rest] = packet({ at: 0, from: 'SOURCE', to: 'TARGET' }).text.split('SOURCE');
  const between = rest.slice(rest.indexOf('LEN='), rest.indexOf('SPT='));
  const after = rest.slice(rest.indexOf('WINDOW='));
  const kernel = head.slice(head.indexOf(' '));
  const before = (at: number): string => {
    const micros = String(Math.round((at % 1) * 1e6) % 1e6).padStart(6, '0');
    return `${new Date(start + Math.floor(at) * 1000).toISOString().slice(0, 19)}.${micros}+00:00${kernel}`;
  };
  const lines = (): string => {
    const from = next * block;
    next++;
    const own = times(Math.min(block, sources - from), (i): Line => {
      const at = (from + i) * 0.0003;
      const source = `${11 + random(180)}.${random(256)}.${random(256)}.${1 + random(254)}`;
      const ports = `SPT=${1024 + random(60_000)} DPT=${1 + random(65_535)}`;
      return {
        at,
        written: at,
        text: `${before(at)}${source} DST=198.51.100.${random(256)} ${between}${ports} ${after}`,
      };
    });
    const until = (from + own.length) * 0.0003;
    const since = from * 0.0003;
    return firewallLog([...own, ...planted.filter(({ at }) => at >= since && at < until)]);
  };
  return {
    name: 'fw.log',
    modified: (start + 86_400_000) * 1000,
    size: undefined,
    get position() {
      return next;
    },
    warning: '',
    next(buffer, at) {
      for (;;) {
        const n = current ? (current.next(buffer, at) as number) : 0;
        if (n > 0) return n;
        if (next >= blocks) return 0;
        current = inputOf('fw.log', Buffer.from(lines()));
      }
    },
    close: () => undefined,
  };
}

test('40: a million spoofed sources of one probe each: memory stays bounded, and 3 is still found', async () => {
  const planted = shuffled(
    times(256, (i) => i),
    3,
  ).map((last, i) => packet({ at: 150 + i * 0.03, from: scanner, to: `198.51.100.${last}`, port: 445 }));
  const before = process.memoryUsage.rss();
  const incidents = await incidentsOf(
    { 'fw.log': '' },
    {},
    { open: () => Promise.resolve(flood(1_000_000, planted)) },
  );
  expect(process.memoryUsage.rss() - before).toBeLessThan(512 << 20);
  const scans = incidents.filter(({ verdict }) => verdict === 'scan');
  const incident = expectScan(scans, scanner, 'horizontal', 'T1595.001');
  expect(incident.counts.targets).toBe(256);
}, 240_000);

test('42: duplicated, out of order, with clocks that differ: the verdict is the same', async () => {
  const ports = shuffled(
    times(200, (i) => i + 1),
    42,
  );
  const firewall = ports.map((port, i) => packet({ at: 20 + i * 0.5, from: scanner, to: host, port }));
  const flows = (skew: number): Line[] =>
    ports.map((port, i) => conn({ at: 20 + i * 0.5 + skew, from: scanner, to: host, port, state: 'S0' }));
  const random = randomNumbers(42);
  const late = firewall.map((line) => ({ ...line, written: line.at + random(9000) / 1000 }));
  const plain = await incidentsOf({ 'fw.log': firewallLog(firewall) });
  expectScan(plain, scanner, 'vertical', 'T1595.001');
  const doubled = await incidentsOf({ 'fw.log': firewallLog([...firewall, ...firewall]) });
  const shuffledLines = await incidentsOf({ 'fw.log': firewallLog(late) });
  expect(essence(doubled)).toEqual(essence(plain));
  expect(essence(shuffledLines)).toEqual(essence(plain));
  for (const skew of [-3, -1, 2, 4]) {
    const both = await incidentsOf({ 'fw.log': firewallLog(late), 'conn.log': connLog(flows(skew)) });
    expect(brief(both)).toEqual(brief(plain));
    expect(only(both).counts).toMatchObject({ ports: 200, targets: 1 });
  }
});
