/** What `npm run bench` was asked for. */
export interface Ask {
  readonly runs: number;
  readonly profile: boolean;
  /** Bundled peer programs, by name. */
  readonly peer: (name: string) => string;
  /** `node dist/cli.js detect FILE --json` and the generated site's configuration. */
  readonly detect: (file: string, ...more: string[]) => string[];
  /** Undefined while there is none built. */
  readonly offtrail?: string;
  /** Goes into the page: what else the machine was doing. */
  readonly note: string;
}

/** One section of docs/performance.md. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  /** Rows at full size. */
  readonly rows: number;
  /** Measures and returns the section's Markdown. */
  run(ask: Ask, rows: number): Promise<string>;
}
