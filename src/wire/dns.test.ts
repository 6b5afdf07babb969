import { expect, test } from 'vitest';
import { bytesOf, dnsMessage, u16 } from '../../test/packets.ts';
import { DnsMessage } from './dns.ts';

const message = new DnsMessage();
const parse = (bytes: Uint8Array): boolean => {
  const around = bytesOf('xxx', bytes, 'xxx');
  return message.parse(around, 3, 3 + bytes.length);
};
const name = (): string => Buffer.from(message.name.subarray(0, message.nameLength)).toString('latin1');
const header = bytesOf(u16(7), u16(0x0100), u16(1), u16(0), u16(0), u16(0));

test('questions and answers', () => {
  expect(parse(dnsMessage(4711, 'www.example.com', 28))).toBe(true);
  expect(message).toMatchObject({ id: 4711, response: false, opcode: 0, rcode: 0, type: 28, class: 1 });
  expect(name()).toBe('www.example.com');
  expect(parse(dnsMessage(1, 'nope.example.com', 1, 3))).toBe(true);
  expect(message).toMatchObject({ response: true, rcode: 3 });
  expect(parse(dnsMessage(1, '', 2))).toBe(true);
  expect(name()).toBe('');
  expect(parse(bytesOf(u16(7), u16(0x2800), u16(0), u16(0), u16(0), u16(0)))).toBe(true);
  expect(message).toMatchObject({ opcode: 5, type: 0 });
});

test('a dot inside a label is not one between labels', () => {
  expect(parse(bytesOf(header, 4, 'a.b\\', 1, 'c', 0, u16(1), u16(1)))).toBe(true);
  expect(name()).toBe('a\\.b\\\\.c');
});

test('pointers lead backwards only; loops, overlong names and cut messages are refused', () => {
  // The name stands in the header's own bytes: id 0x0161 reads as the label 'a', but its end would be 0x01 → 'a' '\x00'.
  const back = bytesOf([1, 97, 0, 0], u16(1), u16(0), u16(0), u16(0), 3, 'www', [0xc0, 0], u16(1), u16(1));
  expect(parse(back)).toBe(true);
  expect(name()).toBe('www.a');
  expect(message.type).toBe(1);
  const itself = bytesOf(header, [0xc0, 12], u16(1), u16(1));
  expect(parse(itself)).toBe(false);
  const pair = bytesOf(header, 1, 'a', [0xc0, 12], u16(1), u16(1));
  expect(parse(pair)).toBe(false);
  const forward = bytesOf(header, [0xc0, 14], 1, 'a', 0, u16(1), u16(1));
  expect(parse(forward)).toBe(false);
  const long = bytesOf(
    header,
    ...Array.from({ length: 5 }, () => bytesOf(63, 'x'.repeat(63))),
    0,
    u16(1),
    u16(1),
  );
  expect(parse(long)).toBe(false);
  const reserved = bytesOf(header, [0x80, 1], u16(1), u16(1));
  expect(parse(reserved)).toBe(false);
  const whole = dnsMessage(1, 'www.example.com', 1);
  for (let end = 0; end < whole.length; end++) expect(parse(whole.subarray(0, end))).toBe(false);
});
