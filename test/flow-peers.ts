import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { address, commonFields, commonRecord, ipfix, set, template, u64, v5, v9 } from './flows.ts';
import type { Field } from './flows.ts';
import { echo, epoch, ethernet, ip, mss, pcapFile, tcp, u16, udp } from './packets.ts';
import type { Frame } from './packets.ts';

/* Runs the peers, nfdump's tools and softflowd, on what the tests make. Loopback only. */

export const has = (command: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** 'nfdump 1.7.1', 'softflowd 1.1.0', as their packages are called. */
export function versionOf(command: 'nfdump' | 'softflowd'): string {
  const said = command === 'nfdump' ? spawnSync('nfdump', ['-V']) : spawnSync('softflowd', ['-h']);
  const text = `${String(said.stdout)}${String(said.stderr)}`;
  return `${command} ${/(\d+\.\d+(?:\.\d+)?)/.exec(text.replaceAll(/[A-Z]+(?=\d)/g, ''))?.[1] ?? 'unknown'}`;
}

const scanner = '192.0.2.7';
const host = '198.51.100.4';

/** A SYN scan of 40 ports of which two are open, a conversation, UDP, ICMP and IPv6; its first packet at `start` µs UTC. */
export function scanCapture(start: number): Uint8Array {
  const frames: Frame[] = [];
  const from = (start - epoch) / 1e6;
  const put = (at: number, a: string, b: string, proto: number, body: Uint8Array): void => {
    frames.push({ at: from + at, bytes: ethernet(ip(a, b, proto, body)) });
  };
  for (let port = 20; port < 60; port++) {
    const at = port / 100;
    put(at, scanner, host, 6, tcp(61000 + (port % 3), port, 'S', { options: mss }));
    if (port === 22 || port === 25) {
      put(at + 0.001, host, scanner, 6, tcp(port, 61000 + (port % 3), 'SA', { options: mss }));
      put(at + 0.002, scanner, host, 6, tcp(61000 + (port % 3), port, 'R'));
    } else put(at + 0.001, host, scanner, 6, tcp(port, 61000 + (port % 3), 'RA'));
  }
  const client = '192.0.2.20';
  put(1, client, host, 6, tcp(50000, 443, 'S', { options: mss }));
  put(1.01, host, client, 6, tcp(443, 50000, 'SA', { options: mss }));
  put(1.02, client, host, 6, tcp(50000, 443, 'A'));
  put(1.03, client, host, 6, tcp(50000, 443, 'PA', { payload: 'hello' }));
  put(1.04, host, client, 6, tcp(443, 50000, 'PA', { payload: 'hello yourself' }));
  put(1.05, client, host, 6, tcp(50000, 443, 'FA'));
  put(1.06, host, client, 6, tcp(443, 50000, 'FA'));
  put(1.2, client, host, 17, udp(50001, 53, 'question'));
  put(1.21, host, client, 17, udp(53, 50001, 'answer'));
  put(1.3, scanner, host, 1, echo(8, 7, 1));
  put(1.31, host, scanner, 1, echo(0, 7, 1));
  put(1.4, '2001:db8::7', '2001:db8:1::4', 6, tcp(61000, 22, 'S', { options: mss }));
  put(1.5, scanner, host, 6, tcp(61005, 80, 'FPU'));
  return pcapFile(frames);
}

/** v5, v9 and IPFIX datagrams that their exporter sent at `now`, ms since 1970, a whole second. */
export function builtDatagrams(now: number): Uint8Array[] {
  const there = { from: scanner, to: host, ports: [61000, 22] } as const;
  const header = { uptime: 100_000 };
  const first = 95_000;
  const six: readonly Field[] = [
    [27, 16],
    [28, 16],
    [7, 2],
    [11, 2],
    [4, 1],
    [6, 1],
    [2, 8],
    [1, 8],
    [152, 8],
    [153, 8],
  ];
  const icmp6: readonly Field[] = [
    [27, 16],
    [28, 16],
    [4, 1],
    [139, 2],
    [2, 8],
    [1, 8],
    [152, 8],
    [153, 8],
  ];
  const biflow: readonly Field[] = [
    [8, 4],
    [12, 4],
    [7, 2],
    [11, 2],
    [4, 1],
    [6, 1],
    [6, 1, 29_305],
    [2, 8],
    [2, 8, 29_305],
    [1, 8],
    [1, 8, 29_305],
    [152, 8],
    [153, 8],
    [239, 1],
  ];
  const times = [...u64(now - 3000), ...u64(now - 2990)];
  const both = (proto: number, tcp: number, back: number, packets: number, bytes: number): number[] => [
    ...address(scanner),
    ...address(host),
    ...u16(61000),
    ...u16(22),
    proto,
    tcp,
    back,
    ...u64(2),
    ...u64(packets),
    ...u64(88),
    ...u64(bytes),
    ...times,
    1,
  ];
  const v5Datagram = v5(header, [
    ...[2, 0xc2, 6, 0x1b, 1, 0, 0x29, 0x11, 0x10].map((flags) => ({
      ...there,
      first,
      last: first + 40,
      flags,
      bytes: 440,
    })),
    { from: host, to: scanner, ports: [22, 61000], first, flags: 0x14, bytes: 40 },
    { ...there, proto: 17, ports: [5353, 161], first },
    { ...there, proto: 1, ports: [0, 0x0800], first },
    { ...there, from: host, to: scanner, proto: 1, ports: [0, 0x0301], first },
    { ...there, proto: 47, ports: [0, 0], first },
  ]);
  new DataView(v5Datagram.buffer, v5Datagram.byteOffset).setUint32(8, now / 1000);
  return [
    v5Datagram,
    v9(
      { ...header, at: now, domain: 3 },
      set(0, template(256, commonFields), template(257, six), template(260, [...commonFields, [89, 1]])),
    ),
    v9(
      { ...header, at: now, domain: 3, sequence: 1 },
      set(
        256,
        ...[1, 2, 3, 4, 5].map((i) =>
          commonRecord({ ...there, ports: [61000, 20 + i], flags: 2, first: first + i }),
        ),
      ),
      set(
        257,
        address('2001:db8::7'),
        address('2001:db8:1::4'),
        u16(61000),
        u16(443),
        6,
        2,
        u64(1),
        u64(60),
        times,
      ),
      set(260, commonRecord({ ...there, flags: 2, first }), 129),
    ),
    ipfix(
      { at: now, domain: 9 },
      set(2, template(400, biflow), template(401, icmp6)),
      set(
        400,
        both(6, 0x1b, 0x1b, 3, 4000),
        both(6, 2, 0x14, 1, 40),
        both(6, 2, 0, 0, 0),
        both(17, 0, 0, 1, 100),
      ),
      set(401, address('2001:db8::7'), address('2001:db8:1::4'), 58, u16(0x8000), u64(1), u64(60), times),
    ),
  ];
}

/** What `softflowd -r` exports of a capture in the NetFlow version, datagram by datagram. */
export async function runSoftflowd(capture: Uint8Array, version: 5 | 9 | 10): Promise<Uint8Array[]> {
  const folder = mkdtempSync(join(tmpdir(), 'offtrail-softflowd-'));
  const socket = createSocket('udp4');
  const datagrams: Uint8Array[] = [];
  try {
    writeFileSync(join(folder, 'in.pcap'), capture);
    socket.on('message', (message) => datagrams.push(Uint8Array.from(message)));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    const args = ['-r', join(folder, 'in.pcap'), '-v', String(version), '-n', `127.0.0.1:${port}`];
    const child = spawn('softflowd', args, { stdio: 'ignore' });
    await once(child, 'exit');
    await sleep(300);
  } finally {
    socket.close();
    rmSync(folder, { recursive: true });
  }
  return datagrams;
}

/** The file that nfcapd makes of the datagrams. */
export async function runNfcapd(datagrams: readonly Uint8Array[]): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'offtrail-nfcapd-'));
  const socket = createSocket('udp4');
  try {
    // A port that is free now; nfcapd cannot be asked for any.
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    const child = spawn('nfcapd', ['-w', folder, '-p', String(port), '-b', '127.0.0.1', '-t', '3600'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = once(child, 'exit');
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    for (let i = 0; i < 50 && !said.includes('Startup'); i++) await sleep(100);
    const sender = createSocket('udp4');
    for (const datagram of datagrams) {
      await new Promise((resolve) => {
        sender.send(datagram, port, '127.0.0.1', resolve);
      });
      await sleep(20);
    }
    sender.close();
    await sleep(300);
    child.kill('SIGTERM');
    await exit;
    const name = readdirSync(folder).find((file) => file.startsWith('nfcapd.2'));
    if (name === undefined) throw new Error(`nfcapd wrote no file: ${said}`);
    return Uint8Array.from(readFileSync(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** nfdump's reading of a file: start and end with ms, addresses, ports, protocol, flags, packets, bytes, both ways. */
export function runNfdump(file: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'offtrail-nfdump-'));
  try {
    const path = join(folder, 'nfcapd.in');
    writeFileSync(path, file);
    const format = 'fmt:%tsr,%ter,%sa,%sp,%da,%dp,%pr,%flg,%pkt,%byt,%opkt,%obyt';
    const done = spawnSync('nfdump', ['-r', path, '-q', '-N', '-6', '-o', format], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`nfdump: ${done.stderr}`);
    return done.stdout.replaceAll(' ', '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Datagrams one behind the other, as a file. */
export const joined = (datagrams: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(datagrams));
