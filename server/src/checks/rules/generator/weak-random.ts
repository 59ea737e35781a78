/** generator/weak-random: a secret made of what can be guessed. */
import type { Argument, CommandFact } from '../../../shell/flow/flow-facts.ts';
import { literal, type ValuePart } from '../../../shell/flow/values.ts';
import { filledFiles, stagesOf } from '../../facts/generator/script-secrets.ts';
import {
  commandsOf,
  forEachScript,
  isVeiled,
  named,
  type Scripted,
} from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

const HASHES: ReadonlySet<string> = new Set(
  'md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum'.split(' '),
);
/** Programs that make nothing up. */
const FILTERS: ReadonlySet<string> = new Set([
  ...HASHES,
  ...'base64 base32 basenc xxd od hexdump tr cut head tail fold sed awk grep rev tee'.split(' '),
]);
/** Programs that print what others know, or can try. */
const KNOWN: ReadonlySet<string> = new Set('date hostname uname whoami id uptime'.split(' '));
const WEAK_VARIABLES: ReadonlySet<string> = new Set(
  'RANDOM SECONDS EPOCHSECONDS EPOCHREALTIME HOSTNAME USER UID PPID BASHPID LOGNAME'.split(' '),
);

export const weakRandom: Rule = {
  id: 'generator/weak-random',
  severity: 'warning',
  summary: 'A secret made of what can be guessed',
  documentation: `\
A secret file is filled from \`$RANDOM\` (15 bits, from a generator that is not meant for secrets), from the time, or from
the hash of something that stands in the script or that everybody knows. A hash adds nothing: who can guess what was
hashed can compute the secret. All seconds of a year are 32 million attempts.

Use a source that is made for secrets: \`openssl rand -hex 32\`, \`head -c 32 /dev/urandom | base64\`, \`pwgen -s 32 1\`,
\`xkcdpass\`; \`$SRANDOM\` is fine too, but has only 32 bits.

Reported only if nothing else takes part. Public files are left alone.`,
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
    if (isVeiled(scripted)) return;
    const { script } = scripted;
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

interface Source {
  readonly command: CommandFact;
  readonly what: string;
}

function* weakSources(scripted: Scripted): Iterable<Source> {
  const { text } = scripted.script.source;
  for (const { file, stages } of filledFiles(scripted)) {
    const weak = file.secret === true ? weakSource(stages, text) : null;
    if (weak !== null) yield weak;
  }
  const { body } = scripted;
  if (!body.complete.files || body.files.some(file => file.secret !== true)) return;
  for (const command of commandsOf(scripted)) {
    if (command.stdout !== 'captured' || command.name === null || !FILTERS.has(command.name)) continue;
    const weak = weakSource(stagesOf(scripted, command.index), text);
    if (weak !== null) yield weak;
  }
}

/** Returns what a pipeline begins with, if all that comes out of it follows from that and it can be guessed. */
function weakSource([first, ...filters]: readonly (CommandFact | null)[], script: string): Source | null {
  if (first == null || filters.some(filter => filter?.name == null || !FILTERS.has(filter.name))) return null;
  // A filter that reads a file of its own may add to it.
  if (filters.some(filter => filter?.arguments.some(({ role }) => role === 'read'))) return null;
  const isHashed = filters.some(filter => filter?.name != null && HASHES.has(filter.name));
  if (first.name !== null && KNOWN.has(first.name))
    return isHashed ? { command: first, what: `the output of \`${first.name}\`` } : null;
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
  return isHashed ? { command: first, what: isText ? 'a fixed text' : 'what everybody knows' } : null;
}

function isWeak(part: ValuePart): boolean {
  return part.kind === 'text' || (part.kind === 'variable' && WEAK_VARIABLES.has(part.name));
}

const ARITHMETIC = /\$\(\((?:[^$()`]|\([^$()`]*\))*\)\)/g;

function numbersIn(text: string): readonly string[] {
  return text.match(ARITHMETIC) ?? [];
}

/** `"a-$((RANDOM % 16))"`: numbers of what can be guessed, and nothing else that is not written out. */
function isWeakArithmetic(text: string): boolean {
  const numbers = numbersIn(text);
  const names = numbers.flatMap(expression => expression.match(/[A-Za-z_]\w*/g) ?? []);
  return (
    numbers.length > 0 &&
    names.every(name => WEAK_VARIABLES.has(name)) &&
    !/[$`*?{']/.test(text.replace(ARITHMETIC, ''))
  );
}
