import { carriageReturn, colon, newline, slash, space, tab } from '../bytes/codes.ts';
import { Claim, singleHeaders } from './claimed-client.ts';

/* HTTP/1 heads as they stand in the first bytes of a payload (RFC 9112). Nothing is decoded: texts stay as sent. */

/** Longest method that is taken for one: the longest registered is UPDATEREDIRECTREF. */
const methodLimit = 24;
const known = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PATCH',
  'PROPFIND',
]);

/** Where the parts of a request stand; equal start and end: not there. One instance is filled again and again. */
export class HttpRequest {
  methodEnd = 0;
  pathStart = 0;
  pathEnd = 0;
  queryStart = 0;
  queryEnd = 0;
  /** Without the port. */
  hostStart = 0;
  hostEnd = 0;
  agentStart = 0;
  agentEnd = 0;
  refererStart = 0;
  refererEnd = 0;
  /** The headers that speak for another client, by number of {@link Claim}, and a bit for each that is there. */
  readonly claimStart = new Uint32Array(3);
  readonly claimEnd = new Uint32Array(3);
  claims = 0;
  #single = 0;
  /** The blank line was there: `end` is the position behind it. */
  complete = false;
  end = 0;
  /** Declared length of the body, 0 when none is. */
  bodyLength = 0;

  /**
   * Fills the fields from `bytes[start, end)`; false when no request begins there. An incomplete head is understood;
   * `ended`: nothing is missing behind it that may yet come, so that its last line is taken as it stands.
   */
  parse(bytes: Uint8Array, start: number, end: number, ended = true): boolean {
    const methodEnd = methodAt(bytes, start, end);
    if (methodEnd < 0) return false;
    let lineEnd = bytes.indexOf(newline, methodEnd);
    if (lineEnd < 0 || lineEnd > end) lineEnd = end;
    const cut = lineEnd === end;
    const stop = lineEnd > start && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    const targetStart = methodEnd + 1;
    let targetEnd = bytes.indexOf(space, targetStart);
    if (targetEnd < 0 || targetEnd > stop) targetEnd = stop;
    // RFC 9112 has a version behind the target. Without it (HTTP/0.9, or cut off) only plain methods are believed.
    if (!cut && targetEnd < stop) {
      const blank = lastSpace(bytes, targetEnd, stop);
      if (!isVersion(bytes, blank + 1, stop)) return false;
      // A target with blanks in it, as careless scanners send: up to the version.
      targetEnd = blank;
    } else if (!plain(bytes, start, methodEnd)) return false;
    this.methodEnd = methodEnd;
    this.hostStart = this.hostEnd = 0;
    this.agentStart = this.agentEnd = 0;
    this.refererStart = this.refererEnd = 0;
    this.claims = 0;
    this.#single = singleHeaders.length;
    this.bodyLength = 0;
    this.complete = false;
    this.end = end;
    if (cut && !ended) {
      this.pathStart = this.pathEnd = 0;
      this.queryStart = this.queryEnd = 0;
      return true;
    }
    this.#target(bytes, start, targetStart, targetEnd);
    if (!cut) this.#headers(bytes, lineEnd + 1, end, ended);
    return true;
  }

  /** Origin form, absolute form ('http://host/path', asked of proxies), authority form (CONNECT), asterisk. */
  #target(bytes: Uint8Array, start: number, from: number, end: number): void {
    let at = from;
    if (bytes[from] !== slash) {
      const scheme = bytes.indexOf(colon, from);
      const absolute =
        scheme > from && scheme + 2 < end && bytes[scheme + 1] === slash && bytes[scheme + 2] === slash;
      const connect = bytes[start] === 67 && this.methodEnd - start === 7;
      if (absolute || connect) {
        const authority = absolute ? scheme + 3 : from;
        at = authority;
        while (at < end && bytes[at] !== slash && bytes[at] !== 63) at++;
        this.#host(bytes, authority, at);
      }
    }
    let query = at;
    while (query < end && bytes[query] !== 63) query++;
    this.pathStart = at;
    this.pathEnd = query;
    this.queryStart = query < end ? query + 1 : end;
    this.queryEnd = end;
  }

  #host(bytes: Uint8Array, start: number, end: number): void {
    let stop = end;
    for (let at = end - 1; at >= start && bytes[at] !== 93; at--) if (bytes[at] === colon) stop = at;
    this.hostStart = start;
    this.hostEnd = stop;
  }

  #headers(bytes: Uint8Array, from: number, end: number, ended: boolean): void {
    let at = from;
    while (at < end) {
      let lineEnd = bytes.indexOf(newline, at);
      const cut = lineEnd < 0 || lineEnd >= end;
      if (cut) lineEnd = end;
      const stop = lineEnd > at && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
      if (stop === at) {
        this.complete = !cut;
        this.end = cut ? end : lineEnd + 1;
        return;
      }
      if (!cut || ended) this.#header(bytes, at, stop);
      at = lineEnd + 1;
    }
  }

  #header(bytes: Uint8Array, start: number, end: number): void {
    switch (bytes[start] | 32) {
      case 104: // h
        if (this.hostEnd === 0 && isHeader(bytes, start, end, 'host')) {
          valueOf(bytes, start + 5, end);
          this.#host(bytes, value.start, value.end);
        }
        return;
      case 117: // u
        if (this.agentEnd === 0 && isHeader(bytes, start, end, 'user-agent')) {
          valueOf(bytes, start + 11, end);
          this.agentStart = value.start;
          this.agentEnd = value.end;
        }
        return;
      case 114: // r
        if (this.refererEnd === 0 && isHeader(bytes, start, end, 'referer')) {
          valueOf(bytes, start + 8, end);
          this.refererStart = value.start;
          this.refererEnd = value.end;
        }
        return;
      case 120: // x
        if (isHeader(bytes, start, end, 'x-forwarded-for'))
          this.#claim(bytes, start + 16, end, Claim.forwardedFor);
        else this.#singleClaim(bytes, start, end);
        return;
      case 99: // c
        if (isHeader(bytes, start, end, 'content-length'))
          this.bodyLength = Math.max(0, lengthOf(bytes, start + 15, end));
        else this.#singleClaim(bytes, start, end);
        return;
      case 102: // f
        if (isHeader(bytes, start, end, 'forwarded')) this.#claim(bytes, start + 10, end, Claim.forwarded);
        else this.#singleClaim(bytes, start, end);
        return;
      case 116: // t
        this.#singleClaim(bytes, start, end);
        return;
      default:
    }
  }

  #claim(bytes: Uint8Array, start: number, end: number, claim: number): void {
    valueOf(bytes, start, end);
    this.claimStart[claim] = value.start;
    this.claimEnd[claim] = value.end;
    if (value.end > value.start) this.claims |= 1 << claim;
  }

  #singleClaim(bytes: Uint8Array, start: number, end: number): void {
    for (let i = 0; i < this.#single; i++) {
      const name = singleHeaders[i];
      if (!isHeader(bytes, start, end, name)) continue;
      this.#claim(bytes, start + name.length + 1, end, Claim.realIp);
      this.#single = i;
    }
  }
}

