import { colon, minus, space } from '../bytes/codes.ts';
import { findText } from '../bytes/find-text.ts';
import { cursor, find, hasText, isText, readDecimal } from '../bytes/numbers.ts';

/* Words of Cisco's firewall messages: ids, durations, flags, reasons, services. */

/** The '%' of '%ASA-', '%FTD-', '%PIX-', '%FWSM-'; -1 when there is none. */
export function findMark(bytes: Uint8Array, start: number, end: number): number {
  let position = start - 1;
  for (;;) {
    position = findText(bytes, position + 1, end, '%');
    if (position < 0) return -1;
    if (
      hasText(bytes, position, end, '%ASA-') ||
      hasText(bytes, position, end, '%FTD-') ||
      hasText(bytes, position, end, '%PIX-') ||
      hasText(bytes, position, end, '%FWSM-')
    ) {
      return position;
    }
  }
}

/** The number of '%ASA-4-106023: ', '%ASA-session-6-302013: '; `cursor.at`: where the text begins. -1: none. */
export function messageId(bytes: Uint8Array, mark: number, end: number): number {
  let position = find(bytes, mark, end, minus) + 1;
  if (position < end && bytes[position] >= 97) position = find(bytes, position, end, minus) + 1;
  position = find(bytes, position, end, minus) + 1;
  const id = readDecimal(bytes, position, end);
  if (id < 100_000 || id > 999_999) return -1;
  position = cursor.at;
  if (position < end && bytes[position] === colon) position++;
  while (position < end && bytes[position] === space) position++;
  cursor.at = position;
  return id;
}

/** The number behind ' connection '; `cursor.at`: behind it. */
export function connectionId(bytes: Uint8Array, start: number, end: number): number {
  const word = findText(bytes, start, end, ' connection ');
  if (word < 0) {
    cursor.at = start;
    return -1;
  }
  const id = readDecimal(bytes, word + 12, end);
  return id > 0xffff_ffff ? -1 : id;
}

/** 'h:mm:ss' in µs, also '12d3h' of long ones; 0 when it is none. */
export function duration(bytes: Uint8Array, start: number, end: number): number {
  const hours = readDecimal(bytes, start, end);
  let position = cursor.at;
  if (hours < 0 || bytes[position] !== colon) return 0;
  const minutes = readDecimal(bytes, position + 1, end);
  position = cursor.at;
  if (minutes < 0 || bytes[position] !== colon) return 0;
  const seconds = readDecimal(bytes, position + 1, end);
  return seconds < 0 ? 0 : Math.min(hours * 3600 + minutes * 60 + seconds, 366 * 86_400) * 1_000_000;
}

/** Reasons that mean the firewall ended it. */
export function isDenial(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    hasText(bytes, start, end, 'Deny') ||
    hasText(bytes, start, end, 'Unauth Deny') ||
    hasText(bytes, start, end, 'Flow terminated by IPS') ||
    hasText(bytes, start, end, 'Flow reset by IPS') ||
    hasText(bytes, start, end, 'Flow denied')
  );
}

/** Services that the device prints by name (Cisco, "TCP and UDP Ports"). */
const services: readonly (readonly [string, number])[] = [
  ['ssh', 22],
  ['telnet', 23],
  ['domain', 53],
  ['bootps', 67],
  ['bootpc', 68],
  ['tftp', 69],
  ['http', 80],
  ['www', 80],
  ['ntp', 123],
  ['netbios-ns', 137],
  ['netbios-dgm', 138],
  ['snmp', 161],
  ['snmptrap', 162],
  ['https', 443],
  ['isakmp', 500],
  ['syslog', 514],
  ['rip', 520],
];

export function servicePort(bytes: Uint8Array, start: number, end: number): number {
  for (const [name, number] of services) if (isText(bytes, start, end, name)) return number;
  return -1;
}
