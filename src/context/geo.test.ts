import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Problems } from './context-file.ts';
import { openGeo } from './geo.ts';
import { mmdbOf } from './mmdb.fixture.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offtrail-geo-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('system and country of both families, from two files', () => {
  const problems = new Problems();
  const asn = write(
    'asn.mmdb',
    mmdbOf({
      '192.0.2.0/24': { autonomous_system_number: 64_500, autonomous_system_organization: 'Example Net' },
      '2001:db8::/32': { autonomous_system_number: 'AS64501', as_name: 'Other Net' },
    }),
  );
  const country = write(
    'country.mmdb',
    mmdbOf({ '192.0.2.0/25': { country: { iso_code: 'DE' } }, '2001:db8::/32': { country_code: 'FR' } }),
  );
  const geo = openGeo({ asn, country }, problems)!;
  expect(geo('192.0.2.7')).toEqual({ asn: 64_500, organisation: 'Example Net', country: 'DE' });
  expect(geo('192.0.2.200')).toEqual({ asn: 64_500, organisation: 'Example Net', country: '' });
  expect(geo('2001:db8::1')).toEqual({ asn: 64_501, organisation: 'Other Net', country: 'FR' });
  expect(geo('198.51.100.1')).toEqual({ asn: null, organisation: '', country: '' });
  expect(geo('no address')).toEqual({ asn: null, organisation: '', country: '' });
  expect(problems.list).toEqual([]);
});

test('without files there is no look-up; a file that is none is said, and says nothing', () => {
  const problems = new Problems();
  expect(openGeo({}, problems)).toBeUndefined();
  const geo = openGeo({ asn: write('a.mmdb', 'hello'), country: join(folder, 'none') }, problems)!;
  expect(geo('192.0.2.7')).toEqual({ asn: null, organisation: '', country: '' });
  expect(problems.list.map(({ message }) => message.split(':')[0])).toEqual([
    'no MaxMind DB',
    'cannot be read',
  ]);
});
