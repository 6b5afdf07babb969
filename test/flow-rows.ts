import { formatIPv4, formatWords } from '../src/model/address.ts';
import { EventBatch, Flag, outcomeNames, roleNames } from '../src/model/event.ts';
import type { OutcomeName, RoleName } from '../src/model/event.ts';
import type { Format, InputInfo, RowSink } from '../src/model/format.ts';

/** A contact as plain values. */
export interface FlowRow {
  /** µs UTC. */
  readonly time: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly target: string;
  readonly targetPort: number;
  readonly proto: number;
  /** TCP flags, -1 unknown. */
  readonly tcp: number;
  readonly size: number;
  readonly role: RoleName;
  readonly outcome: OutcomeName;
  readonly flags: number;
  readonly record: number;
  readonly back?: number;
}

/** Collects rows, skips and notes. */
export class RowCollector implements RowSink {
  readonly rows: FlowRow[] = [];
  readonly skipped: Record<string, number> = {};
  readonly notes: Record<string, number> = {};
  #batch = new EventBatch();

  room(rows: number): EventBatch {
    if (this.#batch.length + rows > 16_384) this.flush();
    return this.#batch;
  }

  skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }

  note(reason: string, count = 1): void {
    this.notes[reason] = (this.notes[reason] ?? 0) + count;
  }

  flush(): void {
    const batch = this.#batch;
    for (let row = 0; row < batch.length; row++) {
      const flags = batch.flags[row];
      const text = (at: number): string =>
        (flags & Flag.v6) === 0
          ? formatIPv4(at)
          : formatWords(
              batch.wide[4 * at],
              batch.wide[4 * at + 1],
              batch.wide[4 * at + 2],
              batch.wide[4 * at + 3],
            );
      this.rows.push({
        time: batch.time[row],
        source: text(batch.source[row]),
        sourcePort: batch.sourcePort[row],
        target: text(batch.target[row]),
        targetPort: batch.targetPort[row],
        proto: batch.proto[row],
        tcp: (flags & Flag.tcpFlags) === 0 ? -1 : flags & 0xff,
        size: batch.size[row],
        role: roleNames[batch.role[row]],
        outcome: outcomeNames[batch.outcome[row]],
        flags,
        record: batch.record[row],
      });
    }
    batch.clear();
  }
}

/** All rows of `bytes`, read in one piece. */
export function rowsRead(format: Format, input: InputInfo, bytes: Uint8Array): RowCollector {
  const collector = new RowCollector();
  format.blocks!(input).read(collector, bytes, 0, bytes.length, true);
  collector.flush();
  return collector;
}
