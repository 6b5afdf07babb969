import type { FirewallEvent } from './firewall-event.ts';
import type { NamedFields } from './named-fields.ts';
import { protocols } from './protocol-names.ts';

/** The protocol by name or number; 0 when there is none. */
export function readProtocol(fields: NamedFields, bytes: Uint8Array, field: number): number {
  return Math.max(0, fields.meaning(bytes, field, protocols));
}

/** Reads a firewall's protocol and ports, an absent target port as -1; false when there is no protocol. */
export function readTransport(
  event: FirewallEvent,
  fields: NamedFields,
  bytes: Uint8Array,
  at: { readonly proto: number; readonly sourcePort: number; readonly targetPort: number },
): boolean {
  event.proto = readProtocol(fields, bytes, at.proto);
  event.sourcePort = Math.max(0, fields.port(bytes, at.sourcePort));
  event.targetPort = fields.port(bytes, at.targetPort);
  return event.proto !== 0;
}
