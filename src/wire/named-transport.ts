import type { FirewallEvent } from './firewall-event.ts';
import type { NamedFields } from './named-fields.ts';
import { protocolOf } from './protocol-names.ts';

/** Reads a firewall's protocol and ports, an absent port as 0; false when there is no protocol. */
export function readTransport(
  event: FirewallEvent,
  fields: NamedFields,
  bytes: Uint8Array,
  at: { readonly proto: number; readonly sourcePort: number; readonly targetPort: number },
): boolean {
  event.proto = fields.has(at.proto) ? protocolOf(bytes, fields.start[at.proto], fields.end[at.proto]) : 0;
  event.sourcePort = Math.max(0, fields.port(bytes, at.sourcePort));
  event.targetPort = Math.max(0, fields.port(bytes, at.targetPort));
  return event.proto !== 0;
}
