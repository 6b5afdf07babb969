#!/usr/bin/env node
import { Command } from 'commander';
import { UsageError, messageOf } from './base/errors.ts';
import { safeText } from './base/safe-text.ts';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue as plugins } from './catalog.ts';
import { closeQuietly } from './commands/streams.ts';
import type { Streams } from './commands/streams.ts';
import manifest from '../package.json' with { type: 'json' };

/*
 * The commands and their options. What they do is loaded when they are called, so that --help answers at once.
 * Exit codes: 0 done (findings are no error), 1 something went wrong while running, 2 usage or configuration, 10 --fail-on.
 */

// From Node 22.1 on, what was compiled once is kept for the next run; NODE_DISABLE_COMPILE_CACHE=1 switches that off.
if ('enableCompileCache' in nodeModule && typeof nodeModule.enableCompileCache === 'function')
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), 'offtrail'));

/** Where the system wants what can be made again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '' ? XDG_CACHE_HOME : join(homedir(), '.cache');
}

const worker = new URL('./parse-worker.js', import.meta.url);
// Run from its sources the program has no bundled worker, and parses in one thread.
const catalogue = {
  ...plugins,
  worker: existsSync(worker) ? worker : undefined,
  // Beside dist/ and src/ alike.
  shippedRules: fileURLToPath(new URL('../rules', import.meta.url)),
  shippedContext: fileURLToPath(new URL('../context', import.meta.url)),
};
const streams: Streams = { out: process.stdout, err: process.stderr, env: process.env };

/** Runs an action and turns its code, or what it threw, into the exit code. */
async function leave(action: Promise<number>): Promise<void> {
  try {
    process.exitCode = await action;
  } catch (thrown) {
    const usage = thrown instanceof UsageError;
    // The system's own errors say what failed in words, not where.
    const path = thrown instanceof Error && 'path' in thrown ? `${String(thrown.path)}: ` : '';
    for (const line of `${path}${messageOf(thrown)}`.split('\n'))
      streams.err.write(`offtrail: ${safeText(line)}\n`);
    if (!usage && streams.env.OFFTRAIL_DEBUG && thrown instanceof Error)
      streams.err.write(`${thrown.stack}\n`);
    process.exitCode = usage ? 2 : 1;
  }
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

function withConfig(command: Command): Command {
  return command
    .option('--config <file>', 'read this configuration instead of ./offtrail.yaml')
    .option('--home <networks>', 'the networks you defend, with commas; guessed when absent', collect)
    .option('--zone <zone>', 'zone of time stamps that carry none (default: UTC)')
    .option('--cores <number>', 'threads at most')
    .option('--memory <size>', 'ceiling of the process, such as 512MiB');
}

const program = new Command('offtrail')
  .description('Finds active scanning (MITRE ATT&CK T1595) in the logs and captures you already have.')
  .version(manifest.version, '-V, --version')
  .showSuggestionAfterError()
  .showHelpAfterError('(--help shows what there is)')
  .configureHelp({ sortSubcommands: false })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

withConfig(
  program
    .command('detect')
    .description('read logs and captures once, and report who scanned')
    .argument('[files...]', 'files, folders, or - for standard input'),
)
  .option('--json', 'one JSON object a line: incidents, then a summary')
  .option('--csv', 'one row per incident')
  .option('--grepable', 'one line per incident, key=value separated by tabs')
  .option('--xml', 'the whole report as XML')
  .option('--html <file>', 'also write the report as a web page')
  .option('--format <name>', 'read every input as this format instead of recognising it')
  .option('--mapping <file>', 'read logs as this mapping file says; may be given again', collect)
  .option('--rules <path>', 'also run these Sigma rules: a file, a folder, or shipped', collect)
  .option(
    '--fail-on <severity>',
    'exit with 10 if an incident is this severe: info, low, medium, high, critical',
  )
  .option('--crossings <file>', 'also write every threshold crossing, as CSV')
  .option('-q, --quiet', 'no progress, no warnings')
  .option('--no-color', 'no colours')
  .option('-v, --verbose', 'everything in full')
  .action(async (files: string[], options) => {
    const { detect } = await import('./commands/detect.ts');
    await leave(detect(catalogue, files, options, streams));
  });

withConfig(
  program
    .command('explain')
    .description('say what Offtrail makes of a record: its format, its fields, and what each detector counts')
    .argument('<record>', 'a log line, FILE:NUMBER, or - for lines on standard input'),
)
  .option('--format <name>', 'read it as this format')
  .option('--mapping <file>', 'read it as this mapping file says; may be given again', collect)
  .action(async (record: string, options) => {
    const { explain } = await import('./commands/explain.ts');
    await leave(explain(catalogue, record, options, streams));
  });

const rules = program.command('rules').description('Sigma rules: list, test, check, translate and tune them');
const withRules = (command: Command): Command =>
  command
    .option('--rules <path>', 'a file, a folder, or shipped (default: shipped)', collect)
    .option('--json', 'one JSON object a line');
withRules(rules.command('list').description('name the rules')).action(async (options) => {
  const { rulesList } = await import('./commands/rules.ts');
  await leave(rulesList(catalogue, options, streams));
});
withRules(
  rules
    .command('show')
    .description('say all that is known of a rule')
    .argument('<rule>', 'its name, id or title'),
).action(async (name: string, options) => {
  const { rulesShow } = await import('./commands/rules.ts');
  await leave(rulesShow(catalogue, name, options, streams));
});
withRules(
  rules.command('test').description('run the test events that stand beside the rules (*.test.yml)'),
).action(async (options) => {
  const { rulesTest } = await import('./commands/rules.ts');
  await leave(rulesTest(catalogue, options, streams));
});
withRules(rules.command('lint').description('say what is wrong with rules, and what could be better')).action(
  async (options) => {
    const { rulesLint } = await import('./commands/rules.ts');
    await leave(rulesLint(catalogue, options, streams));
  },
);
withRules(
  rules
    .command('convert')
    .description('write rules as queries of another system; what it cannot say is refused')
    .argument('[rule...]', 'names or ids; default: every rule that reports')
    .requiredOption(
      '-t, --target <language>',
      'splunk-spl, elastic-esql, elastic-query-dsl, sentinel-kql, sentinel-kql-raw, duckdb-sql',
    )
    .option(
      '--mapping <file>',
      'where your events are and what their fields are called (docs/sigma-mappings.md)',
    ),
).action(async (names: string[], options) => {
  const { rulesConvert } = await import('./commands/rules.ts');
  await leave(rulesConvert(catalogue, { ...options, ...(names.length > 0 ? { rule: names } : {}) }, streams));
});
withRules(
  withConfig(
    rules
      .command('tune')
      .description('replay logs and say for each threshold of a correlation who would have reached it')
      .argument('<rule>', 'its name or id')
      .argument('<data...>', 'files or folders'),
  ).option('--format <name>', 'read every input as this format'),
).action(async (name: string, data: string[], options) => {
  const { rulesTune } = await import('./commands/rules-tune.ts');
  await leave(rulesTune(catalogue, name, data, options, streams));
});

program
  .command('formats')
  .description('list what can be read')
  .option('--json', 'one JSON object a line')
  .action(async (options: { json?: boolean }) => {
    const { listFormats } = await import('./commands/formats.ts');
    await leave(listFormats(catalogue, options, streams));
  });

const config = program.command('config').description('check the configuration, or print what is in force');
withConfig(
  config
    .command('check')
    .description('name file, line, column and key of everything that is wrong')
    .argument('[file]', 'the file to check'),
).action(async (file: string | undefined, options) => {
  const { configCheck } = await import('./commands/config-commands.ts');
  await leave(configCheck(catalogue, file, options, streams));
});
withConfig(
  config.command('dump').description('print what is in force as YAML, with where each value comes from'),
).action(async (options) => {
  const { configDump } = await import('./commands/config-commands.ts');
  await leave(configDump(catalogue, options, streams));
});

const context = program
  .command('context')
  .description('lists of known scanners, crawlers and bad addresses, and what they say of one');
withConfig(
  context
    .command('update')
    .description('read the sources that the configuration names, and put them into the context folder')
    .option('--fetch', 'also get those with a URL; nothing else ever goes to the network'),
).action(async (options) => {
  const { contextUpdate } = await import('./commands/context-commands.ts');
  await leave(contextUpdate(catalogue, options, streams));
});
withConfig(context.command('list').description('name the lists in force, with source and date')).action(
  async (options) => {
    const { contextList } = await import('./commands/context-commands.ts');
    await leave(contextList(catalogue, options, streams));
  },
);
withConfig(
  context
    .command('show')
    .description('say what is known of an address')
    .argument('<address>', 'IPv4 or IPv6'),
).action(async (address: string, options) => {
  const { contextShow } = await import('./commands/context-commands.ts');
  await leave(contextShow(catalogue, address, options, streams));
});

program
  .command('completion')
  .description('print a completion script for bash, zsh or fish')
  .argument('<shell>', 'bash, zsh or fish')
  .action(async (shell: string) => {
    const { completionScript } = await import('./commands/completion.ts');
    await leave(
      (async () => {
        streams.out.write(completionScript(program, shell));
        return Promise.resolve(0);
      })(),
    );
  });

closeQuietly(process.stdout);
closeQuietly(process.stderr);
await program.parseAsync();
