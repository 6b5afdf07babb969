import type { DuckDBConnection } from '@duckdb/node-api';
import type { Contact, Crossing, Popularity, Thresholds } from './crossings.ts';
import { hour, sortCrossings } from './crossings.ts';

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * A query over `contact(time BIGINT µs, actor, target, port VARCHAR, failed, inbound BOOLEAN)` that adds `worth`.
 * The learned table looks at whole event-time hours only: an answer in hour h counts for hours h + 1 … h + hours.
 */
export function worthSql(contact: string, popularity: Popularity): string {
  const listed = `port in (${popularity.ports.map(quote).join(', ')})`;
  if (popularity.learned === undefined)
    return `select *, (case when failed then 2 else 1 end - case when ${listed} then 1 else 0 end)::utinyint as worth from ${contact}`;
  const { sources, hours } = popularity.learned;
  return `
    with placed as materialized (
      select *, time // ${hour} as slot, case when inbound then 'in ' || target || ' ' || port else 'out ' || port end as service
      from ${contact}
    ), bounds as (select min(slot) as oldest, max(slot) as newest from placed),
    answered as (select distinct service, actor, slot from placed where not failed),
    known as materialized (
      select distinct service, actor, unnest(range(slot + 1, least(slot + ${hours}, newest) + 1)) as slot
      from answered, bounds
    ),
    popular as (select service, slot, count(*) as sources from known group by all having count(*) >= ${sources}),
    -- "Other" sources: where the count is only just reached, being one of them makes the difference.
    tight as (select k.service, k.slot, k.actor from known k join popular p using (service, slot) where p.sources = ${sources}),
    history as (select distinct slot from known)
    select p.time, p.actor, p.target, p.port, p.failed, p.inbound,
      (case when failed then 2 else 1 end - case
        when popular.sources is not null and tight.actor is null then 1
        when p.${listed} and (p.slot < bounds.oldest + ${hours} or history.slot is null) then 1
        else 0 end)::utinyint as worth
    from placed p cross join bounds
    left join history on history.slot = p.slot
    left join popular on popular.service = p.service and popular.slot = p.slot
    left join tight on tight.service = p.service and tight.slot = p.slot and tight.actor = p.actor`;
}

/**
 * Exact sliding distinct counts without a window per row. A value enters when it was not seen within W before, and
 * leaves W after it was last seen; the score is the running sum of what entered and left, once for worth ≥ 1 and once
 * for worth = 2. `scored(time, actor, target, port, worth)` is a table or view without rows of worth 0.
 *
 * Keys whose worths do not add up to the lowest threshold in the whole input cannot cross, and are dropped first: by
 * rows, which is cheap, then by distinct values.
 */
export function crossingsSql(
  kind: 'vertical' | 'horizontal',
  scored: string,
  thresholds: Thresholds,
  prune = true,
): string {
  const [of, value] = kind === 'vertical' ? ['target', 'port'] : ['port', 'target'];
  const spans = Object.entries(thresholds[kind]);
  const lowest = prune ? Math.min(...spans.map(([, threshold]) => threshold)) : 0;
  return `
    with busy as materialized (
      select actor, ${of} from ${scored} group by all having sum(worth) >= ${lowest}
    ), candidate as materialized (
      select actor, ${of} from (
        select actor, ${of}, max(worth) as worth from ${scored} semi join busy using (actor, ${of}) group by actor, ${of}, ${value}
      ) group by all having sum(worth) >= ${lowest}
    ), row as materialized (
      select actor, ${of} as key, ${value} as value, time, worth from ${scored} semi join candidate using (actor, ${of})
    ), seen as (
      select actor, key, value, 1 as level, time from row
      union all select actor, key, value, 2, time from row where worth = 2
    ), neighbours as materialized (
      select actor, key, time,
        time - lag(time) over w as since, lead(time) over w - time as until
      from seen window w as (partition by actor, key, value, level order by time)
    ), span(seconds, width, threshold) as (
      values ${spans.map(([seconds, threshold]) => `(${seconds}, ${Number(seconds) * 1_000_000}, ${threshold})`).join(', ')}
    ), change as (
      select actor, key, seconds, threshold, time, 1 as delta
      from neighbours, span where since is null or since >= width
      union all
      select actor, key, seconds, threshold, time + width, -1
      from neighbours, span where until is null or until >= width
    ), moment as (
      select actor, key, seconds, threshold, time, sum(delta) as delta from change group by all
    ), running as (
      select actor, key, seconds, threshold, time,
        sum(delta) over (partition by actor, key, seconds order by time) as score
      from moment
    )
    select '${kind}' as kind, actor, key, seconds, (min(time) filter (score >= threshold))::bigint as first, max(score)::integer as max
    from running group by actor, key, seconds, threshold having max(score) >= threshold`;
}

