/** generator/prompts-unset: a script uses `$prompts` in a generator that has no prompts. */
import type { Flow } from '../../../shell/flow/flow-facts.ts';
import { examined, machinesOf, oncePerPlace } from '../../facts/generator/script-io.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const module = (prompt: string, mark = ''): string => `\
{
  clan.core.vars.generators.api-token = {
${prompt}    files.token = { };
    script = ''
      tr -d '\\n' < "$prompts/token" > "$out/token"
${mark}    '';
  };
}
`;

export const promptsUnset: Rule = {
  id: 'generator/prompts-unset',
  severity: 'warning',
  summary: 'A script uses $prompts, but its generator has no prompts',
  documentation: `\
\`$prompts\` is set only for a generator that has at least one prompt. Scripts run with \`set -u\`, so without a prompt
the first \`$prompts\` ends the script with *prompts: unbound variable*, and nothing is generated.

An error where that certainly happens. \`\${prompts:-}\` and the like are fine.

Declare the prompts, or read the value from somewhere else. Source: clan-core d7c35d912, clan_lib/vars/generate.py,
which sets the variable, and generic-generator.nix, which contains \`set -euo pipefail\`.`,
  examples: () => ({
    bad: [
      {
        title: 'The prompt is forgotten',
        files: {
          'modules/api.nix': module(
            '',
            `\
      #             ^^^^^^^^ generator/prompts-unset: has no prompts
`,
          ),
        },
      },
    ],
    good: [
      {
        title: 'The prompt is declared',
        files: { 'modules/api.nix': module('    prompts.token.type = "hidden";\n') },
      },
    ],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports({ fleet }: CheckContext): Iterable<Report> {
  for (const subject of examined(fleet)) {
    const { body, script, generator, whole } = subject;
    if (script === null || !whole || !body.complete.prompts || body.prompts.length > 0) continue;
    const { flow } = script;
    const [first] = flow.variables.filter(use => use.name === 'prompts' && !use.guarded);
    if (first === undefined || setsOrAsks(script.source.text, flow)) continue;
    const at = script.placeOf(first);
    if (at === null) continue;
    yield {
      at,
      message: `"${generator.name}" has no prompts, so $prompts is not set${first.certain ? ': the script ends here with "unbound variable"' : ', which ends the script'}. Declare the prompt.`,
      ...(first.certain ? { severity: 'error' as const } : {}),
      machines: machinesOf(subject),
    };
  }
}

/** Returns whether the script sets the variable itself or handles its absence. */
function setsOrAsks(text: string, flow: Flow): boolean {
  return (
    flow.opaqueVariables ||
    flow.assignments.some(({ name }) => name === 'prompts') ||
    flow.variables.some(({ name, guarded }) => name === 'prompts' && guarded) ||
    flow.options.some(({ name, on }) => name === 'nounset' && !on) ||
    /-v\s+["']?prompts\b/.test(text)
  );
}
