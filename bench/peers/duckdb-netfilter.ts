// DuckDB on netfilter lines: exact crossings of two keys in three windows, static popularity. FILE THREADS
import { DuckDBInstance } from '@duckdb/node-api';
import { readCrossings } from '../crossings-sql.ts';
import { fanOutThresholds } from '../fan-out-thresholds.ts';
import { popularPorts } from '../popular-ports.ts';

const [file, threads] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads, preserve_insertion_order: 'false' });
const connection = await instance.connect();
const field = (name: string): string => `split_part(split_part(line, ' ${name}=', 2), ' ', 1)`;
const listed = popularPorts.map((port) => `'${port}'`).join(', ');
await connection.run(`
  create temp table scored as
  select epoch_us(case when line[1] = '2' then substr(line, 1, 26)::timestamp
      else strptime('2026 ' || substr(line, 1, 15), '%Y %b %d %H:%M:%S') end) as time,
    case when contains(source, ':') then source[1:19] else source end as actor, target,
    lower(proto) || '/' || port as port,
    (case when (lower(proto) || '/' || port) in (${listed}) then 1 else 2 end)::utinyint as worth
  from (
    select line, ${field('SRC')} as source, ${field('DST')} as target, ${field('PROTO')} as proto, ${field('DPT')} as port
    from read_csv('${file.replaceAll("'", "''")}', delim='\\x01', header=false, quote='', escape='', auto_detect=false, columns={'line': 'VARCHAR'})
  ) where port <> ''`);
for (const c of await readCrossings(connection, fanOutThresholds))
  console.log([c.kind, c.actor, c.of, c.window, c.first, c.max].join(','));
connection.closeSync();
instance.closeSync();
