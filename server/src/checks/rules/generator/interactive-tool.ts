/** generator/interactive-tool: a script runs a program that prompts on the terminal. */

import { scriptText } from '../../../edits/edit-script.ts';
import type { Place } from '../../../nix/places.ts';
import { questionOf } from '../../../shell/programs/interactive.ts';
import { commandsOf, forEachScript, named } from '../../facts/generator/scripted-generators.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

export const interactiveTool: Rule = {
  id: 'generator/interactive-tool',
  severity: 'warning',
  summary: 'A script runs a program that prompts on the terminal',
  documentation: `\
The script runs a program in a way that makes it prompt: \`ssh-keygen\` without \`-N\` asks for a passphrase,
\`openssl req\` without \`-subj\` for a name, \`mkpasswd\` without \`-s\` for a password, \`read\` for a line.

A script has no time limit and inherits the terminal, but what it prints is captured: whoever runs \`clan\` sees a run that
hangs, without the question. Without a terminal (continuous integration) it fails.

Pass the answer in the call, or declare a prompt, which clan asks before the run, and read its answer from \`$prompts\`.
Not reported where the program's standard input comes from a file or a pipe, or where not all options are known.

Source: clan-core d7c35d912, \`clan_lib/vars/generate.py\`.`,
  examples: ({ generatorFile }) => ({
    bad: [
      {
        title: 'A key whose passphrase ssh-keygen asks for',
        files: generatorFile(
          'ssh',
          `\
files.key = { };
files."key.pub".secret = false;
runtimeInputs = [ pkgs.openssh ];
script = ''
  ssh-keygen -t ed25519 -C ssh -f "$out/key"
# ^^^^^^^^^^ generator/interactive-tool: a passphrase
'';
`,
        ),
      },
      {
        title: 'A string between double quotes',
        files: generatorFile(
          'ssh',
          `\
files.key = { };
files."key.pub".secret = false;
runtimeInputs = [ pkgs.openssh ];
script = "ssh-keygen -t ed25519 -f \\"$out/key\\"";
#         ^^^^^^^^^^ generator/interactive-tool: a passphrase
`,
        ),
      },
      {
        title: 'A password that is to be typed',
        files: generatorFile(
          'login',
          `\
files.hash = { };
runtimeInputs = [ pkgs.mkpasswd ];
script = ''
  mkpasswd -m sha-512 > "$out/hash"
# ^^^^^^^^ generator/interactive-tool: a password
'';
`,
        ),
      },
    ],
    good: [
      {
        title: 'Calls that ask nothing',
        files: generatorFile(
          'ssh',
          `\
prompts.password.type = "hidden";
files.key = { };
files."key.pub".secret = false;
files.other-key = { };
files."other-key.pub".secret = false;
files.hash = { };
files."ca.crt".secret = false;
runtimeInputs = [ pkgs.openssh pkgs.openssl pkgs.mkpasswd ];
script = ''
  ssh-keygen -t ed25519 -N "" -f "$out/key"
  ssh-keygen -t ed25519 -P "" -f "$out/other-key"
  ssh-keygen -lf "$out/key"
  mkpasswd -s -m sha-512 < "$prompts/password" > "$out/hash"
  openssl req -x509 -key "$out/key" -subj "/CN=example" -out "$out/ca.crt"
  while read -r line; do echo "$line"; done < "$out/key.pub"
'';
`,
        ),
      },
    ],
  }),
  check: forEachScript(function* (scripted, context): Iterable<Report> {
    const { script } = scripted;
    for (const command of commandsOf(scripted)) {
      const question = questionOf(command);
      const at = question === null ? null : script.placeOf(command.nameAt);
      if (question === null || at === null) continue;
      yield {
        at,
        message:
          `\`${command.name}\` asks for ${question.asks} on the terminal, and the run of ${named(scripted)} hangs: ` +
          `${question.instead}.`,
        fixes: question.words === null ? [] : fixesOf(context, at, question.words),
      };
    }
  }),
};

function fixesOf({ sources }: CheckContext, at: Place, words: string): Fix[] {
  const text = scriptText(sources, at, ` ${words}`);
  if (text === null) return [];
  const edits = [{ file: at.file, start: at.end, end: at.end, text }];
  return [{ title: `Add \`${words}\``, edits, preferred: true }];
}
