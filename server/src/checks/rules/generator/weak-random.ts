/** generator/weak-random: a secret is made of something that can be guessed. */
import type { GeneratorFile } from '../../../fleet/model/generators.ts';
import type { Argument, CommandFact } from '../../../shell/flow/flow-facts.ts';
import { literal, type ValuePart } from '../../../shell/flow/values.ts';
import type { Range } from '../../../shell/syntax.ts';
import { randomBits } from '../../facts/generator/random-programs.ts';
import {
  filledFiles,
  isFilterName,
  isHash,
  isPlainFilter,
  namesSecret,
  pipelineEndingIn,
} from '../../facts/generator/script-secrets.ts';
import {
  commandsOf,
  forEachScript,
  mayRedefineNames,
  named,
  type ScriptedGenerator,
} from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

/** Programs that print values which others know or can guess. */
const KNOWN: ReadonlySet<string> = new Set('date hostname uname whoami id uptime'.split(' '));
const WEAK_VARIABLES: ReadonlySet<string> = new Set(
  'RANDOM SECONDS EPOCHSECONDS EPOCHREALTIME HOSTNAME USER UID PPID BASHPID LOGNAME'.split(' '),
);

export const weakRandom: Rule = {
  id: 'generator/weak-random',
  severity: 'warning',
  summary: 'A secret made from guessable data',
  documentation: `\
A secret file is filled from \`$RANDOM\` (15 bits, from a generator that is not meant for secrets), from the time, or
from the hash of something that is in the script or publicly known. A hash adds nothing: anyone who can guess its
input can compute the secret. A year has only 32 million seconds to try. The rule also reports fewer than 32 bits from
a good source (\`xkcdpass -n 2\`: 60 million), and \`openssl rand\` without a number of bytes, which prints nothing and
succeeds: an error, because the secret is empty.

Use a source that is made for secrets: \`openssl rand -hex 32\`, \`head -c 32 /dev/urandom | base64\`, \`pwgen -s 32 1\`,
\`xkcdpass\`; \`$SRANDOM\` is fine too, but has only 32 bits.

Reported only if the secret has no other source. Public files, and a plain time in a file whose name does not suggest
a secret, are not reported. Source: \`apps/rand.c\` of OpenSSL 3.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'The time and $RANDOM',
        files: generatorFile(
          'tokens',
          `\
files.a = { };
files.b = { };
files.c = { };
script = ''
  date +%s | sha256sum | base64 | head -c 32 > "$out/a"
# ^^^^ generator/weak-random: guessed
  echo "$RANDOM$RANDOM" | md5sum > "$out/b"
# ^^^^ generator/weak-random
  salt=$(echo "my-service" | sha256sum)
  #      ^^^^ generator/weak-random
  printf %s "$salt" > "$out/c"
'';
`,
        ),
      },
      {
        title: 'Too little, and nothing',
        files: generatorFile(
          'tokens',
          `\
files.password = { };
files.env = { };
runtimeInputs = [ pkgs.openssl pkgs.xkcdpass ];
script = ''
  xkcdpass -n 2 > "$out/password"
# ^^^^^^^^ generator/weak-random: only 26 random bits
  echo "KEY=$(openssl rand -base64)" 48 > "$out/env"
  #           ^^^^^^^ generator/weak-random: prints nothing
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'Sources for secrets, and files that are none',
        files: generatorFile(
          'tokens',
          `\
prompts.password.type = "hidden";
files.a = { };
files.b = { };
files.port.secret = false;
runtimeInputs = [ pkgs.openssl ];
script = ''
  { date +%s; openssl rand 32; } | sha256sum > "$out/a"
  sha256sum < "$prompts/password" > "$out/b"
  echo "$((20000 + RANDOM % 1000))" > "$out/port"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted): Iterable<Report> {
    if (mayRedefineNames(scripted)) return;
    const { script } = scripted;
    for (const command of commandsOf(scripted)) {
      const at = isEmptyRandom(command) ? script.placeOf(command.nameAt) : null;
      if (at === null) continue;
      const message =
        `\`openssl rand\` without a number of bytes prints nothing and succeeds, so what ${named(scripted)} makes ` +
        'of it is empty. Add the number after its options: `openssl rand -hex 32`.';
      yield { at, message, severity: 'error' };
    }
    for (const { command, what } of weakSources(scripted)) {
      const at = script.placeOf(command.nameAt);
      if (at === null) continue;
      yield {
        at,
        message:
          `A secret of ${named(scripted)} is made of ${what}, which can be guessed. Use \`openssl rand -hex 32\` or ` +
          '`head -c 32 /dev/urandom | base64`.',
      };
    }
  }),
};

function isEmptyRandom(command: CommandFact): boolean {
  return command.name === 'openssl' && randomBits(command) === 0;
}

interface Source {
  readonly command: CommandFact;
  readonly what: string;
}

