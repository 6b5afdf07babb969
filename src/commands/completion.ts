import type { Command } from 'commander';
import { UsageError } from '../base/errors.ts';

/** Shell completion, written from the commands themselves, so that it cannot fall behind them. */
export function completionScript(program: Command, shell: string): string {
  const commands = [...leafCommands(program, [])];
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return `#compdef offtrail\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case 'fish':
      return fish(commands);
    default:
      throw new UsageError('completion: expected bash, zsh or fish');
  }
}

interface Leaf {
  readonly path: readonly string[];
  readonly description: string;
  readonly flags: readonly { readonly long: string; readonly description: string }[];
}

function* leafCommands(command: Command, path: readonly string[]): Generator<Leaf> {
  for (const child of command.commands) {
    const below = [...path, child.name()];
    if (child.commands.length > 0) {
      yield { path: below, description: child.description(), flags: [] };
      yield* leafCommands(child, below);
      continue;
    }
    const flags = child.options.flatMap(({ long, description }) => (long ? [{ long, description }] : []));
    yield { path: below, description: child.description(), flags };
  }
}

function wordsAfter(commands: readonly Leaf[], path: readonly string[]): string[] {
  return commands
    .filter((leaf) => leaf.path.length === path.length + 1 && path.every((word, i) => leaf.path[i] === word))
    .map((leaf) => leaf.path[path.length]);
}

function bash(commands: readonly Leaf[]): string {
  const cases = commands.map(({ path, flags }) => {
    const words = [...wordsAfter(commands, path), ...flags.map(({ long }) => long)];
    return `    '${path.join(' ')}') words='${words.join(' ')}' ;;`;
  });
  return `_offtrail() {
  local cur words path word
  cur=\${COMP_WORDS[COMP_CWORD]}
  path=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) case "$path$word" in ${knownPaths(commands)}) path="$path$word " ;; esac ;; esac
  done
  case "\${path% }" in
    '') words='${wordsAfter(commands, []).join(' ')} --help --version' ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  case $cur in -*) ;; *) COMPREPLY+=($(compgen -f -- "$cur")) ;; esac
}
complete -o filenames -F _offtrail offtrail
`;
}

function knownPaths(commands: readonly Leaf[]): string {
  return commands.map(({ path }) => `'${path.join(' ')}'`).join('|');
}

function fish(commands: readonly Leaf[]): string {
  const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
  const lines = ['complete -c offtrail -f -n __fish_use_subcommand'];
  for (const { path, description, flags } of commands) {
    const parent = path.slice(0, -1);
    const when =
      parent.length === 0 ? '__fish_use_subcommand' : `'__fish_seen_subcommand_from ${parent.at(-1)}'`;
    lines.push(`complete -c offtrail -n ${when} -a ${path.at(-1)} -d ${quoted(description)}`);
    for (const flag of flags) {
      lines.push(
        `complete -c offtrail -n '__fish_seen_subcommand_from ${path.at(-1)}' -l ${flag.long.slice(2)} -d ${quoted(flag.description)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
