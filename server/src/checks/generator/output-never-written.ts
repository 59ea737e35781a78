/** generator/output-never-written: a declared file that no run of the script writes. */
import type { GeneratorBody, GeneratorFile } from '../../fleet/model.ts';
import type { WriteFact } from '../../shell/flow-facts.ts';
import type { ShellPath } from '../../shell/values.ts';
import { persistPrompt } from '../edit-options.ts';
import { replaced } from '../edit-script.ts';
import type { CheckContext, Fix, Related, Report, Rule } from '../rule.ts';
import type { FollowedScript } from '../scripts.ts';
import { suggest } from '../suggest.ts';
import { type Examined, examined, machinesOf, mayBeSame, mayWrite, memberRead, once } from './io.ts';

const module = (persist: string, mark = ''): string => `\
{
  clan.core.vars.generators.promtail = {
    files.password = { };
${mark}    prompts.password = {
      type = "hidden";
${persist}    };
  };
}
`;

export const outputNeverWritten: Rule = {
  id: 'generator/output-never-written',
  severity: 'error',
  summary: 'A declared file that the script never writes',
  documentation: `\
After a run each file in \`files\` must lie in \`$out\`; otherwise generation ends with *did not generate a file for …*.
A value that was generated earlier hides this until the generator runs again: on a new machine, after a restore, or when
a dependency changes.

Reported where the script is known whole and nothing in it can write the file: not a program that is handed \`$out\`, no
computed name, no program of the author's own. Where there is no script at all but a prompt that nobody reads,
\`persist = true\` is missing, which stores the answer under the prompt's name; it has been false by default since January
2025. A script that only fails with a message is a placeholder for values that are set by hand, and fine.

Source: clan-core d7c35d912, clan_lib/vars/generate.py.`,
  bad: [
    {
      title: 'A prompt that should be persisted',
      files: {
        'modules/promtail.nix': module(
          '',
          '    #     ^^^^^^^^ generator/output-never-written: nothing writes "password"\n',
        ).replace(
          '    prompts.password = {\n',
          '    prompts.password = {\n    #       ^^^^^^^^ generator/prompt-unused\n',
        ),
      },
    },
    {
      title: 'The script writes another name',
      files: {
        'modules/token.nix': `\
{
  clan.core.vars.generators.token = {
    files.token = { };
    #     ^^^^^ generator/output-never-written: never writes "$out/token"
    script = ''
      head -c 24 /dev/urandom | base64 > "$out/tokn"
      #                                  ^^^^^^^^^^^ generator/undeclared-output
    '';
  };
}
`,
      },
    },
  ],
  good: [
    {
      title: 'The prompt is persisted',
      files: { 'modules/promtail.nix': module('      persist = true;\n') },
    },
    {
      title: 'A placeholder for a value that is set by hand',
      files: {
        'modules/token.nix': `\
{
  clan.core.vars.generators.cloud-token = {
    files.token = { };
    script = ''
      echo "set this with: clan vars set <machine> cloud-token/token" >&2
      exit 1
    '';
  };
}
`,
      },
    },
    {
      title: 'A program that is handed the directory',
      files: {
        'modules/syncthing.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.syncthing = {
    files."cert.pem".secret = false;
    files."key.pem" = { };
    runtimeInputs = [ pkgs.syncthing ];
    script = ''syncthing generate --home "$out"'';
  };
}
`,
      },
    },
  ],
  check: context => once(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  for (const one of examined(context.fleet)) {
    const { body, script, generator, whole } = one;
    if (!whole) continue;
    for (const file of body.files) {
      if (file.from === 'prompt' || file.conditional || isPersisted(body, file.name)) continue;
      const why = script === null ? whyWithoutScript(one) : whyOf(one, script, file);
      if (why === null) continue;
      const wrong = script === null ? null : meantWrite(script, body, file.name);
      yield {
        at: file.at,
        message:
          `${why}, so generating "${generator.name}" fails with "did not generate a file for '${file.name}'".${adviceOf(body, file.name)}`.replace(
            'FILE',
            () => file.name,
          ),
        machines: machinesOf(one),
        related: relatedOf(script, wrong),
        fixes: fixesOf(context, one, file.name, wrong),
      };
    }
  }
}

/** The answer of a persisted prompt is written without a script. */
export function isPersisted(body: GeneratorBody, file: string): boolean {
  return body.prompts.some(({ name, persist }) => persist !== false && mayBeSame(name, file));
}

/** Prompts that nobody reads show that something is missing; without them it is a placeholder. */
function whyWithoutScript({ scriptless, body }: Examined): string | null {
  const isMistake =
    scriptless && body.prompts.length > 0 && body.prompts.every(({ persist }) => persist === false);
  return isMistake ? 'There is no script, and nothing writes "FILE"' : null;
}

function whyOf({ body }: Examined, script: FollowedScript, file: GeneratorFile): string | null {
  const { flow } = script;
  if (flow.fails || mayWrite(script, file.name)) return null;
  // A script that does nothing is as good as none.
  if (flow.empty && body.prompts.length === 0) return null;
  // `> "$secrets/x"`: the wrong variable is what is wrong, and is said there.
  if (flow.variables.some(({ name, set }) => FORMER.has(name) && set === 'never')) return null;
  if (flow.writes.some(({ path }) => isElsewhere(path) && path.rest === file.name)) return null;
  return 'The script never writes "$out/FILE"';
}

/** Where the outputs of the former `facts` were put. */
const FORMER = new Set(['secrets', 'facts']);

function isElsewhere({ root, variable }: ShellPath): boolean {
  return root === 'variable' && !['in', 'out', 'prompts', 'HOME', 'PWD'].includes(variable ?? '');
}

function adviceOf(body: GeneratorBody, file: string): string {
  const prompt = body.prompts.some(({ name }) => name === file);
  return prompt ? ' If the answer to the prompt of that name is meant, set persist = true.' : '';
}

/** An output of which the name is nearly the file's, and that nobody declares. */
function meantWrite({ flow }: FollowedScript, body: GeneratorBody, file: string): WriteFact | null {
  const names = body.files.map(({ name }) => name);
  return (
    flow.writes.find(({ path, how, fate }) => {
      if (path.root !== 'variable' || path.variable !== 'out' || !path.rest) return false;
      if (how === 'directory' || fate === 'removed' || names.includes(path.rest)) return false;
      return suggest(path.rest, names) === file;
    }) ?? null
  );
}

function relatedOf(script: FollowedScript | null, wrong: WriteFact | null): Related[] {
  const at = wrong === null ? null : (script?.placeOf(wrong) ?? null);
  return at === null || wrong === null
    ? []
    : [{ at, message: `Here "${wrong.path.rest}" is written, which is not declared.` }];
}

function fixesOf(
  { sources }: CheckContext,
  { body, script }: Examined,
  file: string,
  wrong: WriteFact | null,
): Fix[] {
  const prompt = body.prompts.find(({ name }) => name === file);
  const isRead = script?.flow.reads.some(read => memberRead(read, 'prompts')?.name === file) ?? false;
  if (prompt !== undefined && !isRead) {
    const edit = persistPrompt(sources, body, file);
    if (edit !== null) return [{ title: 'Persist the answer', edits: [edit], preferred: true, guess: true }];
  }
  const at = wrong === null ? null : (script?.placeOf(wrong) ?? null);
  const name = wrong?.path.rest ?? '';
  if (at === null || name === '') return [];
  const text = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  const last = text.lastIndexOf(name);
  if (last === -1) return [];
  const edit = replaced(sources, at, text, text.slice(0, last) + file + text.slice(last + name.length));
  return edit === null ? [] : [{ title: `Write to "${file}"`, edits: [edit], preferred: true, guess: true }];
}
