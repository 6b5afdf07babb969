/*
 * Logs as sensors write them, line by line. A line knows when its event began (seconds after `start`); a log is put in the
 * order in which its sensor would have written it.
 */

export interface Line {
  /** Seconds after {@link start} at which the event began. */
  readonly at: number;
  /** Seconds after {@link start} at which the line was written; a flow is written when it is over. */
  readonly written: number;
  readonly text: string;
}

/** Milliseconds since 1970: a Monday morning. */
export const start = Date.UTC(2026, 4, 4, 9, 0, 0);
export const minute = 60;
export const hour = 3600;
export const day = 86_400;

/** `n` things, by their number. */
export const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));

/** Numbers in [0, n) that look random and are the same in every run. */
export function randomNumbers(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x9e3779b9) >>> 0;
    let h = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return ((h ^ (h >>> 15)) >>> 0) % n;
  };
}

/** The values in an order that looks random. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = randomNumbers(seed);
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

const seconds = (at: number): string => (start / 1000 + at).toFixed(6);
const iso = (at: number): string => {
  const micros = Math.round((at % 1) * 1_000_000);
  const whole = new Date(start + Math.floor(at) * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(micros).padStart(6, '0')}+00:00`;
};

const inOrder = (lines: readonly Line[]): string[] =>
  [...lines].sort((x, y) => x.written - y.written).map(({ text }) => text);
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

// ------------------------------------------------------------------------------------------------ netfilter

interface Packet {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly proto?: 'TCP' | 'UDP';
  /** TCP flags as the kernel writes them; 'SYN' when absent. */
  readonly flags?: string;
  readonly prefix?: string;
  readonly ttl?: number;
  readonly window?: number;
}

/** A line of a firewall that logs by iptables, nftables or ufw: what it refused, unless the prefix says otherwise. */
export function packet(given: Packet): Line {
  const { at, from, to, port = 80, sourcePort = 40_000, proto = 'TCP', flags = 'SYN' } = given;
  const { prefix = '[UFW BLOCK] ', ttl = 52, window = 1024 } = given;
  const rest =
    proto === 'TCP'
      ? `PROTO=TCP SPT=${sourcePort} DPT=${port} WINDOW=${window} RES=0x00 ${flags === '' ? '' : `${flags} `}URGP=0`
      : `PROTO=UDP SPT=${sourcePort} DPT=${port} LEN=30`;
  const id = (Math.round(at * 977) + port * 31) % 65_536;
  return {
    at,
    written: at,
    text: `${iso(at)} gw kernel: [${(8000 + at).toFixed(6)}] ${prefix}IN=wan0 OUT= MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=${from} DST=${to} LEN=44 TOS=0x00 PREC=0x00 TTL=${ttl} ID=${id} ${rest}`,
  };
}

export const firewallLog = (lines: readonly Line[]): string => joined(inOrder(lines));

// ----------------------------------------------------------------------------------------------------- Zeek

interface Conn {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly sourcePort?: number;
  readonly proto?: 'tcp' | 'udp' | 'icmp';
  readonly state?: string;
  readonly history?: string;
  readonly duration?: number | undefined;
  readonly sent?: number;
  readonly got?: number;
}

export const connHeader = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents',
];

const histories: Readonly<Record<string, string>> = {
  S0: 'S',
  REJ: 'Sr',
  SF: 'ShADadFf',
  S1: 'ShADad',
  RSTO: 'ShADadR',
  SHR: '^h',
  RSTRH: '^hr',
};

