import type { Linked, LinkedDetection } from './collection.ts';
import { Correlator } from './correlator.ts';
import { type FieldScalar, type FieldSource, objectSource } from './field-source.ts';
import { RuleIndex } from './rule-index.ts';
import { SigmaError } from './sigma-error.ts';
import type { Logsource, Place } from './tree.ts';
import {
  type SourceMap,
  type SourceNode,
  asMap,
  asText,
  asTexts,
  entry,
  isNull,
  isNumber,
} from './source-node.ts';
import { readYaml } from './yaml-source.ts';

// Tests of rules stand beside them in *.test.yml: which events must match, and which must not.
//
//   rule: vertical_scan                # name or id; or a list, all of which are asked
//   logsource: {category: firewall}    # what the events are
//   cases:
//       - name: 21 ports in 280 seconds
//         match: true                  # false: must stay silent
//         events:
//             - {times: 21, every: 14s, event: {action: deny, src_ip: 203.0.113.9, dst_port: '{n+1000}'}}
//
// `{n}` counts from 0, `{n+1000}` from 1000. `at` is the start of a line of events (default: where the last ended).

interface TimedEvent {
  /** µs. */
  readonly time: number;
  readonly source: FieldSource;
}
interface RuleCase {
  readonly rules: readonly string[];
  readonly logsource: Logsource;
  readonly name: string;
  readonly match: boolean;
  readonly events: readonly TimedEvent[];
  readonly place: Place;
}

const maxEvents = 100_000;

/** The cases of a test file. @throws SigmaError */
export function readRuleTests(text: string, file: string): RuleCase[] {
  return readYaml(text, file, (each) => each).flatMap((found) => {
    if (found instanceof SigmaError) throw found;
    const map = asMap(found, 'a test');
    const rules = asTexts(required(map, 'rule'), '"rule"').map((each) => each.text);
    const logsource: Record<string, string> = {};
    for (const { key, value } of asMap(required(map, 'logsource'), '"logsource"').entries)
      logsource[key.text] = asText(value, key.text);
    const cases = required(map, 'cases');
    if (cases.kind !== 'list') throw new SigmaError('"cases" must be a list', cases.place);
    return cases.items.map((node): RuleCase => {
      const one = asMap(node, 'a case');
      const match = asText(required(one, 'match'), '"match"');
      if (match !== 'true' && match !== 'false')
        throw new SigmaError('"match" must be true or false', one.place);
      const events = required(one, 'events');
      if (events.kind !== 'list') throw new SigmaError('"events" must be a list', events.place);
      return {
        rules,
        logsource,
        name: asText(required(one, 'name'), '"name"'),
        match: match === 'true',
        events: eventsOf(events.items),
        place: one.place,
      };
    });
  });
}

function required(map: SourceMap, key: string): SourceNode {
  const node = entry(map, key);
  if (node === undefined) throw new SigmaError(`"${key}" is missing`, map.place);
  return node;
}

function seconds(node: SourceNode | undefined, otherwise: number): number {
  if (node === undefined) return otherwise;
  const match = /^([0-9]+(?:\.[0-9]{1,6})?)(us|ms|s|m|h|d)$/.exec(asText(node, 'a time'));
  if (match === null) throw new SigmaError('a time is written like 14s, 5m or 250ms', node.place);
  return Number(match[1]) * { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 }[match[2] as 's'];
}

function eventsOf(nodes: readonly SourceNode[]): TimedEvent[] {
  const events: TimedEvent[] = [];
  let clock = 0;
  for (const node of nodes) {
    const map = asMap(node, 'a line of events');
    const timesNode = entry(map, 'times');
    const times = timesNode === undefined ? 1 : Number(asText(timesNode, '"times"'));
    const every = seconds(entry(map, 'every'), 1);
    const start = seconds(entry(map, 'at'), clock);
    const fields = asMap(required(map, 'event'), '"event"');
    if (!Number.isInteger(times) || times < 1 || events.length + times > maxEvents)
      throw new SigmaError(`"times" must be a whole number, ${maxEvents} events in all at most`, map.place);
    for (let n = 0; n < times; n++)
      events.push({ time: Math.round((start + n * every) * 1e6), source: eventOf(fields, n) });
    clock = start + times * every;
  }
  return events.toSorted((a, b) => a.time - b.time);
}

function eventOf(fields: SourceMap, n: number): FieldSource {
  const count = (_: string, plus: string | undefined): string => String(n + Number(plus ?? 0));
  const event: Record<string, FieldScalar> = Object.create(null) as Record<string, FieldScalar>;
  for (const { key, value } of fields.entries) {
    if (value.kind !== 'scalar')
      throw new SigmaError('a field of a test event must be a scalar', value.place);
    if (isNull(value)) event[key.text] = null;
    else if (isNumber(value)) event[key.text] = Number(value.text);
    else event[key.text] = value.text.replaceAll(/\{n(?:\+([0-9]+))?\}/g, count);
  }
  return objectSource(event);
}

/**
 * Runs one case against linked rules.
 *
 * @returns undefined when the rules do as the case says, else what is wrong
 */
export function runRuleCase(one: RuleCase, rules: readonly Linked[]): string | undefined {
  const wanted = one.rules.map((name) => rules.find(({ rule }) => rule.name === name || rule.id === name));
  const missing = one.rules.find((_, index) => wanted[index] === undefined);
  if (missing !== undefined) return `there is no rule "${missing}"`;
  const detections = rules.filter((rule): rule is LinkedDetection => rule.kind === 'detection');
  const index = new RuleIndex(detections, one.logsource);
  const correlator = new Correlator<TimedEvent>(rules);
  const fired = new Set<Linked>();
  for (let at = 0; at < one.events.length;) {
    const { time } = one.events[at];
    const matched = [];
    for (; at < one.events.length && one.events[at].time === time; at++) {
      const event = one.events[at];
      const hits = [...index.match(event.source)];
      for (const hit of hits) fired.add(hit);
      matched.push({ event, source: event.source, rules: hits });
    }
    for (const { rule } of correlator.at(time, matched)) fired.add(rule);
  }
  const wrong = wanted.find((rule) => rule !== undefined && fired.has(rule) !== one.match);
  if (wrong === undefined) return undefined;
  return `"${wrong.rule.title}" ${one.match ? 'did not match' : 'matched'}`;
}
