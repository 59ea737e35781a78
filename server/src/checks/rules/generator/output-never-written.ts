/** generator/output-never-written: a declared file that no run of the script writes. */

import { persistPrompt } from '../../../edits/edit-options.ts';
import { replaced } from '../../../edits/edit-script.ts';
import { attributeText, stringText } from '../../../edits/edits.ts';
import type { Sources, TextEdit } from '../../../edits/text-edit.ts';
import { editAt } from '../../../edits/text-edit.ts';
import type { GeneratorBody, GeneratorFile } from '../../../fleet/model/generators.ts';
import type { FollowedScript } from '../../facts/followed-scripts.ts';
import { type UnwrittenFile, unwrittenFiles } from '../../facts/generator/lost-results.ts';
import {
  type ExaminedGenerator,
  examined,
  machinesOf,
  oncePerPlace,
} from '../../facts/generator/script-io.ts';
import type { CheckContext, Fix, Related, Report, Rule } from '../../rule.ts';

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
After a run each file in \`files\` must exist in \`$out\`; otherwise generation ends with *did not generate a file for …*.
A value that was generated earlier hides this until the generator runs again: on a new machine, after a restore, or
when a dependency changes.

Reported where the whole script is known and nothing in it can write the file: no program that receives \`$out\`, no
computed name, no custom program. Where there is no script but a prompt that nothing reads, \`persist = true\` is
missing. It stores the answer under the prompt's name; the default has been false since January 2025. The likely cause
is shown as a related place: a prompt whose answer is thrown away, an output under another name, a file that is
written outside of \`$out\`. A script that only fails with a message, or where the file is not there
(\`[ -s "$out/token" ] || exit 1\`), is a placeholder for values that are set by hand, and is not reported.

Source: clan-core d7c35d912, clan_lib/vars/generate.py.`,
  examples: () => ({
    bad: [
      {
        title: 'A prompt that should be persisted',
        files: {
          'modules/promtail.nix': module(
            '',
            '    #     ^^^^^^^^ generator/output-never-written: nothing writes "password"\n',
          ),
        },
      },
      {
        title: 'The program chooses the name by itself',
        files: {
          'modules/ssh-key.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.ssh-key = {
    files.id_ed25519 = { };
    files.id_ed25519_pub.secret = false;
    #     ^^^^^^^^^^^^^^ generator/output-never-written: never writes "$out/id_ed25519_pub"
    runtimeInputs = [ pkgs.openssh ];
    script = ''ssh-keygen -t ed25519 -N "" -f "$out/id_ed25519"'';
  };
}
`,
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
        title: 'A placeholder that asks for the value',
        files: {
          'modules/token.nix': `\
{
  clan.core.vars.generators.cloud-token = {
    files.token = { };
    script = ''
      if ! [ -s "$out/token" ]; then
        echo "set this with: clan vars set <machine> cloud-token/token" >&2
        exit 1
      fi
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
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  for (const subject of examined(context.fleet)) {
    const { body, script, generator } = subject;
    const unwritten = unwrittenFiles(subject);
    // Without a script, the missing script is reported instead of each file.
    const alike =
      script === null || script.flow.empty ? unwritten.filter(({ file }) => !hasPrompt(body, file)) : [];
    for (const output of unwritten) {
      const { file } = output;
      if (alike.indexOf(output) > 0) continue;
      const why =
        script === null ? 'There is no script, and nothing writes "' : 'The script never writes "$out/';
      const also = output === alike[0] ? alike.slice(1) : [];
      yield {
        at: file.at,
        message: `${why}${file.name}", so generating "${generator.name}" fails with "did not generate a file for '${file.name}'".${adviceOf(body, file)}`,
        machines: machinesOf(subject),
        related: [
          ...also.map(other => ({
            at: other.file.at,
            message: `Nor does anything write "${other.file.name}".`,
          })),
          ...relatedOf(script, output),
        ],
        fixes: fixesOf(context, subject, output),
      };
    }
  }
}

function hasPrompt(body: GeneratorBody, file: GeneratorFile): boolean {
  return body.prompts.some(({ name }) => name === file.name);
}

function adviceOf(body: GeneratorBody, file: GeneratorFile): string {
  return hasPrompt(body, file)
    ? ' If the answer to the prompt of that name is meant, set persist = true.'
    : '';
}

/** Returns the related places that explain the missing file; no other rule reports them. */
function relatedOf(script: FollowedScript | null, { misnamed, outside, prompts }: UnwrittenFile): Related[] {
  const writes = [
    ...(misnamed === null
      ? []
      : [{ write: misnamed, message: `Here "${misnamed.path.rest}" is written, which is not declared.` }]),
    ...outside.map(write => ({
      write,
      message: 'Here a file of this name is written, but outside of $out.',
    })),
  ];
  return [
    ...writes.flatMap(({ write, message }) => {
      const at = script?.placeOf(write) ?? null;
      return at === null ? [] : [{ at, message }];
    }),
    ...prompts.map(({ name, at }) => ({
      at,
      message: `The answer to the prompt "${name}" is thrown away: nothing reads it, and it is not persisted.`,
    })),
  ];
}

function fixesOf(
  { sources }: CheckContext,
  { body, script }: ExaminedGenerator,
  { file, misnamed, prompts }: UnwrittenFile,
): Fix[] {
  if (prompts.some(({ name }) => name === file.name)) {
    const edit = persistPrompt(sources, body, file.name);
    if (edit !== null) return [{ title: 'Persist the answer', edits: [edit], preferred: true, guess: true }];
  }
  const at = misnamed === null ? null : (script?.placeOf(misnamed) ?? null);
  const name = misnamed?.path.rest ?? '';
  if (at === null || name === '') return [];
  const declared = declaredAs(sources, file, name);
  const text = sources.parse(at.file)?.text.slice(at.start, at.end) ?? '';
  const last = text.lastIndexOf(name);
  // A name chosen by a program, such as `.pub` by `ssh-keygen`, cannot be changed.
  const edit =
    last === -1
      ? null
      : replaced(sources, at, text, text.slice(0, last) + file.name + text.slice(last + name.length));
  return [
    ...(edit === null
      ? []
      : [{ title: `Write to "${file.name}"`, edits: [edit], preferred: true, guess: true }]),
    ...(declared === null
      ? []
      : [
          {
            title: `Declare "${name}" instead`,
            edits: [declared],
            preferred: edit === null,
            guess: true,
          },
        ]),
  ];
}

/** Returns the edit that renames a declared file, or null if its name is not a literal at its place. */
function declaredAs(sources: Sources, { name: before, at }: GeneratorFile, name: string): TextEdit | null {
  const text = sources.parse(at.file)?.text.slice(at.start, at.end);
  if (text !== before && text !== stringText(before)) return null;
  return editAt(at, attributeText(name));
}