/** A line of Zeek's conn.log. A connection that never ended is written when Zeek gives it up. */
export function conn(given: Conn): Line {
  const { at, from, to, port, sourcePort = 40_000, proto = 'tcp', state = 'S0' } = given;
  const answered = state !== 'S0' && state !== 'REJ' && state !== 'OTH';
  const {
    duration = answered ? 0.4 : undefined,
    sent = answered ? 120 : 0,
    got = answered ? 900 : 0,
  } = given;
  const history = given.history ?? (proto === 'tcp' ? (histories[state] ?? '-') : answered ? 'Dd' : 'D');
  const linger = state === 'S0' || state === 'OTH' ? (proto === 'tcp' ? 5 : 60) : 0;
  const replied = answered || state === 'REJ' ? 1 : 0;
  const fields = [
    seconds(at),
    `C${Math.round(at * 1000).toString(36)}${port.toString(36)}`,
    from,
    sourcePort,
    to,
    port,
    proto,
    '-',
    duration === undefined ? '-' : duration.toFixed(6),
    duration === undefined ? '-' : sent,
    duration === undefined ? '-' : got,
    state,
    '-',
    '-',
    0,
    history,
    1 + Math.ceil(sent / 1000),
    44 + sent,
    replied + Math.ceil(got / 1000),
    44 * replied + got,
    '-',
  ];
  return { at, written: at + (duration ?? 0) + linger, text: fields.join('\t') };
}

export const connLog = (lines: readonly Line[]): string => joined([...connHeader, ...inOrder(lines)]);

interface Query {
  readonly at: number;
  readonly from: string;
  readonly to?: string;
  readonly name: string;
  readonly type?: 'A' | 'PTR' | 'TXT' | 'AXFR';
  readonly rcode?: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
}

const queryTypes = { A: 1, PTR: 12, TXT: 16, AXFR: 252 } as const;
const rcodes = { NOERROR: 0, NXDOMAIN: 3, REFUSED: 5 } as const;

/** A line of Zeek's dns.log. */
export function query(given: Query): Line {
  const { at, from, to = '198.51.100.53', name, type = 'A', rcode = 'NOERROR' } = given;
  const answers = rcode === 'NOERROR' && type !== 'AXFR' ? '198.51.100.5\t60.0' : '-\t-';
  return {
    at,
    written: at,
    text: `${seconds(at)}\tD1\t${from}\t${20_000 + (Math.round(at * 10) % 40_000)}\t${to}\t53\tudp\t7\t${name}\t1\tC_INTERNET\t${queryTypes[type]}\t${type}\t${rcodes[rcode]}\t${rcode}\tT\tF\tF\tF\t0\t${answers}\tF`,
  };
}

export const dnsHeader = [
  ...connHeader.slice(0, 4),
  '#path\tdns',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery\tqclass\tqclass_name\tqtype\tqtype_name\trcode\trcode_name\tAA\tTC\tRD\tRA\tZ\tanswers\tTTLs\trejected',
];

export const dnsLog = (lines: readonly Line[]): string => joined([...dnsHeader, ...inOrder(lines)]);

// ------------------------------------------------------------------------------------------------------ web

interface Request {
  readonly at: number;
  readonly from: string;
  /** Path and query, as they stand in the request line. */
  readonly path: string;
  readonly host?: string;
  readonly method?: string;
  readonly status?: number;
  readonly size?: number;
  readonly agent?: string;
  readonly referer?: string;
}

export const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';
export const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A line of an access log with virtual hosts, as Apache's vhost_combined. Its stamps are whole seconds. */
export function accessLine(given: Request): Line {
  const { at, from, path, host = 'www.example.com', method = 'GET', status = 200, agent = firefox } = given;
  const { size = status === 404 ? 153 : 800 + ((path.length * 37) % 9000), referer = '-' } = given;
  const when = new Date(start + Math.floor(at) * 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const stamp =
    `${two(when.getUTCDate())}/${months[when.getUTCMonth()]}/${when.getUTCFullYear()}:` +
    `${two(when.getUTCHours())}:${two(when.getUTCMinutes())}:${two(when.getUTCSeconds())} +0000`;
  return {
    at,
    written: at,
    text: `${host}:80 ${from} - - [${stamp}] "${method} ${path} HTTP/1.1" ${status} ${size} "${referer}" "${agent}"`,
  };
}

/** The same, under the name of what it is. */
export const request = accessLine;

export const accessLog = (lines: readonly Line[]): string => joined(inOrder(lines));

// ---------------------------------------------------------------------------------------------------- words

const syllables = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu'.split(' ');

/** A word that nobody would number: 'bacedi', 'cedifo', … 8,000 of them. */
export const word = (i: number): string =>
  syllables[i % 20] + syllables[Math.floor(i / 20) % 20] + syllables[(Math.floor(i / 400) + i) % 20];
