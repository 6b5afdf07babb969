import { assetEntries, fieldNames } from './asset-entry.ts';
import type { AssetEntry, AssetFields } from './asset-entry.ts';
import type { Problems } from './context-file.ts';
import { columnName, csvRows } from './csv-rows.ts';

/** Rows below a header; columns that are not known are somebody else's and left alone. */
export function readAssetCsv(file: string, bytes: Buffer, problems: Problems): AssetEntry[] {
  const entries: AssetEntry[] = [];
  let columns: (string | undefined)[] | undefined;
  for (const { line, cells } of csvRows(bytes)) {
    if (!cells) {
      problems.add(file, line, 'a quote that never closes');
      continue;
    }
    if (!columns) {
      columns = cells.map((cell) => columnName(cell));
      if (columns.some((name) => name !== undefined && fieldNames[name] === 'address')) continue;
      problems.add(file, line, 'the header has no column for the address (address, ip, network)');
      return [];
    }
    const fields: AssetFields = {};
    for (const [i, name] of columns.entries()) {
      const field = name !== undefined && Object.hasOwn(fieldNames, name) ? fieldNames[name] : undefined;
      // Of two columns that mean the same (host, hostname) the first that says something stands.
      if (field && cells[i]) fields[field] ??= cells[i];
      else if (field === 'services' && cells[i] === '') fields.services ??= '';
    }
    const found = assetEntries(fields, `${file}:${line}`);
    if (typeof found === 'string') problems.add(file, line, found);
    else entries.push(...found);
  }
  return entries;
}
