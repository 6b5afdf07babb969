import { counted, listed } from '../base/plain-words.ts';
import { AddressSet } from '../model/address.ts';
import type { Case } from './case.ts';
import { sourceText } from './standing.ts';

/*
 * Who may be behind the address: a carrier's subscribers, an office, another site. It changes no verdict (shared-address.ts
 * does, where nothing else speaks); it says that the address is not a person, and whom a block would hit.
 */

/** RFC 6598: between a carrier's NAT and its subscribers. */
const shared = AddressSet.parse(['100.64.0.0/10']);
export const privateRanges = AddressSet.parse(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']);
/** Systems begin with a TTL of 64, 128 or 255; a path takes some 30 off at most. */
const beginnings = [64, 128, 255];
const agentsAtLeast = 8;
/** None of them asks for most of it. */
const dominance = 0.5;
const usersAtLeast = 3;

/** Sentences; empty when nothing says that the address is shared. */
export function behindOf(of: Case): string[] {
  const { actor, ttlLow, ttlHigh, agents, logins } = of;
  if (actor.decoys || actor.campaign) return [];
  const found: string[] = [];
  const entry = of.standing.shared;
  if (entry) {
    found.push(
      `It lies in ${entry.block} of ${entry.list.name} (${sourceText(entry.list)}), which asks for others.`,
    );
  }
  if (actor.words.some((words) => shared.has(words))) {
    found.push(
      'It lies in the space that carriers share among subscribers (RFC 6598): many may be behind it.',
    );
  } else if (!actor.inside && actor.words.every((words) => privateRanges.has(words))) {
    found.push('It is a private address that is not home: another site, or a NAT, is in between.');
  }
  const systems = new Set(
    [ttlLow, ttlHigh].filter((ttl) => ttl > 0).map((ttl) => beginnings.find((one) => ttl <= one)),
  );
  if (systems.size > 1 && actor.addresses.length === 1) {
    found.push(
      `Its packets began with different TTLs (${ttlLow} and ${ttlHigh} were seen): several systems share the address, or it forges them.`,
    );
  }
  const asked = [...agents.values()];
  const most = Math.max(0, ...asked);
  if (asked.length >= agentsAtLeast && most <= dominance * asked.reduce((sum, count) => sum + count, 0)) {
    found.push(
      `${counted(asked.length, 'different agent')} asked by it, none of them for most: many people share the address, or one tool changes its name.`,
    );
  }
  const users = new Set(logins.filter(({ success }) => success).map(({ user }) => user));
  if (users.size >= usersAtLeast && !actor.inside) {
    found.push(
      `${counted(users.size, 'user')} logged in from it (${listed([...users].sort(), 3)}): an office or a VPN may be behind it.`,
    );
  }
  return found;
}

export const sharedFlip = 'If people share the address, one of them is meant: a block hits all of them.';
