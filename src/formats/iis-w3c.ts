import { space } from '../bytes/codes.ts';
import type { Format } from '../model/format.ts';
import { Coding } from '../wire/coded-text.ts';
import { w3cParts, W3cRequests } from '../wire/w3c-requests.ts';
import type { W3cTable } from '../wire/w3c-requests.ts';

/** IIS's W3C extended log, and HTTP.sys's error log, which has the same shape. */
export const iisW3c: Format = {
  name: 'iis-w3c',
  title: 'IIS W3C extended log, HTTP.sys error log (httperr)',
  lateness: 10,
  yields: ['request'],
  blindness: [
    'requests that HTTP.sys refused are in httperr*.log only',
    'referer and host are logged only when their columns are switched on',
  ],
  sample:
    '#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n2026-11-22 00:32:11 198.51.100.4 GET /admin x=1 443 - 192.0.2.7 curl/8.5.0 - 404 0 2 15',
  recognise(sample) {
    const header = sample.lines.find((line) => line.startsWith('#Fields:'));
    return header &&
      / c-ip( |$)/.test(header) &&
      / cs-(uri|method)/.test(header) &&
      !header.includes(' x-edge-')
      ? 0.95
      : 0;
  },
  lines: (info) => new W3cRequests(info, table),
};

const table: W3cTable = {
  delimiter: space,
  parts: {
    ...w3cParts,
    server: ['s-ip'],
    serverPort: ['s-port'],
    host: ['cs-host', 'cs(host)'],
    target: ['cs-uri'],
    user: ['cs-username'],
    forwardedFor: ['x-forwarded-for', 'cs(x-forwarded-for)', 'x_forwarded_for', 'xff'],
    forwarded: ['forwarded', 'cs(forwarded)'],
    realIp: ['cf-connecting-ip', 'true-client-ip', 'fastly-client-ip', 'x-real-ip', 'originalip'],
  },
  coding: { agent: Coding.plus, referer: Coding.plus },
};
