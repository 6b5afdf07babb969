import type { RowSink } from '../model/format.ts';
import type { FlowExporter } from './flow-exporter.ts';
import { Slot } from './flow-fields.ts';
import { FlowValues } from './flow-template.ts';
import type { FlowTemplate } from './flow-template.ts';

/** When the flows of a message began and ended, by whichever of a dozen fields its exporter states. */
export class FlowTimes {
  /** Of the message being read: µs UTC of its export, the exporter's uptime in ms (-1: not in the header), who sent it. */
  exported = 0;
  uptime = -1;
  exporter!: FlowExporter;
  readonly #peek = new FlowValues();

  /** µs UTC; -1 when it cannot be told. */
  startOf(value: Float64Array): number {
    if (value[Slot.startMilli] > 0) return value[Slot.startMilli] * 1000;
    if (value[Slot.startNtp] > 0) return value[Slot.startNtp];
    if (value[Slot.startUptime] >= 0) return this.#fromUptime(value, value[Slot.startUptime]);
    if (value[Slot.startSeconds] > 0) return value[Slot.startSeconds] * 1_000_000;
    if (value[Slot.startDelta] >= 0) return this.exported - value[Slot.startDelta];
    const duration =
      value[Slot.durationMicro] >= 0 ? value[Slot.durationMicro] : value[Slot.durationMilli] * 1000;
    const end = this.endOf(value, -1);
    if (end >= 0) return duration > 0 ? end - duration : end;
    if (value[Slot.observedMilli] > 0) return value[Slot.observedMilli] * 1000;
    if (value[Slot.observedNtp] > 0) return value[Slot.observedNtp];
    if (value[Slot.observedSeconds] > 0) return value[Slot.observedSeconds] * 1_000_000;
    // None of them is in the record: it is as old as its message.
    return this.exported;
  }

  /** µs UTC; `start` when the record does not say. */
  endOf(value: Float64Array, start: number): number {
    if (value[Slot.endMilli] > 0) return value[Slot.endMilli] * 1000;
    if (value[Slot.endNtp] > 0) return value[Slot.endNtp];
    if (value[Slot.endUptime] >= 0) return this.#fromUptime(value, value[Slot.endUptime]);
    if (value[Slot.endSeconds] > 0) {
      const end = value[Slot.endSeconds] * 1_000_000;
      // Whole seconds beside a finer start: not earlier than it.
      return end < start && start - end < 1_000_000 ? start : end;
    }
    if (value[Slot.endDelta] >= 0) return this.exported - value[Slot.endDelta];
    return start;
  }

  /** The exporter's uptime as µs UTC: by the header of v9; by the boot time of the record or of the options of IPFIX. */
  #fromUptime(value: Float64Array, uptime: number): number {
    if (this.uptime >= 0) return this.exported - this.exporter.clock.since(this.uptime, uptime);
    const exporter = this.exporter;
    let boot = value[Slot.bootMilli] > 0 ? value[Slot.bootMilli] : exporter.boot;
    if (boot < 0) boot = exporter.guessedBoot;
    if (boot < 0) return -1;
    const now = (this.exported / 1000 - boot) % 4_294_967_296;
    return this.exported - exporter.clock.since(now, uptime);
  }

  /**
   * IPFIX uptimes without the boot time that they need (MikroTik and others): the flow that ended last, of all seen, ended
   * when its message was sent. Times are late by at most the time that flow waited for its export.
   */
  guessBoot(sink: RowSink, bytes: Uint8Array, start: number, end: number, template: FlowTemplate): void {
    const exporter = this.exporter;
    if (exporter.boot >= 0) return;
    const values = this.#peek;
    values.clear();
    const now = this.exported / 1000;
    for (let at = start; end - at >= template.length;) {
      at = template.read(bytes, at, end, values);
      if (at < 0) return;
      const boot = now - values.number[Slot.endUptime];
      if (exporter.guessedBoot < 0) {
        exporter.guessedBoot = boot;
        sink.note(`exporter ${exporter.name} does not say when it booted: flow times are estimates`);
      } else {
        // The uptime wraps: the nearest of the possible boot times.
        const earlier = (exporter.guessedBoot - boot) | 0;
        if (earlier > 0) exporter.guessedBoot -= earlier;
      }
    }
  }
}
