import { outside, publicHosts } from './address-pools.ts';
import type { Generator, LineWriter, Plant } from './dataset.ts';
import { Random } from './random.ts';

const second = 1_000_000;
const open = Date.UTC(2026, 0, 5, 9) * 1000;
const ports = [22, 23, 80, 443, 445, 3389, 8080];

/**
 * One hour of conn.log in which every row is a single SYN from a source of its own (spoofed), except for one scanner
 * that asks one host for a port every three seconds and is easily pushed out of a table that a flood fills.
 */
export const floodGenerator: Generator = {
  name: 'flood',
  version: 1,
  suffix: 'log',
  write(out: LineWriter, rows: number, seed: number): readonly Plant[] {
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
    // A drawn address may repeat by chance (a few in ten million); the flood counts rows.
    const every = Math.floor(rows / probes);
    const gap = (3590 * second) / rows;
    for (let i = 0; i < rows; i += 1) {
      const time = Math.floor(open + i * gap);
      const mine = i % every === every >> 1 && i / every < probes;
      const from = mine ? scanner : outside(random);
      const to = mine ? target : publicHosts[random.below(200)];
      const port = mine ? 10_000 + Math.floor(i / every) : ports[random.below(ports.length)];
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
  },
};
