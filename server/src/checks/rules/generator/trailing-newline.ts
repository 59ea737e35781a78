/** generator/trailing-newline: a single-line secret ends with a newline. */
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import { literal } from '../../../shell/flow/values.ts';
import { type FilledFile, filledFiles } from '../../facts/generator/script-secrets.ts';
import { forEachScript, named, type ScriptedGenerator } from '../../facts/generator/scripted-generators.ts';
import type { Report, Rule } from '../../rule.ts';

/** Matches files whose readers expect lines. */
const OF_LINES =
  /env|conf|cfg|ini$|json|ya?ml|toml|\.txt|\.md$|\.pem|\.key$|\.crt|\.cert|\.pub$|htpasswd|netrc|hash|credential|secrets$|users|hosts/i;

export const trailingNewline: Rule = {
  id: 'generator/trailing-newline',
  severity: 'hint',
  optional: true,
  summary: 'A secret of one line ends with a line break',
  documentation: `\
\`echo\`, \`openssl rand\`, \`pwgen\`, \`xkcdpass\` and \`uuidgen\` end their output with a line break, and the file has it too.
Programs that read a password or a token from a file often use the line break too: a login fails for no visible
reason, or a header contains a line break. Most programs strip it, and the fleet does not show what a program does, so
the rule is off by default.

Write \`printf %s "$x"\`, or remove the line break: \`openssl rand -hex 32 | tr -d '\\n'\`.

Files of lines (environment files, configuration, keys in PEM, hashes) and public files are not reported.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A token and a password',
        files: generatorFile(
          'login',
          `\
files.token = { };
files.password = { };
runtimeInputs = [ pkgs.openssl pkgs.xkcdpass ];
script = ''
  openssl rand -hex 32 > "$out/token"
# ^^^^^^^ generator/trailing-newline: tr -d
  password=$(xkcdpass -n 5 -d -)
  echo "$password" > "$out/password"
# ^^^^ generator/trailing-newline: printf
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'Without a line break, or in a file of lines',
        files: generatorFile(
          'login',
          `\
files.token = { };
files.password = { };
files."service.env" = { };
runtimeInputs = [ pkgs.openssl pkgs.xkcdpass ];
script = ''
  openssl rand -hex 32 | tr -d '\\n' > "$out/token"
  printf %s "$(xkcdpass -n 5 -d -)" > "$out/password"
  echo "TOKEN=$(cat "$out/token")" > "$out/service.env"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted): Iterable<Report> {
    const filled = filledFiles(scripted);
    for (const printed of filled) {
      const command = printsLine(scripted, printed);
      // Several writes create a file of several lines.
      if (command === null || filled.filter(({ file }) => file === printed.file).length > 1) continue;
      const at = scripted.script.placeOf(command.nameAt);
      if (at === null) continue;
      const advice = command.name === 'echo' ? 'Use `printf %s`.' : "Cut it off with `tr -d '\\n'`.";
      yield {
        at,
        message: `The secret "${printed.file.name}" of ${named(scripted)} ends with a line break, which some readers take for a part of it. ${advice}`,
      };
    }
  }),
};

/** Returns the last command that fills a file if it prints a single value followed by a newline, or null. */
function printsLine({ script }: ScriptedGenerator, { write, file, stages }: FilledFile): CommandFact | null {
  const command = stages.at(-1) ?? null;
  if (command === null || file.secret !== true || OF_LINES.test(file.name) || write.how !== 'redirect')
    return null;
  const words = command.arguments.map(({ value, text }) => literal(value) ?? text);
  switch (command.name) {
    case 'echo': {
      const [only] = command.arguments;
      if (stages.length > 1 || only === undefined || command.arguments.length > 1) return null;
      const text = script.source.text.slice(only.start, only.end);
      return /^"?\$(\w+|\{\w+\}|\([^)]*\))"?$/.test(text) ? command : null;
    }
    case 'openssl':
      return words[0] === 'rand' && words.some(word => word === '-hex' || word === '-base64')
        ? command
        : null;
    case 'pwgen':
    case 'xkcdpass':
    case 'uuidgen':
      return stages.length === 1 ? command : null;
    default:
      return null;
  }
}
