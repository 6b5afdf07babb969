import * as z from 'zod';
import { AddressSet, parseCidr } from '../model/address.ts';
import { EventKind, Flag, Role, Text } from '../model/event.ts';
import type { EventBatch } from '../model/event.ts';
import type { Detector, FindingDraft, SelectedRow } from '../model/detector.ts';

/**
 * What nobody has a reason to touch: addresses that are not in use, ports that nothing listens on, paths and names that
 * are written down only where a searcher looks. One touch is enough.
 */
const list = (what: string, text = z.string().min(1).max(512)): z.ZodDefault<z.ZodArray<z.ZodString>> =>
  z.array(text).default([]).describe(what);

const config = z
  .strictObject({
    addresses: list(
      'Dark addresses or networks: nothing lives there and nothing ever did. A wrong entry accuses whoever mistypes.',
      z.string().refine((text) => parseCidr(text) !== undefined, 'no address or network'),
    ),
    ports: list(
      'Decoy services, as `tcp/2222` or `udp/1900`: nothing at home offers them. A wrong entry accuses customers.',
      z
        .string()
        .regex(/^(?:tcp|udp|sctp)\/[1-9]\d{0,4}$/i, 'no service; write tcp/2222')
        .refine((text) => Number(text.split('/', 2)[1]) <= 65_535, 'no port; the highest is 65535'),
    ),
    paths: list(
      'Canary paths, whole and as they are asked for, such as `/backup-2019/`.',
      z.string().max(512).startsWith('/', 'no path; it begins with a slash'),
    ),
    names: list('Canary names in DNS, such as `vpn-old.example.com`.'),
  })
  .prefault({});

type Config = z.infer<typeof config>;

const protocols: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };
/** A touch is worth this many thresholds: confidence at its highest. */
const strength = 4;

export const trap: Detector<Config> = {
  name: 'trap',
  title: 'Dark addresses, decoy ports, canary paths and names',
  config,
  start(settings, context) {
    const dark = AddressSet.parse(settings.addresses);
    const services = new Set(settings.ports.map(serviceOf));
    const paths = new Set(settings.paths);
    const names = new Set(settings.names.map((name) => plain(name)));
    const inventory = context.assets?.traps;
    const touches = dark.size > 0 || services.size > 0 || (inventory?.size ?? 0) > 0;
    if (!touches && paths.size === 0 && names.size === 0) return { counts: [] };

    const isDark = (batch: EventBatch, row: number): boolean => {
      if (!touches || (batch.flags[row] & Flag.noTarget) !== 0) return false;
      const target = batch.target[row];
      if ((batch.flags[row] & Flag.v6) === 0) return dark.has4(target) || inventory?.dark4(target) === true;
      const { wide } = batch;
      const at = target * 4;
      return (
        dark.has6(wide[at], wide[at + 1], wide[at + 2], wide[at + 3]) ||
        inventory?.dark6(wide[at], wide[at + 1], wide[at + 2], wide[at + 3]) === true
      );
    };
    const isDecoy = (batch: EventBatch, row: number): boolean => {
      if ((batch.flags[row] & Flag.noTarget) !== 0) return false;
      const service = (batch.proto[row] << 16) | batch.targetPort[row];
      const target = batch.target[row];
      if ((batch.flags[row] & Flag.v6) === 0) {
        return (
          (services.has(service) && context.home.has4(target)) || inventory?.decoy4(target, service) === true
        );
      }
      const { wide } = batch;
      const at = target * 4;
      return inventory?.decoy6(wide[at], wide[at + 1], wide[at + 2], wide[at + 3], service) === true;
    };
    const isTrap = (batch: EventBatch, row: number): boolean => {
      switch (batch.kind[row]) {
        case EventKind.contact:
          return touches && batch.role[row] !== Role.responder && (isDark(batch, row) || isDecoy(batch, row));
        case EventKind.request:
          return paths.size > 0 && paths.has(batch.text(row, Text.path));
        case EventKind.query:
          return names.size > 0 && names.has(plain(batch.text(row, Text.name)));
        default:
          return false;
      }
    };
    return {
      counts: [],
      select(batch, rows, length) {
        let n = 0;
        for (let i = 0; i < length; i++) if (isTrap(batch, rows[i])) rows[n++] = rows[i];
        return n;
      },
      matched: (selected) => touched(selected, isDark),
    };
  },
};

function touched(
  { batch, row }: SelectedRow,
  isDark: (batch: EventBatch, row: number) => boolean,
): FindingDraft | undefined {
  const kind = batch.kind[row];
  let what: string;
  if (kind === EventKind.contact) {
    // Who began is known by now: a reply to a forged address is nobody's touch.
    if (batch.role[row] !== Role.originator || (batch.flags[row] & Flag.echo) !== 0) return undefined;
    what = isDark(batch, row)
      ? 'an address where nothing lives'
      : `a decoy, port ${batch.targetPort[row]}, which nothing at home offers`;
  } else if (kind === EventKind.request) what = `the canary path ${batch.text(row, Text.path).slice(0, 120)}`;
  else what = `the canary name ${batch.text(row, Text.name).slice(0, 120)}`;
  return { kind: 'trap', reasons: [`touched ${what}`], strength };
}

/** `tcp/22` → protocol · 65,536 + port. */
function serviceOf(text: string): number {
  const [name, port] = text.split('/');
  return (protocols[name.toLowerCase()] << 16) | Number(port);
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');
