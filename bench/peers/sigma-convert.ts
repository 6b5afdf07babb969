import { duckdbSql } from '../../src/languages/duckdb-sql.ts';
import { elasticEsql } from '../../src/languages/elastic-esql.ts';
import { sentinelKql } from '../../src/languages/sentinel-kql.ts';
import { splunkSpl } from '../../src/languages/splunk-spl.ts';
import { sigmaRules } from '../sigma-rules.ts';

// sigma-convert RULES: reads seeded rules and converts each once, the languages taking turns.
const [count] = process.argv.slice(2).map(Number);
const start = process.hrtime.bigint();
const languages = [splunkSpl, elasticEsql, sentinelKql, duckdbSql];
let bytes = 0;
for (const [index, rule] of sigmaRules(count).entries()) {
  const language = languages[index % languages.length];
  bytes += language.convert(rule, language.mapping).text.length;
}
console.log(JSON.stringify({ rules: count, bytes, seconds: Number(process.hrtime.bigint() - start) / 1e9 }));
