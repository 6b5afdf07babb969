import type { Feed, Measure, RunningDetector, SelectedCount } from '../model/detector.ts';

/** Windows of a table. */
export const mostSpans = 3;

/** Counts of the same feeds: one entry of the table serves all of their windows. */
export interface Bundle {
  readonly counts: { readonly detector: number; readonly count: SelectedCount }[];
  /** Seconds, ascending. */
  readonly spans: number[];
  readonly measure: Measure | undefined;
  /** One of the counts has to be asked about at the end of every µs. */
  asked: boolean;
}

/** Whether the end of every µs that counts has to be asked about. */
export const isAsked = ({ every, holds }: SelectedCount): boolean => every === true || holds !== undefined;

/** Counts of one list of feeds, three windows at most, go together. */
export function bundlesOf(detectors: readonly RunningDetector[]): Bundle[] {
  const bundles: Bundle[] = [];
  const of = new Map<readonly Feed[], Bundle[]>();
  for (const [detector, { selected = [] }] of detectors.entries())
    for (const count of selected) {
      const known = of.get(count.feeds) ?? [];
      const { measure, span } = count;
      let bundle = known.find(
        (each) =>
          each.measure === undefined &&
          measure === undefined &&
          (each.spans.includes(span) || each.spans.length < mostSpans),
      );
      if (!bundle) {
        bundle = { counts: [], spans: [], measure, asked: false };
        bundles.push(bundle);
        of.set(count.feeds, [...known, bundle]);
      }
      bundle.counts.push({ detector, count });
      if (!bundle.spans.includes(count.span)) bundle.spans.push(count.span);
      bundle.spans.sort((x, y) => x - y);
      bundle.asked ||= isAsked(count);
    }
  return bundles;
}

/** By window, the lowest threshold of its counts. */
export function leastOf({ counts, spans }: Bundle): number[] {
  return spans.map((span) =>
    Math.min(...counts.filter(({ count }) => count.span === span).map(({ count }) => count.atLeast)),
  );
}

export function shapeOf(bundle: Bundle): string {
  const { spans, measure } = bundle;
  return measure === undefined
    ? `${spans.join()} ${leastOf(bundle).join()}`
    : `${spans.join()} ${JSON.stringify(measure)}`;
}
