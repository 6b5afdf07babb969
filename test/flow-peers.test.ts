import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Flag } from '../src/model/event.ts';
import type { Format } from '../src/model/format.ts';
import { netflow } from '../src/formats/netflow.ts';
import { ipfix } from '../src/formats/ipfix.ts';
import { nfcapd } from '../src/formats/nfcapd.ts';
import {
  builtDatagrams,
  has,
  joined,
  runNfcapd,
  runNfdump,
  runSoftflowd,
  scanCapture,
  versionOf,
} from './flow-peers.ts';
import { block, extensionMap, file16, flow16 } from './nfcapd-files.ts';
import { testInput } from './packets.ts';
import { rowsRead } from './flow-rows.ts';
import type { FlowRow } from './flow-rows.ts';

/*
 * Record for record against nfdump's own reading, of files that nfcapd wrote and of datagrams that softflowd sent. The
 * committed ones were made by test/peers/make.ts; where the peers are installed everything is also made anew.
 */

const committed = join(import.meta.dirname, 'peers', 'nfdump-1.7.1');
const file = (name: string): Uint8Array => Uint8Array.from(readFileSync(join(committed, name)));
const text = (name: string): string => readFileSync(join(committed, name), 'utf8');

const letters = 'CEUAPRSF';
const wrap = 4_294_967_296;

/** One line of nfdump's reading as it ought to come out of ours. */
function peerRow(
  line: string,
): Omit<FlowRow, 'time' | 'role' | 'outcome' | 'record' | 'flags'> & { time: number } {
  const [start, , source, sourcePort, target, targetPort, proto, flags, , bytes, , outBytes] =
    line.split(',');
  const [type, code] = targetPort.split('.').map(Number);
  return {
    time: Math.round(Number(start) * 1000),
    source,
    sourcePort: Number(sourcePort),
    target,
    targetPort: code === undefined ? type : type * 256 + code,
    proto: Number(proto),
    tcp: letters.split('').reduce((bits, letter) => bits * 2 + (flags.includes(letter) ? 1 : 0), 0),
    size: Number(bytes),
    back: Number(outBytes),
  };
}

/** ms by which nfdump may be late: for IPFIX it takes the uptime of a flow's end for that of its start. */
const exact = 0;
const swappedUptimes = 100;

function compare(format: Format, bytes: Uint8Array, reading: string, late = exact): number {
  const { rows, skipped } = rowsRead(format, testInput, bytes);
  const lines = reading.trim().split('\n').map(peerRow);
  expect(skipped).toEqual({});
  expect(rows.length).toBe(lines.length);
  for (const [i, theirs] of lines.entries()) {
    const ours = rows[i];
    const bothWays = (ours.flags & Flag.oneSided) === 0;
    const { time, size, back, tcp, ...same } = theirs;
    expect({ i, ...ours }).toMatchObject({ i, ...same });
    // nfdump does not let the 32-bit uptime wrap.
    const off = (((time - Math.floor(ours.time / 1000)) % wrap) + wrap) % wrap;
    expect(off, `row ${i}: ${ours.time / 1000} and ${time}`).toBeLessThanOrEqual(late);
    // Of records of both directions ours is the answering side's size; nfdump 1.7.1 mixes up their flags.
    expect(ours.size).toBe(bothWays ? back : size);
    if (!bothWays && theirs.proto === 6 && ours.tcp >= 0) expect(ours.tcp).toBe(tcp);
  }
  return rows.length;
}

describe('as nfdump 1.7.1 read them, committed', () => {
  test('a file of nfcapd: v5, v9, IPFIX, IPv6, ICMP, both directions', () => {
    expect(compare(nfcapd, file('built.nfcapd'), text('built.txt'))).toBe(26);
  });
  test.each([5, 9] as const)('datagrams of softflowd 1.1.0, NetFlow v%i', (version) => {
    const name = `softflowd-1.1.0.v${version}`;
    expect(compare(netflow, file(`${name}.datagrams`), text(`${name}.txt`))).toBeGreaterThan(80);
  });
  test('datagrams of softflowd 1.1.0, IPFIX', () => {
    const datagrams = file('softflowd-1.1.0.v10.datagrams');
    expect(compare(ipfix, datagrams, text('softflowd-1.1.0.v10.txt'), swappedUptimes)).toBe(88);
  });
});

describe('made anew where the peers are installed', () => {
  const installed = has('nfdump') && has('nfcapd');
  const softflowd = installed && has('softflowd');
  if (!installed) console.log('nfdump is not installed: the peer was not run');
  else if (!softflowd) console.log('softflowd is not installed: the peer was not run');

  test.skipIf(!installed)('nfcapd and nfdump', { timeout: 30_000 }, async () => {
    const made = await runNfcapd(builtDatagrams(Math.floor(Date.now() / 1000) * 1000));
    const rows = compare(nfcapd, made, runNfdump(made));
    console.log(`${versionOf('nfdump')}: ${rows} records compared`);
    expect(rows).toBe(26);
  });

  test.skipIf(!installed)('nfdump reads the layout 1 that the tests build as we do', () => {
    const first = 1_767_323_040_250;
    const flow = { from: '192.0.2.7', to: '198.51.100.4', first, flags: 2 } as const;
    const made = file16(
      {},
      block(
        2,
        extensionMap(),
        ...[21, 22, 23].map((port) => flow16({ ...flow, ports: [61000, port], bytes: 44 + port })),
        flow16({ ...flow, from: '2001:db8::7', to: '2001:db8:1::4', ports: [61000, 443] }),
      ),
    );
    expect(compare(nfcapd, made, runNfdump(made))).toBe(4);
  });

  test.skipIf(!softflowd).each([5, 9, 10] as const)(
    'softflowd, version %i',
    { timeout: 30_000 },
    async (version) => {
      const datagrams = await runSoftflowd(scanCapture((Date.now() - 60_000) * 1000), version);
      const read = runNfdump(await runNfcapd(datagrams));
      const rows =
        version === 10
          ? compare(ipfix, joined(datagrams), read, swappedUptimes)
          : compare(netflow, joined(datagrams), read);
      console.log(`${versionOf('softflowd')} v${version}: ${rows} records compared`);
      expect(rows).toBeGreaterThan(80);
    },
  );
});
