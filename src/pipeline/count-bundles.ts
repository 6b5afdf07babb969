import type { Feed, Measure, RunningDetector, SelectedCount } from '../model/detector.ts';

/** Windows of a table. */
export const mostSpans = 3;

/** Counts of the same feeds: one entry of the table serves all of their windows. */
export interface Bundle {
  readonly counts: { readonly detector: number; readonly count: SelectedCount }[];
  /** Seconds, ascending. */
  readonly spans: number[];
  readonly measure: Measure | undefined;
  readonly steps: number | undefined;
  /** 0 for counts of rows, n + 1 for counts of counts of level n: those of one level are settled before the next. */
  readonly level: number;
}

/** Counts of one list of feeds, three windows at most, go together. */
export function bundlesOf(detectors: readonly RunningDetector[]): Bundle[] {
  const bundles: Bundle[] = [];
  const of = new Map<readonly Feed[], Bundle[]>();
  const levels = new Map<SelectedCount, number>();
  for (const [detector, { selected = [] }] of detectors.entries())
    for (const count of selected) {
      const known = of.get(count.feeds) ?? [];
      const { measure, steps, span } = count;
      let bundle = known.find(
        (each) =>
          [each.measure, each.steps, measure, steps].every((special) => special === undefined) &&
          (each.spans.includes(span) || each.spans.length < mostSpans),
      );
      if (!bundle) {
        bundle = { counts: [], spans: [], measure, steps, level: levelOf(count, levels) };
        bundles.push(bundle);
        of.set(count.feeds, [...known, bundle]);
      }
      bundle.counts.push({ detector, count });
      if (!bundle.spans.includes(span)) bundle.spans.push(span);
      bundle.spans.sort((x, y) => x - y);
    }
  return bundles;
}

function levelOf(count: SelectedCount, levels: Map<SelectedCount, number>): number {
  let level = levels.get(count);
  if (level === undefined) {
    const below = count.feeds.flatMap(({ from }) => (from === undefined ? [] : [from.count]));
    level = Math.max(-1, ...below.map((each) => levelOf(each, levels))) + 1;
    levels.set(count, level);
  }
  return level;
}

/** By window, the lowest threshold of its counts. */
export function leastOf({ counts, spans }: Bundle): number[] {
  return spans.map((span) =>
    Math.min(...counts.filter(({ count }) => count.span === span).map(({ count }) => count.atLeast)),
  );
}

/** Bundles of one shape can share a table. */
export function shapeOf(bundle: Bundle): string {
  const { spans, measure, steps, level } = bundle;
  const least = measure === undefined && steps === undefined ? leastOf(bundle) : undefined;
  return JSON.stringify({ level, spans, measure, steps, least });
}
