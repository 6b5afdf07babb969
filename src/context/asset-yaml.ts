import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { YAMLMap } from 'yaml';
import { faultOf } from '../base/errors.ts';
import { nearest } from '../config/suggest.ts';
import { assetEntries, fieldNames } from './asset-entry.ts';
import type { AssetEntry, AssetFields } from './asset-entry.ts';
import type { Problems } from './context-file.ts';

/** A list of entries, at the top or below `assets:`. */
export function readAssetYaml(file: string, text: string, problems: Problems): AssetEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, keepSourceTokens: false });
  const lineOf = (node: unknown): number => {
    const { range } = node as { range?: readonly number[] | null };
    return lines.linePos(range?.[0] ?? 0).line;
  };
  for (const { message, pos } of document.errors)
    problems.add(file, lines.linePos(pos[0]).line, faultOf(message));
  if (document.errors.length > 0) return [];
  const top = document.contents;
  const list = isMap(top) ? top.get('assets', true) : top;
  if (!isSeq(list)) {
    problems.add(file, 1, 'expected a list of assets, at the top or below `assets:`');
    return [];
  }
  return list.items.flatMap((item) => {
    const line = lineOf(item);
    if (!isMap(item)) {
      problems.add(file, line, 'expected an asset: address, name, services, owner, criticality, since, use');
      return [];
    }
    const fields = fieldsOf(item, (message, node) => problems.add(file, lineOf(node), message));
    const entries = assetEntries(fields, `${file}:${line}`);
    if (typeof entries !== 'string') return entries;
    problems.add(file, line, entries);
    return [];
  });
}

function fieldsOf(map: YAMLMap, wrong: (message: string, node: unknown) => void): AssetFields {
  const fields: AssetFields = {};
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const field = Object.hasOwn(fieldNames, name) ? fieldNames[name] : undefined;
    if (!field) {
      const close = nearest(name, Object.keys(fieldNames));
      wrong(
        `unknown key ${JSON.stringify(name.slice(0, 60))}${close ? `; did you mean ${close}?` : ''}`,
        key,
      );
      continue;
    }
    const parts = isSeq(value) ? value.items : [value];
    const texts = parts.flatMap((part) => {
      if (isScalar(part)) return part.value === null ? [] : [textOf(part.value)];
      wrong(`${name}: expected a text or a list of texts`, part ?? key);
      return [];
    });
    fields[field] = [fields[field] ?? [], texts].flat().join(' ');
  }
  return fields;
}

/** Dates stay texts in YAML 1.2; numbers (a bare port) become texts. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
