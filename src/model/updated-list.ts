/** Something wrong in a file that the configuration names, and where. Nothing of it is thrown: the rest is read. */
export interface FileProblem {
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  readonly message: string;
}

/** What became of one source of a list of addresses. */
export interface UpdatedList {
  readonly name: string;
  /** '' when nothing was written. */
  readonly path: string;
  /** Why nothing was; '' when it was. */
  readonly left: string;
  readonly entries: number;
  readonly added: number;
  readonly removed: number;
  /** µs, NaN: not known. */
  readonly date: number;
  readonly source: string;
  readonly problems: readonly FileProblem[];
}
