/** generator/persist-redundant-copy: a script copies the answer of a prompt that is already persisted. */

import { removeOption } from '../../../edits/edit-bindings.ts';
import { removed } from '../../../edits/edit-script.ts';
import type { GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import type { CommandFact } from '../../../shell/flow/flow-facts.ts';
import type { FollowedScript } from '../../facts/followed-scripts.ts';
import { isCopy, writesOver } from '../../facts/generator/prompt-copies.ts';
import { examined, machinesOf, mayBeSame, memberRead } from '../../facts/generator/script-io.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const module = (script: string): string => `\
{
  clan.core.vars.generators.acme = {
    prompts.api-key.type = "hidden";
    prompts.api-key.persist = true;
    files.env = { };
    script = ''
${script}      echo "API_KEY=$(cat "$prompts/api-key")" > "$out/env"
    '';
  };
}
`;

export const persistRedundantCopy: Rule = {
  id: 'generator/persist-redundant-copy',
  severity: 'hint',
  summary: 'A script copies the answer of a prompt that is persisted anyway',
  documentation: `\
\`persist = true\` puts \`cat "$prompts/p" > "$out/p"\` in front of the script. A script that repeats this line changes
nothing: remove the line, and the script if nothing else is left.

Not reported where the same line serves another generator, in which the prompt is not persisted. Source: clan-core
d7c35d912, modules/clan/export-modules/generic-generator.nix.`,
  examples: () => ({
    bad: [
      {
        title: 'The copy is made already',
        files: {
          'modules/acme.nix': module(`\
      cat "$prompts/api-key" > "$out/api-key"
#     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ generator/persist-redundant-copy: The line can go
`),
        },
      },
    ],
    good: [{ title: 'Only what is new', files: { 'modules/acme.nix': module('') } }],
  }),
  check: reports,
};

interface Copy {
  readonly at: Place;
  /** Null if the copy is needed. */
  readonly report: Report | null;
}

function* reports(context: CheckContext): Iterable<Report> {
  const copies = copiesIn(context);
  const needed = new Set(copies.flatMap(({ at, report }) => (report === null ? [placeIdentity(at)] : [])));
  const seen = new Set<string>();
  for (const { at, report } of copies) {
    const key = placeIdentity(at);
    if (report === null || needed.has(key) || seen.has(key)) continue;
    seen.add(key);
    yield report;
  }
}

function copiesIn(context: CheckContext): Copy[] {
  const copies: Copy[] = [];
  for (const subject of examined(context.fleet)) {
    const { body, script, generator } = subject;
    if (script === null) continue;
    for (const name of promptsRead(script)) {
      for (const write of writesOver(script.flow, name)) {
        const command = isCopy(script.flow, write, name);
        // Removing it from a branch could leave the branch empty, and the other branches matter too.
        const isPlain = command !== null && isStatement(script, command);
        const at = isPlain ? script.placeOf(command) : null;
        if (command === null || at === null) continue;
        const prompt = body.prompts.find(generatorPrompt => mayBeSame(generatorPrompt.name, name));
        const isNeeded = prompt?.persist !== true || prompt.name !== name;
        copies.push({
          at,
          report: isNeeded
            ? null
            : {
                at,
                message: `The answer to "${name}" of "${generator.name}" is stored already: persist = true makes this copy before the script runs. The line can go.`,
                machines: machinesOf(subject),
                unnecessary: true,
                fixes: fixesOf(context, body, script, at),
              },
        });
      }
    }
  }
  return copies;
}

function isStatement({ tree }: FollowedScript, command: CommandFact): boolean {
  return tree.body.some(({ start, end }) => start === command.start && end === command.end);
}

function promptsRead({ flow }: FollowedScript): Set<string> {
  return new Set(flow.reads.flatMap(read => memberRead(read, 'prompts')?.name ?? []));
}

function fixesOf({ sources }: CheckContext, body: GeneratorBody, { tree }: FollowedScript, at: Place): Fix[] {
  const [script, ...others] = body
    .options()
    .filter(option => option.of === 'generator' && option.name === 'script');
  const isAll = tree.body.length === 1;
  if (isAll && (script === undefined || others.length > 0 || script.conditional)) return [];
  const edit = isAll && script !== undefined ? removeOption(sources, script.at) : removed(sources, at);
  return edit === null ? [] : [{ title: 'Remove the copy', edits: [edit], preferred: true }];
}
