/** generator/unquoted-path: `$out` or a similar variable is not quoted. */

import { quotesAround } from '../../../edits/edit-script.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import { forEachScript, named, type ScriptedGenerator } from '../../facts/generator/scripted-generators.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const DIRECTORIES: ReadonlySet<string> = new Set(['in', 'out', 'prompts']);

export const unquotedPath: Rule = {
  id: 'generator/unquoted-path',
  severity: 'hint',
  optional: true,
  summary: '`$out`, `$in` or `$prompts` without quotes',
  documentation: `\
\`$out\`, \`$in\` or \`$prompts\` is expanded without quotes. These directories are in the temporary directory of the user
who runs \`clan\`. If its path contains a blank, Bash splits it: a redirection ends with \`ambiguous redirect\`, and a
command writes to unintended places.

On most machines the path has no blank, so the rule is off by default; turn it on if you share scripts with people
whose \`TMPDIR\` has one. Quote it: \`"$out"/key\` or \`"$out/key"\`. Where Bash does not split (assignments, \`[[ … ]]\`)
nothing is reported. A script is reported once, at the first such place; the fix quotes all of them.

Source: clan-core d7c35d912, \`clan_lib/vars/generate.py\` (a folder in \`$TMPDIR\`).`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A redirection',
        files: generatorFile(
          'token',
          `\
files.token = { };
script = ''
  head -c 32 /dev/urandom | base64 -w0 > $out/token
  #                                      ^^^^ generator/unquoted-path
'';
`,
        ),
      },
      {
        title: 'Several in one script',
        files: generatorFile(
          'token',
          `\
prompts.token.type = "hidden";
files.token = { };
script = ''
  mkdir -p $out
  #        ^^^^ generator/unquoted-path: in 2 more places
  cp $prompts/token $out/token
'';
`,
        ),
      },
      {
        title: 'In a string between double quotes',
        files: generatorFile(
          'token',
          `\
prompts.token.type = "hidden";
files.token = { };
script = "cp $prompts/token \\"$out/token\\"";
#            ^^^^^^^^ generator/unquoted-path
`,
        ),
      },
    ],
    good: [
      {
        title: 'In quotes, or where Bash does not split',
        files: generatorFile(
          'token',
          `\
prompts.token.type = "hidden";
files.token = { };
script = ''
  target=$out/token
  [[ -s $prompts/token ]] && cp "$prompts/token" "$target"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted, context): Iterable<Report> {
    const [first, ...others] = unquoted(scripted);
    if (first === undefined) return;
    yield {
      at: first.at,
      message:
        `\`$${first.name}\` is not quoted in the script of ${named(scripted)}${andMore(others.length)}: ` +
        'a blank in the path of the temporary directory would split it.',
      related: others.map(({ at, name }) => ({ at, message: `Here \`$${name}\` is not quoted.` })),
      fixes: fixesOf(context, [first, ...others]),
    };
  }),
};

/** A directory variable that is subject to word splitting, with its place. */
interface Unquoted {
  readonly name: string;
  readonly at: Place;
}

/**
 * Returns the unquoted variables in script order. Text that appears twice in the script from one place is
 * listed once.
 */
function unquoted(scripted: ScriptedGenerator): Unquoted[] {
  const { script } = scripted;
  const byPlace = new Map<string, Unquoted>();
  for (const { name, quoted, splits, ...range } of script.flow.variables) {
    if (!DIRECTORIES.has(name) || quoted || !splits || setsIt(scripted, name)) continue;
    const at = script.placeOf(range);
    if (at !== null && !byPlace.has(placeIdentity(at))) byPlace.set(placeIdentity(at), { name, at });
  }
  return [...byPlace.values()];
}

function setsIt({ script }: ScriptedGenerator, name: string): boolean {
  return script.flow.assignments.some(assignment => assignment.name === name);
}

function andMore(count: number): string {
  return count === 0 ? '' : ` (and in ${count} more ${count === 1 ? 'place' : 'places'})`;
}

/** Returns one fix for the whole script. Adjacent variables, such as `$out$in`, get one pair of quotes. */
function fixesOf({ sources }: CheckContext, all: readonly Unquoted[]): Fix[] {
  const stretches: Place[] = [];
  for (const { at } of all) {
    const before = stretches.at(-1);
    if (before?.file === at.file && before.end === at.start)
      stretches[stretches.length - 1] = { file: at.file, start: before.start, end: at.end };
    else stretches.push(at);
  }
  const edits = stretches.flatMap(at => quotesAround(sources, at) ?? []);
  const title = all.length === 1 ? 'Quote it' : `Put all ${all.length} in quotes`;
  return edits.length === 0 ? [] : [{ title, edits, preferred: true }];
}
