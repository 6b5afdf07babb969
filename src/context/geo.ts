import { Reader } from 'mmdb-lib';
import type { AsnResponse, CountryResponse } from 'mmdb-lib';
import type { GeoLookup } from '../model/context.ts';
import { messageOf } from '../base/errors.ts';
import { readContextFile } from './context-file.ts';
import type { Problems } from './context-file.ts';

/*
 * Country and autonomous system from MaxMind DB files (MMDB 2.0), the user's own. Databases that are not MaxMind's put other
 * fields in: iptoasn's country_code, autonomous_system_number as a text.
 */

type Fields = Readonly<Record<string, unknown>>;

export function openGeo(
  { asn, country }: { readonly asn?: string | undefined; readonly country?: string | undefined },
  problems: Problems,
): GeoLookup | undefined {
  if (asn === undefined && country === undefined) return undefined;
  const open = (file: string | undefined): ((address: string) => Fields) => {
    const bytes = file === undefined ? undefined : readContextFile(file, problems);
    if (!bytes) return () => ({});
    try {
      const reader = new Reader<AsnResponse | CountryResponse>(bytes);
      return (address) => {
        try {
          return (reader.get(address) ?? {}) as unknown as Fields;
        } catch {
          // A record that cannot be decoded says nothing.
          return {};
        }
      };
    } catch (error) {
      problems.add(file!, 0, `no MaxMind DB: ${messageOf(error)}`);
      return () => ({});
    }
  };
  const system = open(asn);
  const place = country === asn ? system : open(country);
  return (address) => {
    const of = system(address);
    const where = place(address);
    return {
      asn: numberOf(of.autonomous_system_number ?? of.asn),
      organisation: textOf(of.autonomous_system_organization ?? of.as_name ?? of.organization),
      country: textOf(isoOf(where.country) ?? where.country_code ?? isoOf(where.registered_country)),
    };
  };
}

function isoOf(value: unknown): unknown {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? (value as Fields).iso_code : undefined;
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value.replace(/^AS/i, '')) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : null;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 100) : '');