/** The same crossings as a query per window would be written: exact, a distinct count over a range for every row. */
export function rangeSql(kind: 'vertical' | 'horizontal', scored: string, thresholds: Thresholds): string {
  const [of, value] = kind === 'vertical' ? ['target', 'port'] : ['port', 'target'];
  const spans = Object.entries(thresholds[kind]).map(([seconds, threshold]) => ({ seconds, threshold }));
  const score = ({ seconds }: { seconds: string }): string =>
    `count(distinct ${value}) over w${seconds} + count(distinct case when worth = 2 then ${value} end) over w${seconds} as score${seconds}`;
  const frame = ({ seconds }: { seconds: string }): string =>
    `w${seconds} as (partition by actor, ${of} order by time range between ${Number(seconds) * 1_000_000 - 1} preceding and current row)`;
  return `
    with moment as materialized (
      select actor, ${of} as key, time, ${spans.map(score).join(', ')} from ${scored} window ${spans.map(frame).join(', ')}
    )
    ${spans
      .map(
        ({ seconds, threshold }) =>
          `select '${kind}' as kind, actor, key, ${seconds} as seconds, min(time) filter (score${seconds} >= ${threshold}) as first, max(score${seconds})::integer as max
           from moment group by actor, key having max(score${seconds}) >= ${threshold}`,
      )
      .join(' union all ')}`;
}

/** The crossings of `contacts` as DuckDB sees them. */
export async function crossingsOf(
  contacts: readonly Contact[],
  thresholds: Thresholds,
  popularity: Popularity,
  form: typeof crossingsSql = crossingsSql,
): Promise<Crossing[]> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(
      'create table contact(time bigint, actor varchar, target varchar, port varchar, failed boolean, inbound boolean)',
    );
    const appender = await connection.createAppender('contact');
    for (const row of contacts) {
      appender.appendBigInt(BigInt(row.time));
      appender.appendVarchar(row.actor);
      appender.appendVarchar(row.target);
      appender.appendVarchar(row.port);
      appender.appendBoolean(row.failed);
      appender.appendBoolean(row.inbound);
      appender.endRow();
    }
    appender.closeSync();
    await connection.run(
      `create table scored as select * from (${worthSql('contact', popularity)}) where worth > 0`,
    );
    return await readCrossings(connection, thresholds, form);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Both kinds, from the connection's table `scored`. */
export async function readCrossings(
  connection: DuckDBConnection,
  thresholds: Thresholds,
  form: typeof crossingsSql = crossingsSql,
): Promise<Crossing[]> {
  const found: Crossing[] = [];
  for (const kind of ['vertical', 'horizontal'] as const) {
    const reader = await connection.runAndReadAll(form(kind, 'scored', thresholds));
    for (const row of reader.getRows()) {
      const [, actor, of, window, first, max] = row;
      found.push({
        kind,
        actor: String(actor),
        of: String(of),
        window: Number(window),
        first: Number(first),
        max: Number(max),
      });
    }
  }
  return sortCrossings(found);
}
