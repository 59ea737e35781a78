/** generator/path-as-text: the path of a prompt or dependency is used where its content is meant. */

import { wrapped } from '../../../edits/edit-script.ts';
import type { CommandFact, Flow, ReadFact } from '../../../shell/flow/flow-facts.ts';
import type { ShellPath } from '../../../shell/flow/values.ts';
import type { FollowedScript } from '../../facts/followed-scripts.ts';
import {
  type ExaminedGenerator,
  examined,
  machinesOf,
  memberRead,
  oncePerPlace,
} from '../../facts/generator/script-io.ts';
import { commandOfStage } from '../../facts/generator/script-secrets.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const bad = (script: string, tools = '[ pkgs.mkpasswd ]'): string => `\
{ pkgs, ... }:
{
  clan.core.vars.generators.nextcloud = {
    prompts.password.type = "hidden";
    files.adminpass = { };
    runtimeInputs = ${tools};
    script = ''
${script}
    '';
  };
}
`;

export const pathAsText: Rule = {
  id: 'generator/path-as-text',
  severity: 'warning',
  summary: 'The path of a prompt or a dependency is used where its content is meant',
  documentation: `\
\`$prompts/x\` and \`$in/dep/x\` are *paths* of files. \`echo "$prompts/password" > "$out/password"\` stores the text
\`/tmp/…/prompts/password\`, not the password: generation succeeds, and the service later runs with a password that
nobody typed and anyone can guess.

Reported where the path is certainly used as content: printed into a file of \`$out\`, hashed, piped into a program that
treats it as the secret, or tested for being empty, which a path never is. A path in a message, or passed to a program
that opens it, is fine.

Read the file: \`cat "$prompts/password"\`, \`$(cat "$prompts/password")\` inside of text, or \`< "$prompts/password"\`.
Source: clan-core d7c35d912, clan_lib/vars/generate.py, which writes one file per prompt and sets \`$prompts\`.`,
  examples: () => ({
    bad: [
      {
        title: 'A prompt is printed',
        files: {
          'modules/nextcloud.nix': bad(
            `\
      printf %s "$prompts/password" > "$out/adminpass"
      #         ^^^^^^^^^^^^^^^^^^^ generator/path-as-text: the path of the prompt "password"`,
            '[ ]',
          ),
        },
      },
      {
        title: 'A path is hashed',
        files: {
          'modules/nextcloud.nix': bad(`\
      echo "$prompts/password" | mkpasswd -s > "$out/adminpass"
      #    ^^^^^^^^^^^^^^^^^^^ generator/path-as-text`),
        },
      },
    ],
    good: [
      {
        title: 'The content is read',
        files: {
          'modules/nextcloud.nix': bad(`\
      echo "reading $prompts/password" >&2
      mkpasswd -s < "$prompts/password" > "$out/adminpass"`),
        },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  for (const subject of examined(context.fleet)) {
    if (subject.script === null) continue;
    for (const read of subject.script.flow.reads) {
      const report = reportOf(context, subject, subject.script, read);
      if (report !== null) yield report;
    }
  }
}

function reportOf(
  { sources }: CheckContext,
  subject: ExaminedGenerator,
  script: FollowedScript,
  read: ReadFact,
): Report | null {
  if (read.how !== 'text') return null;
  const file = fileText(read);
  if (file === null) return null;
  if (isInComment(script, read)) return null;
  const use = useOf(script, read);
  const at = use === null ? null : script.placeOf(read);
  if (use === null || at === null) return null;
  const fix = contentFix(sources, script, read);
  return {
    at,
    message: `This ${use} the path of the ${file}, not what is in it. Read the file: "$(cat …)".`,
    machines: machinesOf(subject),
    fixes: fix === null ? [] : [fix],
  };
}

/** Describes the file of `$prompts` or `$in`, or returns null. */
function fileText(read: ReadFact): string | null {
  const prompt = memberRead(read, 'prompts');
  if (prompt !== null) return `prompt "${prompt.name}"`;
  const input = memberRead(read, 'in');
  return input === null || input.file === null ? null : `file "${input.file}" of "${input.name}"`;
}

/**
 * Returns whether the path is in a comment meant for people, such as `# made from $in/ca/crt` in a
 * configuration.
 */
function isInComment({ source, flow }: FollowedScript, read: ReadFact): boolean {
  const use = flow.variables.find(
    variable =>
      variable.name === read.path.variable && read.start <= variable.start && variable.end <= read.end,
  );
  if (use === undefined) return false;
  const line = source.text.lastIndexOf('\n', use.start) + 1;
  const before = source.text.slice(Math.max(line, read.start), use.start);
  return /(^|["'\s])(#|\/\/|;)/.test(before);
}

/** Programs that take their arguments or input as the secret itself. */
const HASHES = new Set(
  'mkpasswd htpasswd argon2 bcrypt sha1sum sha224sum sha256sum sha384sum sha512sum md5sum b2sum'.split(' '),
);

/** Programs that print their input in another form. */
const CHANGES = new Set(
  'cat tr sed head tail cut base64 base32 xxd od hexdump tee fold rev sort uniq jq'.split(' '),
);

/** Returns a verb for what is done with the path, or null if it may be correct. */
function useOf({ source, flow }: FollowedScript, read: ReadFact): string | null {
  const command = read.command === null ? null : (flow.commands[read.command] ?? null);
  if (command === null)
    return /(^|[\s[])-[nz]\s+$/.test(source.text.slice(0, read.start)) ? 'asks about' : null;
  const argument = command.arguments.findIndex(({ start, end }) => start <= read.start && read.end <= end);
  if (argument === -1) return inputUse(flow, command);
  if (isTextOfJq(source.text, command, argument))
    return writesOutput(flow, command) ? 'stores' : pipedInto(flow, command);
  if (command.name === 'mkpasswd' || command.name === 'htpasswd' || isPasswd(command)) return 'hashes';
  if (command.name === 'test' || command.name === '[')
    return /(^|[\s[])-[nz]\s+$/.test(source.text.slice(0, read.start)) ? 'asks about' : null;
  if (command.name !== 'echo' && command.name !== 'printf') return null;
  if (writesOutput(flow, command)) return 'stores';
  return pipedInto(flow, command);
}

/** Returns whether the command is `openssl passwd`, whose operands are passwords. */
function isPasswd({ name, arguments: words }: CommandFact): boolean {
  return name === 'openssl' && words[0]?.text === 'passwd';
}

/**
 * Returns whether a word is the value of `--arg` and jq's program uses that name: `jq -n --arg key … '{$key}'`.
 */
function isTextOfJq(
  script: string,
  { name, start, end, arguments: words }: CommandFact,
  at: number,
): boolean {
  const variable = words[at - 1]?.text ?? '';
  if (name !== 'jq' || words[at - 2]?.text !== '--arg' || !/^\w+$/.test(variable)) return false;
  return new RegExp(`\\$${variable}(?!\\w)`).test(script.slice(start, end));
}

/** Returns a verb for the use of a here-document or here-string, or null. */
function inputUse(flow: Flow, command: CommandFact): string | null {
  if (HASHES.has(command.name ?? '') || isPasswd(command)) return 'hashes';
  return CHANGES.has(command.name ?? '') && writesOutput(flow, command) ? 'stores' : null;
}

function writesOutput(flow: Flow, command: CommandFact): boolean {
  return (
    isOutput(command.stdoutTo) ||
    flow.writes.some(({ command: by, path }) => by === command.index && isOutput(path))
  );
}

function isOutput(path: ShellPath | null): boolean {
  return path?.root === 'variable' && path.variable === 'out';
}

/** Returns a verb for what the rest of a pipeline does with the text, or null. */
function pipedInto(flow: Flow, command: CommandFact): string | null {
  if (command.stdout !== 'pipe') return null;
  const pipeline = flow.pipelines.find(fact => fact.stages.some(stage => stage.includes(command.index)));
  const first = pipeline?.stages.findIndex(stage => stage.includes(command.index)) ?? -1;
  if (pipeline === undefined || first === -1) return null;
  for (const stage of pipeline.stages.slice(first + 1)) {
    const next = commandOfStage(flow.commands, stage);
    if (next === null) return null;
    if (HASHES.has(next.name ?? '') || isPasswd(next)) return 'hashes';
    if (!CHANGES.has(next.name ?? '')) return null;
    if (writesOutput(flow, next)) return 'stores';
  }
  return null;
}

/** Returns the fix that puts `$(cat …)` around the path if it is written out. */
function contentFix(
  sources: CheckContext['sources'],
  { source, flow, placeOf }: FollowedScript,
  read: ReadFact,
): Fix | null {
  const { variable, rest } = read.path;
  const uses = flow.variables.filter(
    fact => fact.name === variable && read.start <= fact.start && fact.end <= read.end,
  );
  const [use] = uses;
  if (use === undefined || uses.length !== 1 || rest === null || rest === '') return null;
  const written = source.text.slice(use.end, read.end);
  if (!written.startsWith(`/${rest}`)) return null;
  const end = use.end + rest.length + 1;
  // In double quotes, `$(…)` needs no quotes of its own; an unquoted word does.
  const isQuoted = use.quoted || !use.splits;
  const at = placeOf({ start: use.start, end });
  const [before, after] = isQuoted ? ['$(cat "', '")'] : ['"$(cat "', '")"'];
  const edits = at === null ? null : wrapped(sources, at, before, after);
  return edits === null ? null : { title: 'Read the file', edits, preferred: true };
}
