// The page docs/accuracy.md, from scores.
import type { Kind } from '../src/model/finding.ts';
import { recall, totals } from './score.ts';
import type { ViewScore } from './score.ts';
import type { Truth } from './truth.ts';

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), row(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n');
}

const time = (seconds: number | undefined): string =>
  seconds === undefined ? '–' : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;

/** A sentence for a view that was not scored. */
function state(score: ViewScore): string {
  return score.state === 'failed'
    ? `failed (${(score.error ?? '').slice(0, 120).replaceAll('|', '/')})`
    : score.state;
}

function overview(scores: readonly ViewScore[]): string {
  const rows = scores.map((score) => {
    if (score.state !== 'scored') return [score.view, state(score), '', '', '', '', ''];
    const sum = totals(score);
    return [
      score.view,
      `${sum.found} of ${sum.scans}`,
      sum.scans === 0 ? '–' : (sum.found / sum.scans).toFixed(2),
      `${sum.perScan.toFixed(2)} (most ${sum.most})`,
      `${sum.accused} of ${score.benign}`,
      time(sum.medianDelay),
      time(sum.longestDelay),
    ];
  });
  return table(
    ['sensor', 'scans found', 'recall', 'incidents per scan', 'benign accused', 'median delay', 'longest'],
    rows,
  );
}

function byKind(scores: readonly ViewScore[]): string {
  const scored = scores.filter((score) => score.state === 'scored');
  const recalls = scored.map(recall);
  const kinds = [...new Set(recalls.flatMap((one) => [...one.keys()]))].sort();
  const cell = (kind: Kind, i: number): string => {
    const one = recalls[i].get(kind);
    if (one === undefined) return '';
    return one.named === one.found
      ? `${one.found} of ${one.wanted}`
      : `${one.found} of ${one.wanted} (${one.named} so named)`;
  };
  return table(
    ['kind', ...scored.map((score) => score.view)],
    kinds.map((kind) => [kind, ...scored.map((_, i) => cell(kind, i))]),
  );
}

function missed(scores: readonly ViewScore[]): string {
  const lines = scores
    .filter((score) => score.state === 'scored')
    .flatMap((score) =>
      score.scans
        .filter((scan) => scan.incidents === 0)
        .map(
          (scan) =>
            `- ${score.view}: \`${scan.id}\` (${scan.kinds.join(', ')})${scan.note === '' ? '' : `: ${scan.note}`}`,
        ),
    );
  return lines.length === 0 ? 'None.' : lines.join('\n');
}

function accused(scores: readonly ViewScore[]): string {
  const lines = scores.flatMap((score) =>
    score.falseAlarms.map(
      (alarm) =>
        `- ${score.view}: \`${alarm.id}\` (${alarm.address}) as ${alarm.kinds.join(', ')}, ${alarm.severity}${alarm.what === '' ? '' : `: ${alarm.what}`}`,
    ),
  );
  return lines.length === 0 ? 'None.' : lines.join('\n');
}

function split(scores: readonly ViewScore[]): string {
  const lines = scores.flatMap((score) =>
    score.scans
      .filter((scan) => scan.incidents > 1)
      .map((scan) => `- ${score.view}: \`${scan.id}\` in ${scan.incidents}`),
  );
  return lines.length === 0 ? 'None.' : lines.join('\n');
}

function unseen(truth: Truth): string {
  const lines = truth.actors
    .filter((actor) => !actor.benign && actor.expected.some((one) => one.shownBy.length === 0))
    .map(
      (actor) =>
        `- \`${actor.id}\` as ${actor.expected
          .filter((one) => one.shownBy.length === 0)
          .map((one) => one.kind)
          .join(', ')}${actor.note === undefined ? '' : `: ${actor.note}`}`,
    );
  return lines.length === 0 ? 'None.' : lines.join('\n');
}

/** One recording and its scores. */
export interface Part {
  name: string;
  truth: Truth;
  scores: ViewScore[];
}

function partPage({ name, truth, scores }: Part): string {
  const scans = truth.actors.filter((actor) => !actor.benign).length;
  return `## ${name}

Recorded on ${truth.recorded.slice(0, 10)}: ${scans} scans of real tools, ${truth.actors.length - scans} benign actors.

${overview(scores)}

### By kind

Found of those that the sensor can show; in brackets, where they differ, how many carry that very kind.

${byKind(scores)}

### Missed

${missed(scores)}

### Wrongly accused

${accused(scores)}

### In more than one incident

${split(scores)}

### What no sensor of the recording can show

${unseen(truth)}
`;
}

/** The whole page. */
export function accuracyPage(
  parts: readonly Part[],
  run: { command: string; date: string; node: string },
): string {
  return `# Accuracy

Written by \`${run.command}\` on ${run.date} (Node ${run.node}); do not edit. The recordings are of the project's own lab
([lab.md](lab.md)): \`samples\` as it was recorded, \`lab/out/slow\` the same stretched over ten days. No detector was given
the truth.

A scan counts where a sensor wrote down enough to show it (\`expected\` in \`truth.json\`, counted from its log with the bars of
the definitions, not with Offtrail). *Found*: an incident of the actor with the verdict of a scan. *Accused*: an incident above
info about a benign actor, a forged decoy or anyone else. *Delay*: from the scan's first packet to the first crossing.
*not yet*: no reader for that sensor.

${parts.map(partPage).join('\n')}`;
}

/** One line per view, for the terminal. */
export function summaryLines(scores: readonly ViewScore[]): string[] {
  return scores.map((score) => {
    if (score.state !== 'scored') return `${score.view.padEnd(10)} ${state(score)}`;
    const sum = totals(score);
    return `${score.view.padEnd(10)} found ${sum.found} of ${sum.scans}, ${sum.perScan.toFixed(2)} incidents each, ${sum.accused} of ${score.benign} benign accused, median delay ${time(sum.medianDelay)}`;
  });
}
