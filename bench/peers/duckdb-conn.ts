// A peer of `offtrail detect` on conn.log: DuckDB, exact crossings of two keys in three windows. FILE THREADS [FORM]
import { DuckDBInstance } from '@duckdb/node-api';
import { crossingsSql, rangeSql, readCrossings } from '../crossings-sql.ts';
import { fanOutThresholds } from '../fan-out-thresholds.ts';
import { popularPorts } from '../popular-ports.ts';
import { connActorSql, connAnsweredSql, connProbeSql, connTimeSql, readConnSql } from '../zeek-conn-sql.ts';

const [file, threads, form = 'pruned'] = process.argv.slice(2);
const forms: Readonly<Record<string, typeof crossingsSql>> = {
  pruned: crossingsSql,
  changes: (kind, scored, thresholds) => crossingsSql(kind, scored, thresholds, false),
  range: rangeSql,
};
const instance = await DuckDBInstance.create(':memory:', { threads, preserve_insertion_order: 'false' });
const connection = await instance.connect();
// Ports of UDP stand above those of TCP: an integer is cheaper to group by than a text.
const port = (text: string): number => Number(text.slice(4)) + (text.startsWith('udp') ? 65_536 : 0);
await connection.run(`
  create temp table scored as
  select ${connTimeSql} as time, ${connActorSql} as actor, resp_h as target,
    case proto when 'tcp' then resp_p else resp_p + 65536 end as port,
    (case when ${connAnsweredSql} then 1 else 2 end - case when port in (${popularPorts.map(port).join(', ')}) then 1 else 0 end)::utinyint as worth
  from ${readConnSql(file)} where ${connProbeSql} and worth > 0`);
for (const c of await readCrossings(connection, fanOutThresholds, forms[form]))
  console.log([c.kind, c.actor, c.of, c.window, c.first, c.max].join(','));
connection.closeSync();
instance.closeSync();
