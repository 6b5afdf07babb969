import type { AddressBook, Crossing, Kind } from '../model/finding.ts';
import { serviceName } from '../model/service.ts';

// What the second column of the key is, by kind, where the key is no text: the target that was scanned, the service that
// was looked for, or nothing (the actor alone is the key).
const keyIs: Partial<Record<Kind, 'target' | 'service'>> = {
  vertical: 'target',
  'ip-protocol': 'target',
  'os-fingerprint': 'target',
  horizontal: 'service',
  sweep: 'service',
  'icmp-sweep': 'service',
};

/** A crossing's key in words; the same in every run (an engine key of an IPv6 address is not). */
export function crossingKey(kind: Kind, crossing: Crossing, book: AddressBook): string {
  if (crossing.keyText !== '') return crossing.keyText;
  const shape = keyIs[kind];
  if (shape === undefined || crossing.key === 0) return '';
  return shape === 'target' ? book.text(crossing.key) : serviceName(crossing.key);
}
