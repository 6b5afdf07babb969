import type { Incident, Summary } from './incident.ts';

/** What a run of `detect` says. */
export interface Report {
  /** What matters first. */
  readonly incidents: readonly Incident[];
  readonly summary: Summary;
}

export interface OutputOptions {
  /** ANSI colours are wanted. */
  readonly color: boolean;
  /** Cells of a line. */
  readonly width: number;
  /** Everything in full. */
  readonly verbose: boolean;
}

/**
 * A way to print a report. One file in outputs/, one line in catalog.ts. Every text of a report may have been written by an
 * attacker: the output escapes it for its own medium.
 */
export interface Output {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** The text in pieces, so that a long report is written while it is made. */
  render(report: Report, options: OutputOptions): Iterable<string>;
}
