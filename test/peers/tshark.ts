import { execFileSync } from 'node:child_process';

/** Fields that tshark is asked for; of quoted headers and lists it gives the first value (`f`) or all (`a`). */
const packetFields = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'ip.proto',
  'ip.ttl',
  'ip.id',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.hlim',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.flags',
  'tcp.seq_raw',
  'tcp.window_size_value',
  'tcp.len',
  'udp.srcport',
  'udp.dstport',
  'udp.length',
  'sctp.srcport',
  'sctp.dstport',
  'icmp.type',
  'icmp.code',
  'icmp.ident',
  'icmp.seq',
  'icmpv6.type',
  'icmpv6.code',
  'icmpv6.echo.identifier',
  'icmpv6.echo.sequence_number',
  'arp.opcode',
  'arp.src.proto_ipv4',
  'arp.dst.proto_ipv4',
  'tcp.stream',
  'tcp.completeness',
  'http.request.method',
  'http.request.uri',
  'http.host',
  'http.user_agent',
  'http.referer',
  'http.response.code',
  'http.server',
  'http.content_length_header',
  'http.request_in',
  'dns.id',
  'dns.flags.response',
  'dns.qry.name',
  'dns.qry.type',
  'dns.flags.rcode',
  'dns.response_to',
] as const;
const helloFields = [
  'frame.number',
  'tcp.stream',
  'tls.handshake.extensions_server_name',
  'tls.handshake.version',
  'tls.handshake.ciphersuite',
  'tls.handshake.extension.type',
  'tls.handshake.sig_hash_alg',
  'tls.handshake.extensions_alpn_str',
  'tls.handshake.extensions.supported_version',
] as const;

export type TsharkRow = Readonly<Record<string, string>>;

export interface TsharkOutput {
  readonly version: string;
  readonly packets: readonly TsharkRow[];
  readonly hellos: readonly TsharkRow[];
}

const run = (args: readonly string[]): string =>
  execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });

/** Undefined when tshark is not installed. */
export function tsharkVersion(): string | undefined {
  try {
    return run(['--version']).split('\n')[0].trim();
  } catch {
    return undefined;
  }
}

export function askTshark(file: string): string {
  const common = ['-n', '-r', file, '-T', 'fields', '-E', 'header=n', '-E', 'separator=/t'];
  const fields = (names: readonly string[]): string[] => names.flatMap((name) => ['-e', name]);
  const packets = run([...common, '-E', 'occurrence=f', ...fields(packetFields)]);
  const hellos = run([
    ...common,
    '-E',
    'occurrence=a',
    '-E',
    'aggregator=;',
    '-Y',
    'tls.handshake.type==1',
    ...fields(helloFields),
  ]);
  return `# ${tsharkVersion()}\n${packets}# hellos\n${hellos}`;
}

export function parseTshark(text: string): TsharkOutput {
  const [head, ...lines] = text.split('\n');
  const middle = lines.indexOf('# hellos');
  const rows = (from: readonly string[], names: readonly string[]): TsharkRow[] =>
    from
      .filter((line) => line !== '')
      .map((line) => {
        const values = line.split('\t');
        return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
      });
  return {
    version: head.slice(2),
    packets: rows(lines.slice(0, middle), packetFields),
    hellos: rows(lines.slice(middle + 1), helloFields),
  };
}
