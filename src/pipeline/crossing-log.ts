import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { AddressBook, Crossing } from '../model/finding.ts';

/** Every crossing of a run, for comparison with other engines: first time and highest value per (count, key, window). */
export class CrossingLog {
  readonly #known = new Map<string, { first: Crossing; all: Crossing[] }>();

  add(name: string, crossing: Crossing): void {
    const known = this.#known.get(name);
    if (known) known.all.push(crossing);
    else this.#known.set(name, { first: crossing, all: [crossing] });
  }

  /** CSV: count, actor, key, window (s), time (µs), max. Rows in order of text, so that files can be compared. */
  rows(book: AddressBook, keyText: (crossing: Crossing) => string): string[] {
    return [...this.#known.values()]
      .map(({ first, all }) => {
        const max = Math.max(...all.map((crossing) => crossing.max));
        return [first.count, book.text(first.actor), keyText(first), first.window, first.time, max].join(',');
      })
      .sort();
  }

  async write(path: string, book: AddressBook, keyText: (crossing: Crossing) => string): Promise<void> {
    const out = createWriteStream(path);
    out.write('count,actor,key,window,time,max\n');
    for (const row of this.rows(book, keyText)) if (!out.write(`${row}\n`)) await once(out, 'drain');
    out.end();
    await once(out, 'finish');
  }
}

/** 'tcp/443' for a service: protocol · 65,536 + port. */
export function serviceText(service: number): string {
  const proto = service >>> 16;
  const port = service & 0xffff;
  const names: Record<number, string> = {
    1: 'icmp',
    6: 'tcp',
    17: 'udp',
    58: 'icmp6',
    132: 'sctp',
    255: 'arp',
  };
  return names[proto] === undefined ? `ip/${proto}` : `${names[proto]}/${port}`;
}
