import { detectors, formats } from '../src/catalog.ts';
import { AddressSet } from '../src/model/address.ts';
import type { Context } from '../src/model/context.ts';
import type { ByteInput } from '../src/model/source.ts';
import { run } from '../src/pipeline/run.ts';
import type { RunOptions, RunResult } from '../src/pipeline/run.ts';

/** Bytes as an input; handed out in pieces of `piece`. */
export function inputOf(name: string, bytes: Uint8Array, piece = 1 << 20): ByteInput {
  let position = 0;
  return {
    name,
    modified: Date.UTC(2026, 5, 1) * 1000,
    size: bytes.length,
    get position() {
      return position;
    },
    warning: '',
    next(buffer, at) {
      const n = Math.min(piece, bytes.length - position, buffer.length - at);
      buffer.set(bytes.subarray(position, position + n), at);
      position += n;
      return n;
    },
    close: () => undefined,
  };
}

export function contextOf(home: readonly string[]): Context {
  return {
    home: AddressSet.parse(home),
    homeSource: 'configured',
    allowlist: [],
    trustedProxies: AddressSet.parse([]),
  };
}

/** Runs all detectors with their defaults over inputs in memory. */
export async function runOver(
  files: Readonly<Record<string, Uint8Array | string>>,
  home: readonly string[],
  options: Partial<RunOptions> & { readonly piece?: number; readonly only?: readonly string[] } = {},
): Promise<RunResult> {
  const { piece, only, ...rest } = options;
  const chosen = detectors.filter(({ name }) => only === undefined || only.includes(name));
  const loaded = await Promise.all(chosen.map((entry) => entry.load()));
  return run({
    inputs: Object.keys(files),
    formats,
    detectors: loaded.map((detector) => ({ detector, config: detector.config.parse(undefined) })),
    context: contextOf(home),
    trustedProxies: AddressSet.parse([]),
    zone: 'UTC',
    memory: 512 << 20,
    cores: 1,
    logCrossings: true,
    open: (path) => {
      const content = files[path];
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      return Promise.resolve(inputOf(path, bytes, piece));
    },
    ...rest,
  });
}

/** What equality of runs is about: what findings say, without lines, names of sources and raw counts. */
export function sayings({ dossiers, facts }: RunResult): string[] {
  return dossiers
    .flatMap((dossier) =>
      dossier.findings.map((finding) =>
        JSON.stringify({
          detector: finding.detector,
          kind: finding.kind,
          actor: facts.book.text(finding.actor),
          time: finding.time,
          crossed: finding.crossed,
          crossings: finding.crossings
            .map(({ count, key, keyText, window, threshold, time, max }) =>
              [count, keyText || key, window, threshold, time, max].join(' '),
            )
            .sort(),
          targets: new Set(dossier.targets.map((target) => facts.book.text(target))).size,
          touches: dossier.touches.size,
          pages: dossier.pages.size,
          names: dossier.names.size,
        }),
      ),
    )
    .sort();
}
