import { DuckDBInstance } from '@duckdb/node-api';
import type { FieldScalar } from '../sigma/field-source.ts';

/** An event of a test: `t` in µs; a field that is absent is missing, null is an explicit null. */
export type TestEvent = { readonly t: number } & { readonly [field: string]: FieldScalar | undefined };

interface TestTable {
  readonly name: string;
  /** The column with the number of the row; `n` unless it says otherwise. */
  readonly row?: string;
  /** Column → SQL type. */
  readonly columns: Readonly<Record<string, string>>;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** An in-memory database with events in typed columns, a row number `n` and the names of explicit nulls in `nulls`. */
export async function openDuckdb(table: TestTable, events: readonly TestEvent[]) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const columns = Object.entries(table.columns);
  const definitions = columns.map(([name, type]) => `"${name}" ${type}`).join(', ');
  await connection.run(`CREATE TABLE ${table.name} (${table.row ?? 'n'} INTEGER, time BIGINT, nulls VARCHAR[], ${definitions})`);
  for (let from = 0; from < events.length; from += 500) {
    const rows = events.slice(from, from + 500).map((event, index) => {
      const nulls = columns.filter(([name]) => event[name] === null).map(([name]) => quote(name));
      const cells = columns.map(([name]) => {
        const value = event[name];
        if (value === undefined || value === null) return 'NULL';
        return typeof value === 'number' ? String(value) : quote(value);
      });
      return `(${from + index}, ${event.t}, [${nulls.join(', ')}], ${cells.join(', ')})`;
    });
    await connection.run(`INSERT INTO ${table.name} VALUES ${rows.join(',\n')}`);
  }
  return {
    /** The rows of a query, each column as text; NULL as undefined. */
    async rows(sql: string): Promise<Record<string, string | undefined>[]> {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjects().map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? undefined : String(value)])),
      );
    },
    close(): void {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