function* weakSources(scripted: ScriptedGenerator): Iterable<Source> {
  const { text } = scripted.script.source;
  for (const { file, stages } of filledFiles(scripted)) {
    if (file.secret !== true) continue;
    const weak = weakSource(stages, text) ?? tooFewBits(stages) ?? bareTime(stages, file);
    if (weak !== null) yield weak;
  }
  const { body } = scripted;
  const isAllSecret = body.complete.files && body.files.every(file => file.secret === true);
  for (const command of commandsOf(scripted)) {
    if (command.stdout !== 'captured' || command.name === null || !isFilterName(command.name)) continue;
    if (!isAllSecret && !goesToSecret(scripted, command)) continue;
    const weak = weakSource(pipelineEndingIn(scripted, command.index), text);
    if (weak !== null) yield weak;
  }
}

/**
 * Returns whether captured output ends up in the arguments of a command that fills a secret, directly or
 * through a variable.
 */
function goesToSecret(scripted: ScriptedGenerator, captured: CommandFact): boolean {
  const { flow } = scripted.script;
  const isIn = (inner: Range, outer: Range) => outer.start <= inner.start && inner.end <= outer.end;
  const variable = flow.assignments.find(assignment => isIn(captured, assignment))?.name;
  const spans: readonly Range[] =
    variable === undefined
      ? [captured]
      : flow.variables.filter(({ name, start }) => name === variable && start > captured.end);
  const fillers = filledFiles(scripted).flatMap(({ file, stages }) =>
    file.secret === true && stages[0] != null ? [stages[0]] : [],
  );
  return fillers.some(({ arguments: words }) => words.some(word => spans.some(span => isIn(span, word))));
}

/** Entropy that can be exhausted in an hour, even against a network service. */
const FEW_BITS = 32;

/** Returns the source of a secret that has too little entropy, or null. */
function tooFewBits([first, ...filters]: readonly (CommandFact | null)[]): Source | null {
  const bits = first == null ? null : randomBits(first);
  if (first == null || bits === null || bits === 0 || bits >= FEW_BITS || !filters.every(isPlainFilter))
    return null;
  return { command: first, what: `only ${Math.ceil(bits)} random bits (\`${first.name}\`)` };
}

/** Returns the program that prints the time into a file whose name suggests a secret, or null. */
function bareTime(stages: readonly (CommandFact | null)[], file: GeneratorFile): Source | null {
  const [first, ...filters] = stages;
  if (first?.name !== 'date' || !filters.every(isPlainFilter) || !first.arguments.every(isWeakArgument))
    return null;
  return namesSecret(file) ? { command: first, what: 'the time' } : null;
}

function isWeakArgument({ value }: Argument): boolean {
  return value.every(isWeak);
}

/**
 * Returns the first command of a pipeline if its whole output follows from that command and can be guessed, or
 * null.
 */
function weakSource([first, ...filters]: readonly (CommandFact | null)[], script: string): Source | null {
  if (first == null || !filters.every(isPlainFilter)) return null;
  const isHashed = filters.some(filter => filter?.name != null && isHash(filter.name));
  if (first.name !== null && KNOWN.has(first.name))
    return isHashed && first.arguments.every(isWeakArgument)
      ? { command: first, what: `the output of \`${first.name}\`` }
      : null;
  if (first.name !== 'echo' && first.name !== 'printf') return null;
  const parts = first.arguments.flatMap(({ value }) => value);
  const written = (argument: Argument) => script.slice(argument.start, argument.end);
  if (!first.arguments.every(argument => argument.value.every(isWeak) || isWeakArithmetic(written(argument))))
    return null;
  const isRandom =
    parts.some(part => part.kind === 'variable' && part.name === 'RANDOM') ||
    first.arguments.some(
      argument =>
        !argument.value.every(isWeak) &&
        numbersIn(written(argument)).some(expression => /\bRANDOM\b/.test(expression)),
    );
  if (isRandom) return { command: first, what: '`$RANDOM`' };
  const isText = first.arguments.every(({ value }) => literal(value) !== null);
  return isHashed ? { command: first, what: isText ? 'a fixed text' : 'publicly known data' } : null;
}

function isWeak(part: ValuePart): boolean {
  return part.kind === 'text' || (part.kind === 'variable' && WEAK_VARIABLES.has(part.name));
}

const ARITHMETIC = /\$\(\((?:[^$()`]|\([^$()`]*\))*\)\)/g;

function numbersIn(text: string): readonly string[] {
  return text.match(ARITHMETIC) ?? [];
}

/** Returns whether a text is like `"a-$((RANDOM % 16))"`: literals and numbers that can be guessed. */
function isWeakArithmetic(text: string): boolean {
  const numbers = numbersIn(text);
  const names = numbers.flatMap(expression => expression.match(/[A-Za-z_]\w*/g) ?? []);
  return (
    numbers.length > 0 &&
    names.every(name => WEAK_VARIABLES.has(name)) &&
    !/[$`*?{']/.test(text.replace(ARITHMETIC, ''))
  );
}
