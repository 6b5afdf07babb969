import type { Zone } from '../bytes/zone.ts';
import { Coding } from './coded-text.ts';
import { DeclaredStamp } from './declared-stamp.ts';
import type { LineLayout, Step } from './field-steps.ts';
import type { PartName } from './request-parts.ts';

/** A declared format that lines cannot be read back from; the message says why and where. */
export class LogFormatError extends Error {}

/** A variable as it stands in the format: what it holds, or how its stamp is read. */
interface Variable {
  readonly kind: 'variable';
  /** As written, for messages. */
  readonly text: string;
  part: PartName | 'skip';
  readonly stamp?: readonly Step[];
}
type Token = Variable | { readonly kind: 'text'; readonly text: string };

/**
 * Compiles an nginx `log_format` or an Apache `LogFormat` into a layout: the bare string ('$remote_addr - …', '%h %l %u …') or
 * the whole directive as it stands in the server's configuration. Throws a LogFormatError when lines of it cannot be read
 * back: two variables with nothing between them, no client, no time, no request.
 */
export function compileLogFormat(text: string, zone: Zone): LineLayout {
  const stamp = new DeclaredStamp(zone);
  const nginx = nginxFormat(text);
  const tokens = nginx ? nginxTokens(nginx.format, stamp) : apacheTokens(apacheFormat(text), stamp);
  if (!tokens.some(({ kind }) => kind === 'variable')) {
    throw new LogFormatError('no variable in it: expected an nginx log_format or an Apache LogFormat');
  }
  const ordered = nginx ? nginxParts : apacheParts;
  keepBest(tokens, ordered);
  standForPeer(tokens);
  const merged = merge(tokens);
  const has = (...parts: readonly string[]): boolean =>
    merged.some((token) => token.kind === 'variable' && parts.includes(token.part));
  if (!merged.some((token) => token.kind === 'variable' && token.stamp)) {
    throw new LogFormatError(`no time in it: ${nginx ? '$time_local or $time_iso8601' : '%t'} is needed`);
  }
  if (!has('client', 'appendedFor')) {
    throw new LogFormatError(`no client address in it: ${nginx ? '$remote_addr' : '%h or %a'} is needed`);
  }
  if (!has('request', 'target', 'path')) {
    throw new LogFormatError(
      `no request in it: ${nginx ? '$request or $request_uri' : '%r or %U'} is needed`,
    );
  }
  return { steps: stepsOf(merged, nginx?.json === true), stamp };
}

// ---------------------------------------------------------------------------- directives

