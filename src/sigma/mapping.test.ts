import { expect, test } from 'vitest';
import { columnsFor, readMapping, sourceFor } from './mapping.ts';

const text = `name: our Splunk
placeholders:
    admins: [root, 'adm*']
sources:
    - logsource: {category: firewall, product: asa}
      from: index=asa
      time: _time
      unknown-fields: refuse
      fields:
          src_ip: src
          dst_port: {column: dest_port, type: number}
          user: {column: [user, src_user]}
    - from: index=*
      message: _raw
`;

test('a mapping names sources, columns, types and placeholders', () => {
  const mapping = readMapping(text, 'm.yml');
  expect(mapping.name).toBe('our Splunk');
  expect(mapping.placeholders.get('admins')).toEqual(['root', 'adm*']);
  const asa = sourceFor(mapping, { category: 'firewall', product: 'asa' });
  expect(asa?.from).toBe('index=asa');
  expect(asa && columnsFor(asa, 'dst_port')).toEqual([{ name: 'dest_port', type: 'number' }]);
  expect(asa && columnsFor(asa, 'user')?.map((column) => column.name)).toEqual(['user', 'src_user']);
  expect(asa && columnsFor(asa, 'other')).toBeUndefined();
  const rest = sourceFor(mapping, { category: 'firewall' });
  expect(rest?.from).toBe('index=*');
  expect(rest && columnsFor(rest, 'any')).toEqual([{ name: 'any', type: 'text' }]);
});

test('a mapping says where it is wrong', () => {
  const fault =
    (changed: string): (() => unknown) =>
    () =>
      readMapping(changed, 'm.yml');
  expect(fault(text.replace('time:', 'tiem:'))).toThrow(/^m\.yml:7:7: a source has no "tiem"/);
  expect(fault(text.replace('type: number', 'type: int'))).toThrow(
    /"type" is one of text, number, address, time/,
  );
  expect(fault(text.replace('from: index=asa', ''))).toThrow(/a source needs "from"/);
  expect(fault('name: x\n')).toThrow(/list of "sources"/);
  expect(fault('')).toThrow(/empty/);
  expect(fault('a: [')).toThrow(/^m\.yml:\d/);
});