/** The head of a response. */
export class HttpResponse {
  status = 0;
  serverStart = 0;
  serverEnd = 0;
  /** Declared length of the body, -1 when none is (chunked, or until the end of the connection). */
  bodyLength = -1;

  parse(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 12 || !isVersion(bytes, start, end)) return false;
    let at = start + 5;
    while (at < end && bytes[at] !== space) at++;
    if (at - start > 8 || end - at < 4) return false;
    const status = digit(bytes[at + 1]) * 100 + digit(bytes[at + 2]) * 10 + digit(bytes[at + 3]);
    if (!(status >= 100 && status < 1000)) return false;
    this.status = status;
    this.serverStart = this.serverEnd = 0;
    this.bodyLength = -1;
    for (let next = bytes.indexOf(newline, at); next >= 0 && next + 1 < end;) {
      const from = next + 1;
      next = bytes.indexOf(newline, from);
      const lineEnd = next < 0 || next > end ? end : next;
      const stop = lineEnd > from && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
      if (stop === from) break;
      const first = bytes[from] | 32;
      if (first === 115 && isHeader(bytes, from, stop, 'server')) {
        valueOf(bytes, from + 7, stop);
        this.serverStart = value.start;
        this.serverEnd = value.end;
      } else if (first === 99 && isHeader(bytes, from, stop, 'content-length')) {
        this.bodyLength = lengthOf(bytes, from + 15, stop);
      }
    }
    return true;
  }
}

/** Where the method that begins at `start` ends (a blank stands there), or -1: a cheap test for every payload. */
export function methodAt(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + methodLimit);
  let at = start;
  for (; at < limit; at++) {
    const code = bytes[at];
    if ((code < 65 || code > 90) && code !== 45 && code !== 95) break;
  }
  return at - start >= 3 && at + 1 < end && bytes[at] === space && bytes[at + 1] > space ? at : -1;
}

function plain(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[end + 1] === slash && known.has(String.fromCharCode(...bytes.subarray(start, end)));
}

function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 6 &&
    bytes[start] === 72 &&
    bytes[start + 1] === 84 &&
    bytes[start + 2] === 84 &&
    bytes[start + 3] === 80 &&
    bytes[start + 4] === slash
  );
}

function lastSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && bytes[at] !== space) at--;
  return at;
}

function isHeader(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start <= name.length || bytes[start + name.length] !== colon) return false;
  for (let i = 0; i < name.length; i++) if ((bytes[start + i] | 32) !== name.charCodeAt(i)) return false;
  return true;
}

const value = { start: 0, end: 0 };
/** The range without blanks around it, into {@link value}. */
function valueOf(bytes: Uint8Array, start: number, end: number): void {
  let from = start;
  let to = end;
  while (from < to && (bytes[from] === space || bytes[from] === tab)) from++;
  while (to > from && (bytes[to - 1] === space || bytes[to - 1] === tab)) to--;
  value.start = from;
  value.end = to;
}

function digit(code: number): number {
  return code >= 48 && code <= 57 ? code - 48 : Number.NaN;
}

function lengthOf(bytes: Uint8Array, start: number, end: number): number {
  valueOf(bytes, start, end);
  if (value.end === value.start || value.end - value.start > 15) return -1;
  let length = 0;
  for (let at = value.start; at < value.end; at++) length = length * 10 + digit(bytes[at]);
  return Number.isNaN(length) ? -1 : length;
}
