// One format alone, from file to events: what the rest of the pipeline costs comes on top. FILE FORMAT [ROUNDS [OPTIONS AS JSON]]
import { performance } from 'node:perf_hooks';
import { formats } from '../../src/catalog.ts';
import { EventBatch } from '../../src/model/event.ts';
import { InputCounters, InputReader } from '../../src/pipeline/input-reader.ts';
import { openInput, readSize } from '../../src/sources/file.ts';

const [file, name, rounds = '1', options] = process.argv.slice(2);
const plugin = formats.find((candidate) => candidate.name === name);
if (plugin === undefined) throw new Error(`no format is called ${name}`);
const format = await plugin.load();
for (let round = 0; round < Number(rounds); round++) {
  const input = await openInput(file);
  const counters = new InputCounters();
  const spare: EventBatch[] = [];
  const info = {
    index: 0,
    name: file,
    modified: input.modified,
    zone: 'UTC',
    options: options === undefined ? undefined : (JSON.parse(options) as unknown),
    trustedProxies: { size: 0, has4: () => false, has6: () => false },
  };
  const reader = new InputReader(format, info, {
    take: () => spare.pop() ?? new EventBatch(),
    emit(batch) {
      batch.clear();
      spare.push(batch);
    },
    counters,
  });
  const buffer = new Uint8Array(2 * readSize + 4096);
  const start = performance.now();
  const cpu = process.cpuUsage();
  let rest = 0;
  for (;;) {
    const answer = input.next(buffer, rest);
    const got = typeof answer === 'number' ? answer : await answer;
    const end = rest + got;
    const consumed = reader.feed(buffer, 0, end, got === 0);
    if (got === 0) {
      while (reader.pending) reader.feed(buffer, end, end, true);
      break;
    }
    buffer.copyWithin(0, consumed, end);
    rest = end - consumed;
  }
  input.close();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  const cpuSeconds = (used.user + used.system) / 1e6;
  const { records, events, skipped, bytes, reasons } = counters;
  console.log(
    JSON.stringify({
      format: name,
      records,
      events,
      skipped,
      reasons: [...reasons.keys()],
      bytes,
      seconds,
      cpuSeconds,
      perSecond: Math.round(records / cpuSeconds),
    }),
  );
}