/** The format of an nginx directive, or a bare string that holds '$variables'. */
function nginxFormat(text: string): { readonly format: string; readonly json: boolean } | undefined {
  const directive = /^\s*log_format\s+\S+\s+(?:escape=(\w+)\s+)?/.exec(text);
  if (directive) {
    const rest = text.slice(directive[0].length).replace(/;\s*$/, '');
    const pieces = [...rest.matchAll(/'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"|([^\s'"]+)/g)];
    const format = pieces.map(([, single, double, bare]) => unescape(single ?? double ?? bare)).join('');
    return { format, json: directive[1] === 'json' };
  }
  const escape = /^\s*escape=(\w+)\s+/.exec(text);
  const format = escape ? text.slice(escape[0].length) : text;
  if (!/\$\{?[a-z]/.test(format) || /^\s*(?:LogFormat|CustomLog)\s/i.test(text)) return undefined;
  return { format, json: escape?.[1] === 'json' || /^\s*\{\s*"/.test(format) };
}

function apacheFormat(text: string): string {
  const directive = /^\s*(?:LogFormat|CustomLog\s+\S+)\s+"((?:[^"\\]|\\[^])*)"/i.exec(text);
  if (directive) return unescape(directive[1]);
  // A string that was copied with the quotes' backslashes.
  return text.replaceAll('\\"', '"');
}

const unescape = (text: string): string =>
  text.replaceAll(/\\([^])/g, (_, letter: string) => escapes[letter] ?? letter);
const escapes: Readonly<Record<string, string | undefined>> = { t: '\t', n: '\n', r: '\r' };

// ------------------------------------------------------------------------------- variables

/** Which variables hold a part, best first: of several in one format only the best is read. */
type PartTable = { readonly [part in PartName]?: readonly string[] };

const nginxParts: PartTable = {
  client: ['remote_addr', 'realip_remote_addr'],
  clientPort: ['remote_port', 'realip_remote_port'],
  server: ['server_addr'],
  serverPort: ['server_port'],
  host: ['http_host', 'host', 'server_name'],
  method: ['request_method'],
  target: ['request_uri'],
  path: ['uri', 'document_uri'],
  query: ['args', 'query_string'],
  request: ['request'],
  status: ['status'],
  size: ['body_bytes_sent', 'bytes_sent'],
  agent: ['http_user_agent'],
  referer: ['http_referer'],
  user: ['remote_user'],
  forwardedFor: ['http_x_forwarded_for'],
  forwarded: ['http_forwarded'],
  realIp: [
    'proxy_protocol_addr',
    'http_cf_connecting_ip',
    'http_true_client_ip',
    'http_fastly_client_ip',
    'http_x_real_ip',
  ],
  appendedFor: ['proxy_add_x_forwarded_for'],
};

const apacheParts: PartTable = {
  client: ['%a', '%h', '%{c}a', '%{c}h'],
  clientPort: ['%{remote}p'],
  server: ['%A'],
  serverPort: ['%{local}p', '%p', '%{canonical}p'],
  host: ['%{host}i', '%V', '%v'],
  method: ['%m'],
  path: ['%U'],
  query: ['%q'],
  request: ['%r'],
  status: ['%>s', '%s', '%<s'],
  size: ['%b', '%B', '%O'],
  agent: ['%{user-agent}i'],
  referer: ['%{referer}i', '%{referrer}i'],
  user: ['%u', '%>u', '%<u'],
  forwardedFor: ['%{x-forwarded-for}i'],
  forwarded: ['%{forwarded}i'],
  realIp: ['%{cf-connecting-ip}i', '%{true-client-ip}i', '%{fastly-client-ip}i', '%{x-real-ip}i'],
};

function partOf(table: PartTable, name: string): PartName | 'skip' {
  for (const [part, names] of Object.entries(table)) if (names.includes(name)) return part as PartName;
  return 'skip';
}

function nginxTokens(format: string, stamp: DeclaredStamp): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of format.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    if (match.index > from) tokens.push({ kind: 'text', text: format.slice(from, match.index) });
    from = match.index + match[0].length;
    const name = match[1] ?? match[2];
    const steps =
      name === 'time_local'
        ? stamp.ncsa()
        : name === 'time_iso8601'
          ? stamp.iso()
          : name === 'msec'
            ? stamp.epoch(true)
            : undefined;
    const part = partOf(nginxParts, name);
    tokens.push({ kind: 'variable', text: `$${name}`, part, ...(steps && { stamp: [steps] }) });
  }
  if (from < format.length) tokens.push({ kind: 'text', text: format.slice(from) });
  return tokens;
}

function apacheTokens(format: string, stamp: DeclaredStamp): Token[] {
  const tokens: Token[] = [];
  let text = '';
  let from = 0;
  const directive = /%(?:(%)|(?:!?\d{3}(?:,\d{3})*)?([<>])?(?:\{([^}]*)\})?(\^[A-Za-z]{2}|[A-Za-z]))/g;
  for (const match of format.matchAll(directive)) {
    text += format.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] !== undefined) {
      text += '%';
      continue;
    }
    if (text !== '') tokens.push({ kind: 'text', text });
    text = '';
    const [written, , final = '', argument, letter] = match;
    const name = `%${final}${argument === undefined ? '' : `{${letter === 'i' || letter === 'p' ? argument.toLowerCase() : argument}}`}${letter}`;
    if (letter === 't') {
      tokens.push({ kind: 'variable', text: written, part: 'skip', stamp: apacheStamp(argument, stamp) });
    } else tokens.push({ kind: 'variable', text: written, part: partOf(apacheParts, name) });
  }
  text += format.slice(from);
  if (text !== '') tokens.push({ kind: 'text', text });
  return tokens;
}

function apacheStamp(argument: string | undefined, stamp: DeclaredStamp): readonly Step[] {
  const literal = (text: string): Step => ({ kind: 'literal', text });
  if (argument === undefined) return [literal('['), stamp.ncsa(), literal(']')];
  const pattern = argument.replace(/^(?:begin|end):/, '');
  switch (pattern) {
    case 'sec':
    case 'msec':
    case 'usec':
      return [stamp.epoch(false)];
    case 'msec_frac':
      return [stamp.fraction(3)];
    case 'usec_frac':
      return [stamp.fraction(6)];
    default: {
      const steps = stamp.strftime(pattern);
      if (typeof steps === 'string') {
        throw new LogFormatError(
          `%{${argument}}t: ${steps} cannot be read back; %Y %m %d %H %M %S %z and the like can`,
        );
      }
      return steps;
    }
  }
}

