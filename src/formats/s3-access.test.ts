import { expect, test } from 'vitest';
import { AddressSet } from '../model/address.ts';
import { EventBatch, Text } from '../model/event.ts';
import { s3Access } from './s3-access.ts';

const info = { index: 0, name: '', modified: 0, zone: 'UTC', options: undefined };

test('a field of hundreds of words is whole, and what stands behind it is read', () => {
  const reader = s3Access.lines!({ ...info, trustedProxies: AddressSet.parse([]) });
  for (const words of [
    1, 200, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 255, 256, 257, 900,
  ]) {
    const many = 'x '.repeat(words).trim();
    const batch = new EventBatch();
    // A quote in the middle of a text ends it only with a blank behind it, that of the request with a status behind that.
    const line = `owner bucket [22/Nov/2026:00:32:11 +0000] 192.0.2.7 - ID REST.GET.OBJECT key "GET /${many}"y" 40 HTTP/1.1" 403 AccessDenied 243 - 7 - "${many}"y" "a ${many}" - id= - suite - host TLSv1.2 - -`;
    batch.bytes = Buffer.from(line);
    expect(reader.line(batch, batch.bytes, 0, line.length)).toBe('');
    expect(batch.length).toBe(1);
    expect([batch.status[0], batch.size[0], batch.targetPort[0]]).toEqual([403, 243, 443]);
    expect(batch.text(0, Text.path)).toBe(`/${many}"y" 40`);
    expect(batch.text(0, Text.referer)).toBe(`${many}"y`);
    expect(batch.text(0, Text.agent)).toBe(`a ${many}`);
  }
});
