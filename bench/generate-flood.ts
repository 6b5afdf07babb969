import { publicHosts } from './address-pools.ts';
import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';

const second = 1_000_000;
const open = Date.UTC(2026, 0, 5, 9) * 1000;
const ports = [22, 23, 80, 443, 445, 3389, 8080];

/**
 * One hour of conn.log in which spoofed sources send `each` SYNs apiece (to different ports, `apart` rows from one
 * another), and one scanner asks one host for a port every few seconds: easily pushed out of a table that a flood fills.
 */
function flood(name: string, each: number, apart: number): Generator {
  return {
    name,
    version: 2,
    suffix: 'log',
    write: (out, rows, seed) => writeFlood(out, rows, seed, each, apart),
  };
}

/** Ten million sources of one probe: nobody's state is worth more than a few bytes. */
export const floodGenerator = flood('flood', 1, 0);
/** Half as many sources of two probes, ten thousand rows apart: each earns real state, none becomes a scanner. */
export const floodOfTwoGenerator = flood('flood-of-two', 2, 10_000);

function writeFlood(
  out: LineWriter,
  rows: number,
  seed: number,
  each: number,
  apart: number,
): readonly Plant[] {
  const random = new Random(seed);
  const scanner = '45.77.1.9';
  const target = publicHosts[200];
  const probes = Math.min(1000, rows >> 2);
  out.write(
    [
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tconn',
      '#open\t2026-01-05-09-00-00',
      '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents',
      '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]',
      '',
    ].join('\n'),
  );
  const every = Math.floor(rows / probes);
  const gap = (3590 * second) / rows;
  for (let i = 0; i < rows; i += 1) {
    const time = Math.floor(open + i * gap);
    const mine = i % every === every >> 1 && i / every < probes;
    const from = mine ? scanner : spoofed(each === 1 ? i : twin(i, apart), seed);
    const to = mine ? target : publicHosts[random.below(200)];
    const port = mine
      ? 10_000 + Math.floor(i / every)
      : ports[(i + (each === 1 ? 0 : Math.floor(i / apart))) % ports.length];
    const micro = time % second;
    out.write(
      `${(time - micro) / second}.${String(micro).padStart(6, '0')}\tC${i.toString(36).padStart(16, 'f')}\t${from}\t${random.between(1024, 65_535)}\t${to}\t${port}\ttcp\t-\t-\t-\t-\tS0\tF\tT\t0\tS\t1\t40\t0\t0\t-\n`,
    );
  }
  const scan = { kind: 'vertical', key: [scanner, target] };
  return [
    {
      name: 'scanner in a flood of spoofed sources',
      sources: [scanner],
      rows: probes,
      // At full size a port every 3.6 s: 16 a minute.
      crosses: probes === 1000 ? [300, 3600].map((window) => ({ ...scan, window })) : [],
      silent: [],
    },
  ];
}

/** Rows i and i + apart, in alternating stretches of `apart`, share a number. */
function twin(i: number, apart: number): number {
  return Math.floor(i / (2 * apart)) * apart + (i % apart);
}

/** The nth source: a permutation of 32-bit numbers (the finaliser of MurmurHash3), so none comes twice. */
function spoofed(n: number, seed: number): string {
  let x = (n + Math.imul(seed, 0x9e3779b1)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  x = (x ^ (x >>> 16)) >>> 0;
  return `${x >>> 24}.${(x >>> 16) & 255}.${(x >>> 8) & 255}.${x & 255}`;
}
