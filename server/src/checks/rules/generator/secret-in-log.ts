/** generator/secret-in-log: a script prints a secret to its own output, which clan logs. */
import type { WriteFact } from '../../../shell/flow/flow-facts.ts';
import { statementsIn } from '../../../shell/flow/visit.ts';
import type { Range } from '../../../shell/syntax.ts';
import {
  isSecretPath,
  pipelineEndingIn,
  secretVariables,
  showsSecret,
} from '../../facts/generator/script-secrets.ts';
import {
  commandsOf,
  forEachScript,
  isUncalled,
  mayRedefineNames,
  named,
  type ScriptedGenerator,
} from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

/** Programs that print their input. */
const PRINTERS: ReadonlySet<string> = new Set('cat tac head tail nl base64 base32 xxd od hexdump'.split(' '));

export const secretInLog: Rule = {
  id: 'generator/secret-in-log',
  severity: 'error',
  summary: 'A script prints a secret to its output, which is logged',
  documentation: `\
The script prints a secret file, or the answer of a hidden prompt, to its own standard output or standard error. clan
captures both and writes them to its log: the terminal, the log of a CI job, and the error message if the script
fails.

\`cat\` or \`echo\` without a redirection, and \`tee "$out/key"\` at the end of a pipeline (\`tee\` prints what it writes:
add \`> /dev/null\`), are errors. \`set -x\` prints every command with its arguments; where a secret is among
them, it is a warning. \`set -v\` prints only the script.

Source: clan-core d7c35d912, \`clan_lib/vars/generate.py\` (output is captured and logged).`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'Three ways to print a secret, and set -x',
        files: generatorFile(
          'login',
          `\
prompts.password.type = "hidden";
files.token = { };
files.password = { };
runtimeInputs = [ pkgs.openssl ];
script = ''
  set -x
# ^^^^^^ generator/secret-in-log: every command
  openssl rand -hex 32 | tee "$out/token"
  #                      ^^^ generator/secret-in-log: > /dev/null
  password=$(cat "$prompts/password")
  echo "password: $password"
  #    ^^^^^^^^^^^^^^^^^^^^^ generator/secret-in-log
  printf %s "$password" > "$out/password"
  cat "$out/password" >&2
  #   ^^^^^^^^^^^^^^^ generator/secret-in-log
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'Secrets that go to files, and output that is none',
        files: generatorFile(
          'login',
          `\
prompts.password.type = "hidden";
prompts.user = { };
files.token = { };
files.password = { };
files.user.secret = false;
runtimeInputs = [ pkgs.openssl ];
script = ''
  user=$(cat "$prompts/user")
  echo "login of $user"
  password=$(cat "$prompts/password")
  printf %s "$password" > "$out/password"
  echo "of ''\${#password} characters"
  openssl rand -hex 32 | tee "$out/token" > /dev/null
  cat "$prompts/user" | tee "$out/user"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted): Iterable<Report> {
    if (mayRedefineNames(scripted)) return;
    const { script } = scripted;
    for (const { at, message, isSure } of leaks(scripted)) {
      const place = script.placeOf(at);
      if (place !== null) yield { at: place, message, severity: isSure ? 'error' : 'warning' };
    }
  }),
};

interface Leak {
  readonly at: Range;
  readonly message: string;
  readonly isSure: boolean;
}

