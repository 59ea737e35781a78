/** generator/own-previous-output: a script reads its own previous output, which is never available. */
import type { ReadFact } from '../../../shell/flow/flow-facts.ts';
import { pathKey } from '../../../shell/flow/values.ts';
import type { Range, Statement } from '../../../shell/syntax.ts';
import type { FollowedScript } from '../../facts/followed-scripts.ts';
import { isAskedFor, isPersisted } from '../../facts/generator/lost-results.ts';
import {
  callsUnknownCode,
  type ExaminedGenerator,
  examined,
  machinesOf,
  mayBeSame,
  mayRunUnknownInOut,
  memberRead,
  oncePerPlace,
} from '../../facts/generator/script-io.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const ownPreviousOutput: Rule = {
  id: 'generator/own-previous-output',
  severity: 'warning',
  summary: 'A script looks for its own earlier output, which never exists',
  documentation: `\
Every run starts with an empty \`$out\`, and \`$in\` holds the files of the generator's dependencies, not its own. A
script that tries to keep what it generated earlier (\`[ -s "$out/password" ] || …\`, \`cp "$in/<itself>/password" …\`)
never finds it: every run creates a new value, while a database, a peer or a person still has the old one.

Not reported where the script wrote the file before, or in loops, where an earlier iteration may have.

A script cannot see what it generated before. Move the part that must stay the same into a generator of its own, which
does not run again when the others do, and read it as a dependency. Source: clan-core d7c35d912,
clan_lib/vars/generate.py.`,
  examples: () => ({
    bad: [
      {
        title: 'Testing an empty directory',
        files: {
          'modules/db.nix': `\
{
  clan.core.vars.generators.db = {
    files.password = { };
    script = ''
      if [ ! -s "$out/password" ]; then
      #         ^^^^^^^^^^^^^^^ generator/own-previous-output: $out is empty
        head -c 24 /dev/urandom | base64 > "$out/password"
      fi
    '';
  };
}
`,
        },
      },
      {
        title: 'The generator reads its own files',
        files: {
          'modules/db.nix': `\
{
  clan.core.vars.generators.db = {
    files.env = { };
    script = ''
      if [ -f "$in/db/env" ]; then
      #       ^^^^^^^^^^^^ generator/own-previous-output: never has its own files
        cp "$in/db/env" "$out/env"
      else
        echo "PASSWORD=$(head -c 24 /dev/urandom | base64)" > "$out/env"
      fi
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'What must stay the same is a generator of its own',
        files: {
          'modules/db.nix': `\
{
  clan.core.vars.generators.db-password = {
    files.password.deploy = false;
    script = ''
      head -c 24 /dev/urandom | base64 > "$out/password"
      [ -s "$out/password" ]
    '';
  };

  clan.core.vars.generators.db = {
    files.env = { };
    dependencies = [ "db-password" ];
    script = ''
      echo "PASSWORD=$(cat "$in/db-password/password")" > "$out/env"
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports({ fleet }: CheckContext): Iterable<Report> {
  for (const subject of examined(fleet)) {
    const { script } = subject;
    if (script === null) continue;
    const ownRead = readOfItself(subject, script);
    if (ownRead !== null) yield* reportOf(subject, script, ownRead, inputText(subject));
    for (const read of asksTooEarly(subject, script)) {
      const file = read.path.rest ?? '';
      yield* reportOf(
        subject,
        script,
        read,
        `$out is empty when a run starts, and nothing has written "${file}" by now: it is never there, whatever an earlier run made.`,
      );
    }
  }
}

function* reportOf(
  subject: ExaminedGenerator,
  script: FollowedScript,
  read: ReadFact,
  what: string,
): Iterable<Report> {
  const at = script.placeOf(read);
  if (at === null) return;
  yield {
    at,
    message: `${what} What should stay the same belongs into a generator of its own.`,
    machines: machinesOf(subject),
  };
}

function inputText({ generator }: ExaminedGenerator): string {
  return `A generator never has its own files below $in: "$in/${generator.name}" does not exist.`;
}

/** Returns the first read below `$in` with the generator's own name, or null. */
function readOfItself({ generator, body }: ExaminedGenerator, { flow }: FollowedScript): ReadFact | null {
  if (!body.complete.dependencies) return null;
  const { name } = generator;
  if (body.dependencies.some(({ value }) => mayBeSame(value, name))) return null;
  return flow.reads.find(read => read.how !== 'text' && memberRead(read, 'in')?.name === name) ?? null;
}

/** Returns the tests for files of `$out` that nothing can have written yet. */
function asksTooEarly({ body, whole }: ExaminedGenerator, script: FollowedScript): ReadFact[] {
  const { flow, tree } = script;
  if (!whole || flow.opaqueVariables || callsUnknownCode(flow) || mayRunUnknownInOut(flow)) return [];
  const asked = flow.reads.filter(
    ({ how, path }) =>
      how === 'test' && path.root === 'variable' && path.variable === 'out' && Boolean(path.rest),
  );
  if (asked.length === 0) return [];
  const repeated = repeatedIn(tree.body);
  return asked.filter(read => {
    const file = read.path.rest ?? '';
    if (read.path.pattern || isPersisted(body, file) || !body.complete.prompts) return false;
    if (isAskedFor(flow, file)) return false;
    if (flow.opaque.some(fact => fact.start < read.start)) return false;
    const before = flow.writes.some(({ order, path }) => {
      if (order > read.order) return false;
      if (path.root === 'unknown' || path.root === 'hole') return true;
      if (path.root !== 'variable' || path.variable !== 'out') return false;
      return path.rest === null || file === path.rest || file.startsWith(`${path.rest}/`);
    });
    return !before && !mayRunAgain(script, read, repeated);
  });
}

/**
 * Returns whether a test may run again after files have changed, in a loop or function. A loop over literal
 * words tests each file once.
 */
function mayRunAgain({ flow }: FollowedScript, read: ReadFact, repeated: readonly Repeated[]): boolean {
  const around = repeated.filter(loop => loop.start <= read.start && read.end <= loop.end);
  if (around.length === 0) return false;
  if (around.some(loop => loop.kind !== 'for')) return true;
  const key = pathKey(read.path);
  const others = flow.reads.filter(
    fact => fact.how === 'test' && fact.start === read.start && pathKey(fact.path) !== key,
  );
  return around.length > 1 || others.length === 0;
}

interface Repeated extends Range {
  readonly kind: 'for' | 'loop' | 'function';
}

/** Returns loops and functions at any depth. */
function repeatedIn(statements: readonly Statement[]): Repeated[] {
  return statements.flatMap((statement): Repeated[] => {
    const { start, end } = statement;
    switch (statement.kind) {
      case 'for':
        return [{ kind: 'for', start, end }, ...repeatedIn(statement.body)];
      case 'loop':
        return [{ kind: 'loop', start, end }];
      case 'function':
        return [{ kind: 'function', start, end }];
      case 'group':
      case 'subshell':
        return repeatedIn(statement.body);
      case 'pipeline':
        return repeatedIn(statement.stages);
      case 'list':
        return repeatedIn([statement.left, statement.right]);
      case 'not':
      case 'redirected':
      case 'background':
        return repeatedIn([statement.body]);
      case 'if':
        return repeatedIn([
          ...statement.branches.flatMap(branch => [...branch.condition, ...branch.body]),
          ...(statement.otherwise ?? []),
        ]);
      case 'case':
        return repeatedIn(statement.items.flatMap(item => item.body));
      default:
        return [];
    }
  });
}
