/** generator/outside-out: a script writes a result to a place that is not collected. */
import type { Flow, WriteFact } from '../../../shell/flow/flow-facts.ts';
import { baseName, pathKey } from '../../../shell/flow/values.ts';
import type { Range } from '../../../shell/syntax.ts';
import type { FollowedScript } from '../../facts/followed-scripts.ts';
import { isExplained } from '../../facts/generator/lost-results.ts';
import { callsUnknownCode, examined, machinesOf, oncePerPlace } from '../../facts/generator/script-io.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const module = (file: string, mark = ''): string => `\
{ pkgs, ... }:
{
  clan.core.vars.generators.api = {
    files.token = { };
    files.id = { };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/token"
      openssl rand -hex 8 > ${file}
${mark}    '';
  };
}
`;

export const outsideOut: Rule = {
  id: 'generator/outside-out',
  severity: 'warning',
  summary: 'A script writes outside of $out, where it is lost',
  documentation: `\
Scripts run in a sandbox: after the run, everything except \`$out\` is discarded, including the working directory and
the home directory. \`> ./token\`, \`> ~/token\` or \`> /var/lib/app/token\` succeed and leave nothing; without the sandbox,
on macOS or with \`--no-sandbox\`, they may overwrite a user's file.

Reported where the script writes a file that it never names again. A file that is used in between is fine, as are
\`/tmp\`, \`$TMPDIR\`, \`mktemp\`, configuration that programs look for by themselves (\`/etc\`, dot files in the home
directory) and everything in scripts that run unknown programs. Where a declared file is missing in \`$out\` because of
it, that file is reported instead, and this place is shown as related.

Write to \`"$out/<file>"\`. Source: clan-core d7c35d912, clan_lib/sandbox_exec.`,
  examples: () => ({
    bad: [
      {
        title: 'The directory the script starts in',
        files: {
          'modules/api.nix': module(
            './id',
            `\
      #                     ^^^^ generator/outside-out: thrown away after the run
`,
          ).replace('    files.id = { };\n', ''),
        },
      },
    ],
    good: [
      { title: 'Into $out', files: { 'modules/api.nix': module('"$out/id"') } },
      {
        title: 'A file that is used in between',
        files: {
          'modules/api.nix': module(`id.txt
      tr -d '\\n' < id.txt > "$out/id"`),
        },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports({ fleet }: CheckContext): Iterable<Report> {
  for (const subject of examined(fleet)) {
    const { script } = subject;
    if (script === null || callsUnknownCode(script.flow)) continue;
    for (const write of script.flow.writes) {
      const where = placeText(write);
      if (where === null || isGuess(script.flow, write) || isUsedAgain(script, write)) continue;
      if (isExplained(subject, write)) continue;
      const at = script.placeOf(write);
      if (at === null) continue;
      yield {
        at,
        message: `This writes ${where}, which is thrown away after the run: only what is in $out is stored. Write to "$out/…", or to a file below $TMPDIR if it is not needed later.`,
        machines: machinesOf(subject),
      };
    }
  }
}

/** Describes where a lost file is written, or returns null if the place is correct or unknown. */
function placeText({ path, how, fate }: WriteFact): string | null {
  if (fate !== 'kept' || (how !== 'redirect' && how !== 'append' && how !== 'command')) return null;
  const { root, rest, variable } = path;
  if (rest === null || rest === '' || path.directory || path.pattern) return null;
  if (root === 'start') return `"${rest}" into the directory that the script starts in`;
  if (root === 'variable' && variable === 'HOME')
    return rest.startsWith('.') || rest.includes('/.') ? null : `"${rest}" into the home directory`;
  if (root !== 'absolute') return null;
  return /^(tmp|dev|proc|sys|etc|run|nix|build|var\/tmp)(\/|$)/.test(rest) ? null : `"/${rest}"`;
}

/**
 * Returns whether the write is a guess: if options of a program are not known, its operands may mean something
 * else.
 */
function isGuess({ commands }: Flow, { how, command }: WriteFact): boolean {
  if (how !== 'command' || command === null) return false;
  const words = commands[command]?.arguments ?? [];
  return words.some(({ value }) => value.some(part => part.kind === 'unknown' || part.kind === 'hole'));
}

/**
 * Returns whether the script reads the file or mentions it elsewhere. Programs also find files by parts of
 * their names.
 */
function isUsedAgain({ source, flow }: FollowedScript, write: WriteFact): boolean {
  const key = pathKey(write.path);
  if (readsMany(flow) || flow.reads.some(read => pathKey(read.path) === key)) return true;
  const name = baseName(write.path) ?? '';
  const stem = /^[^.]+/.exec(name)?.[0] ?? name;
  const others = without(source.text, [write, ...flow.writes.filter(isRedirectedOut)]);
  return flow.writes.some(
    other => other !== write && other.start !== write.start && pathKey(other.path) === key,
  )
    ? false
    : isWordIn(others, stem);
}

/**
 * Returns whether the write is a redirection like `> "$out/token"`, which names what is stored and is not found
 * under another path.
 */
function isRedirectedOut({ path, how }: WriteFact): boolean {
  return path.root === 'variable' && path.variable === 'out' && (how === 'redirect' || how === 'append');
}

function without(text: string, ranges: readonly Range[]): string {
  let rest = text;
  for (const { start, end } of ranges)
    rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  return rest;
}

function isWordIn(text: string, word: string): boolean {
  const escaped = word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`(^|[^A-Za-z0-9_-])${escaped}([^A-Za-z0-9_-]|$)`).test(text);
}

/** Returns whether the script may read any file, by computed names, globs or whole directories. */
function readsMany(flow: Flow): boolean {
  return flow.reads.some(
    ({ path, how }) =>
      how !== 'text' &&
      (path.root === 'unknown' ||
        (path.rest === null && path.root !== 'variable') ||
        (path.root === 'start' && path.rest === '')),
  );
}