/** Of variables that hold the same part the best stays; the others become fields that nothing wants. */
function keepBest(tokens: readonly Token[], table: PartTable): void {
  const rank = (token: Variable): number => {
    const names = token.part === 'skip' ? [] : (table[token.part] ?? []);
    const plain = token.text.replace(/^\$/, '').toLowerCase();
    return names.findIndex((name) => name.toLowerCase() === plain || name === token.text);
  };
  const best = new Map<string, Variable>();
  for (const token of tokens) {
    if (token.kind !== 'variable' || token.part === 'skip') continue;
    const other = best.get(token.part);
    if (other === undefined) best.set(token.part, token);
    else if (rank(token) < rank(other)) {
      other.part = 'skip';
      best.set(token.part, token);
    } else token.part = 'skip';
  }
}

/**
 * A format without the peer is one of a server behind a proxy that it knows: what that proxy says is all there is, and stands
 * for the peer. A list as $proxy_add_x_forwarded_for does, of which the last entry is whom the proxy heard it from.
 */
function standForPeer(tokens: readonly Token[]): void {
  const variables = tokens.filter((token) => token.kind === 'variable');
  const of = (part: PartName): Variable | undefined => variables.find((token) => token.part === part);
  if (of('client') ?? of('appendedFor')) return;
  const single = of('realIp');
  const list = of('forwardedFor');
  if (single && (list === undefined || single.text === '$proxy_protocol_addr')) single.part = 'client';
  else if (list) list.part = 'appendedFor';
}

// -------------------------------------------------------------------------------- neighbours

/** Variables that belong together become one field: path and query, host or address and port. */
function merge(tokens: readonly Token[]): Token[] {
  const merged: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    const next = tokens.at(i + 1);
    const third = tokens.at(i + 2);
    if (token.kind === 'variable') {
      if (token.part === 'path' && next?.kind === 'variable') {
        // '%U%q', '$uri$is_args$args'
        const marked = next.text === '$is_args' && third?.kind === 'variable' && third.part === 'query';
        if (marked || next.text === '%q') {
          merged.push({ kind: 'variable', text: token.text, part: 'target' });
          i += marked ? 2 : 1;
          continue;
        }
      }
      if (next?.kind === 'text' && next.text === ':' && third?.kind === 'variable') {
        const address = token.part === 'client' || token.part === 'server';
        if (
          (address && third.part === `${token.part}Port`) ||
          (token.part === 'host' && third.part === 'serverPort')
        ) {
          merged.push({ ...token, text: `${token.text}:${third.text}` });
          i += 2;
          continue;
        }
      }
    }
    merged.push(token);
  }
  return merged;
}

/** What never holds a slash, so that a path may follow at once. */
const slashless: readonly string[] = ['host', 'serverPort', 'clientPort', 'status', 'size', 'method'];

function stepsOf(tokens: readonly Token[], json: boolean): Step[] {
  const steps: Step[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'text') {
      steps.push({ kind: 'literal', text: token.text });
      continue;
    }
    if (token.stamp) {
      steps.push(...token.stamp);
      continue;
    }
    const next = tokens.at(i + 1);
    const { part } = token;
    const slash =
      next?.kind === 'variable' && slashless.includes(part) && ['target', 'path'].includes(next.part);
    if (next?.kind === 'variable' && !slash) {
      throw new LogFormatError(
        `${token.text} and ${next.text} stand side by side: nothing says where the one ends and the other begins`,
      );
    }
    const together = token.text.includes(':') && (part === 'client' || part === 'server');
    const stop = next?.text ?? '';
    // At the line's beginning a blank is of a syslog header.
    const word = slash || (steps.length === 0 && ['client', 'host', 'server'].includes(part));
    steps.push({
      kind: 'field',
      part,
      // A blank ends what stands without quotes, except a user's name and what is last; a list's own stands behind a comma.
      blank:
        !word &&
        (!stop.startsWith(' ') ||
          ['user', 'agent', 'request'].includes(part) ||
          (['forwardedFor', 'appendedFor'].includes(part) && stop.length > 1)),
      coding: together ? Coding.portBehind : json ? Coding.json : Coding.plain,
      ...(slash && { stop: '/' }),
    });
  }
  return steps;
}