function* leaks(scripted: ScriptedGenerator): Iterable<Leak> {
  const { flow, source } = scripted.script;
  const variables = secretVariables(scripted);
  const secretReads = flow.reads.filter(
    ({ path, how }) => (how === 'file' || how === 'stdin') && isSecretPath(scripted, path),
  );
  for (const { name, on, ...at } of flow.options) {
    if (name !== 'xtrace' || !on || !tracesSecret(scripted, at, variables)) continue;
    const message = `\`set -x\` prints every command of the script of ${named(scripted)} with its arguments to clan's log, including secrets. Remove it.`;
    yield { at, message, isSure: false };
  }
  for (const command of commandsOf(scripted)) {
    const { name, stdout, certain: isSure } = command;
    if (name === null || stdout !== 'log' || isUncalled(scripted, command)) continue;
    if (name === 'echo' || name === 'printf') {
      for (const at of command.arguments) {
        if (!showsSecret(scripted, source.text.slice(at.start, at.end), variables)) continue;
        const message = `\`${name}\` prints the answer of a hidden prompt of ${named(scripted)} to clan's log. Write it to a file only.`;
        yield { at, message, isSure };
      }
    } else if (name === 'tee') {
      const isSecret = flow.writes.some(
        write => write.command === command.index && isSecretPath(scripted, write.path),
      );
      if (!isSecret) continue;
      const message = `\`tee\` prints what it writes: a secret of ${named(scripted)} goes to clan's log. Add \`> /dev/null\`, or use a redirection.`;
      yield { at: command.nameAt, message, isSure };
    } else if (PRINTERS.has(name)) {
      for (const read of secretReads.filter(secretRead => secretRead.command === command.index)) {
        const message = `\`${name}\` prints a secret of ${named(scripted)} to clan's log. Redirect or remove it.`;
        yield { at: read, message, isSure };
      }
    }
  }
}

/**
 * Returns whether a traced command has a secret among its arguments. Tracing does not show the contents of
 * files or pipes that a command reads.
 */
function tracesSecret(scripted: ScriptedGenerator, from: Range, variables: ReadonlySet<string>): boolean {
  const { flow, source } = scripted.script;
  const end = traceEnd(scripted, from);
  const isBelow = (range: Range) => range.start >= from.end && range.start < end;
  const shows = ({ start, end }: Range) => showsSecret(scripted, source.text.slice(start, end), variables);
  // In `x=$(cat "$prompts/x")` and `echo "$(cat "$out/key")"`, captured output becomes an argument.
  const captures = flow.reads.some(
    ({ path, command, ...at }) =>
      isBelow(at) &&
      command !== null &&
      flow.commands[command]?.stdout === 'captured' &&
      PRINTERS.has(flow.commands[command]?.name ?? '') &&
      isSecretPath(scripted, path),
  );
  return (
    captures ||
    flow.commands.some(command => isBelow(command) && command.arguments.some(shows)) ||
    flow.assignments.some(assignment => isBelow(assignment) && shows(assignment)) ||
    flow.writes.some(write => isBelow(write) && isSecretOutput(scripted, write) && isPrinted(scripted, write))
  );
}

/** Returns where the tracing enabled by `set -x` ends: at `set +x`, or at the end of its shell. */
function traceEnd({ script: { flow, tree } }: ScriptedGenerator, from: Range): number {
  const isAround = (range: Range) => range.start <= from.start && from.end <= range.end;
  if (flow.commands.some(command => command.stdout === 'captured' && isAround(command))) return from.end;
  const shells = statementsIn(tree.body).flatMap(({ statement }) =>
    statement.kind === 'subshell' && isAround(statement) ? [statement.end] : [],
  );
  const offs = flow.options.flatMap(({ name, on, start }) =>
    name === 'xtrace' && !on && start >= from.end ? [start] : [],
  );
  return Math.min(Number.POSITIVE_INFINITY, ...shells, ...offs);
}

/** Returns whether the write goes to a declared secret, whose name may be partly known. */
function isSecretOutput({ body }: ScriptedGenerator, { path }: WriteFact): boolean {
  const isOutput = path.root === 'variable' && path.variable === 'out' && path.rest !== null;
  return isOutput && body.files.find(file => file.name === path.rest)?.secret === true;
}

/** Returns whether the content comes from computed arguments of `echo` or `printf`. */
function isPrinted(scripted: ScriptedGenerator, { command }: WriteFact): boolean {
  const first = command === null ? null : pipelineEndingIn(scripted, command)[0];
  if (first?.name !== 'echo' && first?.name !== 'printf') return false;
  return first.arguments.some(({ value }) =>
    value.some(part => part.kind !== 'text' && part.kind !== 'hole'),
  );
}
