import { Proto } from './event.ts';

const protocols: Readonly<Record<string, number>> = { tcp: Proto.tcp, udp: Proto.udp, sctp: Proto.sctp };

/** `tcp/22`, `udp/53`, `22/tcp`, or a bare port, which is TCP → protocol · 65,536 + port; undefined if it is none. */
export function parseService(text: string): number | undefined {
  const match = /^(?:(tcp|udp|sctp)\/(\d{1,5})|(\d{1,5})(?:\/(tcp|udp|sctp))?)$/i.exec(text.trim());
  if (!match) return undefined;
  const port = Number(match[2] ?? match[3]);
  if (port > 65_535) return undefined;
  return (protocols[(match[1] ?? match[4] ?? 'tcp').toLowerCase()] << 16) | port;
}
