/** generator/read-after-removal: a script reads a file that it has moved or removed. */
import type { ReadFact } from '../../../shell/flow/flow-facts.ts';
import {
  callsUnknownCode,
  type ExaminedGenerator,
  examined,
  failsWithout,
  machinesOf,
  mayRunUnknownInOut,
  oncePerPlace,
  opens,
} from '../../facts/generator/script-io.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

function files(script: string): Record<string, string> {
  return {
    'modules/ssh.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.deploy-key = {
    prompts.key.type = "multiline-hidden";
    files.key = { };
    files."key.pub".secret = false;
    runtimeInputs = [ pkgs.openssh ];
    script = ''
${script}
    '';
  };
}
`,
  };
}

export const readAfterRemoval: Rule = {
  id: 'generator/read-after-removal',
  severity: 'error',
  summary: 'A script reads a file that it has moved away or removed',
  documentation: `\
The script moves or removes a file of \`$prompts\`, \`$in\` or \`$out\`, and reads it from its old place afterwards:
\`mv "$prompts/key" "$out/key"\`, then \`ssh-keygen -y -f "$prompts/key"\`. The file is no longer there, so every run
fails or, inside \`$(…)\`, continues with an empty value (a warning).

Copy the file instead (\`cp\`, \`cat … > …\`), or read it from its new place.

Reported only if the file is certainly gone on every path through the script and nothing in between may have created
it again.`,
  examples: () => ({
    bad: [
      {
        title: 'A prompt that was moved',
        files: files(`\
      mv "$prompts/key" "$out/key"
      ssh-keygen -y -f "$prompts/key" > "$out/key.pub"
      #                ^^^^^^^^^^^^^^ generator/read-after-removal: no longer there`),
      },
    ],
    good: [
      {
        title: 'Read from where it is now',
        files: files(`\
      mv "$prompts/key" "$out/key"
      ssh-keygen -y -f "$out/key" > "$out/key.pub"`),
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports({ fleet }: CheckContext): Iterable<Report> {
  for (const subject of examined(fleet)) {
    const { script } = subject;
    if (
      script === null ||
      script.flow.opaqueVariables ||
      callsUnknownCode(script.flow) ||
      mayRunUnknownInOut(script.flow)
    )
      continue;
    for (const read of script.flow.reads) {
      const at = isCertainlyRemoved(subject, read) ? script.placeOf(read) : null;
      if (at === null) continue;
      const fails = failsWithout(script.flow, read);
      yield {
        at,
        severity: fails ? 'error' : 'warning',
        message:
          `"$${read.path.variable}/${read.path.rest}" is no longer there: the script has moved or removed it before. ` +
          `${fails ? 'Every run fails here.' : 'Nothing is read here.'} Read it from where it is now, or copy it instead.`,
        machines: machinesOf(subject),
      };
    }
  }
}

/**
 * Returns whether the file is certainly gone. Considers only the script's own directories, because programs
 * leave unknown files elsewhere.
 */
function isCertainlyRemoved({ script }: ExaminedGenerator, read: ReadFact): boolean {
  const { root, rest } = read.path;
  if (script === null || !read.isRemoved || !opens(read) || read.how === 'argument') return false;
  if (root !== 'variable' || !rest) return false;
  return !script.flow.opaque.some(({ start, path }) => start < read.start && path === null);
}
