import type { FindingDraft } from '../model/detector.ts';
import type { Dossier } from '../model/dossier.ts';
import { joinCaveats, joinHabits } from '../model/finding.ts';
import type { Crossing, Finding, RuleMatch } from '../model/finding.ts';

const crossingLimit = 64;
/** Traits of one finding. */
const traitLimit = 64;
/** Rules named in one finding. */
const ruleLimit = 64;
/** Sentences of one finding: what a later, longer window adds is kept, a flood of keys is not. */
const reasonLimit = 12;

/** Opens the dossier's finding of this detector and kind at `time` (µs), or adds to it. `input`: where it was seen. */
export function addFinding(
  dossier: Dossier,
  detector: string,
  draft: FindingDraft,
  time: number,
  crossing?: Crossing,
  input?: number,
): Finding {
  let finding = dossier.findings.find((known) => known.detector === detector && known.kind === draft.kind);
  if (!finding) {
    finding = {
      detector,
      kind: draft.kind,
      actor: dossier.actor,
      time,
      last: time,
      crossings: [],
      crossed: 0,
      strength: draft.strength ?? 1,
      reasons: [...draft.reasons],
      traits: [...(draft.traits ?? [])],
      caveats: [...(draft.caveats ?? [])],
      members: draft.members ?? [],
      habit: draft.habit,
    };
    dossier.findings.push(finding);
  } else finding.habit = joinHabits(finding.habit, draft.habit);
  finding.last = Math.max(finding.last, time);
  finding.strength = Math.max(finding.strength, draft.strength ?? 1);
  join(finding.reasons, draft.reasons, reasonLimit);
  join(finding.traits, draft.traits, traitLimit);
  const caveats = joinCaveats(finding.caveats, draft.caveats ?? []);
  finding.caveats.splice(0, finding.caveats.length, ...caveats.slice(0, reasonLimit));
  for (const match of draft.rules ?? []) said(finding, match, time, crossing, input);
  if (crossing) {
    finding.crossed++;
    if (finding.crossings.length < crossingLimit) finding.crossings.push(crossing);
  }
  return finding;
}

/** Adds what is not there yet, up to the limit. */
function join(texts: string[], more: readonly string[] | undefined, limit: number): void {
  for (const text of more ?? []) if (texts.length < limit && !texts.includes(text)) texts.push(text);
}

/** Adds a rule's match to what the finding's rules said. */
function said(
  finding: Finding,
  match: RuleMatch,
  time: number,
  crossing: Crossing | undefined,
  input: number | undefined,
): void {
  const rules = (finding.rules ??= []);
  const { rule, measured = '', value = 0 } = match;
  let statement = rules.find((known) => known.rule === rule);
  if (!statement) {
    if (rules.length >= ruleLimit) return;
    statement = {
      rule,
      count: 0,
      first: time,
      last: time,
      measured,
      value,
      crossings: [],
      inputs: new Set(),
    };
    rules.push(statement);
  }
  statement.count++;
  statement.first = Math.min(statement.first, time);
  statement.last = Math.max(statement.last, time);
  if (value > statement.value) {
    statement.value = value;
    statement.measured = measured;
  }
  if (crossing && statement.crossings.length < crossingLimit) statement.crossings.push(crossing);
  if (input !== undefined) statement.inputs.add(input);
}
