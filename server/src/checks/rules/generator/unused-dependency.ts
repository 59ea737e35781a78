/** generator/unused-dependency: a script reads nothing of a dependency. */

import { removeListItem } from '../../../edits/edits.ts';
import { suggest } from '../../../edits/suggest.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import type { FollowedScript } from '../../facts/followed-scripts.ts';
import { examined, machinesOf, mayRead, memberRead } from '../../facts/generator/script-io.ts';
import { atPlace } from '../../memory/at-place.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const module = (script: string, mark = ''): string => `\
{
  clan.core.vars.generators.seed = {
    files.seed = { };
    script = ''head -c 24 /dev/urandom | base64 > "$out/seed"'';
  };

  clan.core.vars.generators.token = {
    files.token = { };
    dependencies = [ "seed" ];
${mark}    script = ''
      ${script} > "$out/token"
    '';
  };
}
`;

export const unusedDependency: Rule = {
  id: 'generator/unused-dependency',
  severity: 'info',
  summary: 'A dependency that the script does not use',
  documentation: `\
When a generator runs again, everything that depends on it runs again too, and gets new values. A dependency that the
script never reads makes passwords and keys change for no reason, and ties the generator to another one.

Not reported where the script runs a program that may read \`$in\`, or where the name in the path is computed. This is
information only: a dependency can also exist to run one generator after another.

Remove it from \`dependencies\`, or read \`$in/<dependency>/<file>\`. Source: clan-core d7c35d912, clan_lib/vars/graph.py.`,
  examples: () => ({
    bad: [
      {
        title: 'Nothing of it is read',
        files: {
          'modules/token.nix': module(
            'head -c 24 /dev/urandom | base64',
            `\
    #                ^^^^^^ generator/unused-dependency: never reads
`,
          ),
        },
      },
    ],
    good: [
      { title: 'It is read', files: { 'modules/token.nix': module('sha256sum < "$in/seed/seed"') } },
      {
        title: 'Another program may read it',
        files: {
          'modules/token.nix': module('python3 ${./token.py}')
            .replace('    dependencies', '    runtimeInputs = [ pkgs.python3 ];\n    dependencies')
            .replace('{\n', '{ pkgs, ... }:\n{\n'),
        },
      },
    ],
  }),
  check: reports,
};

function* reports(context: CheckContext): Iterable<Report> {
  // A module of a thousand machines makes as many generators at one place.
  const isNew = firstTime();
  for (const subject of examined(context.fleet)) {
    const { body, script, generator, whole } = subject;
    if (!whole || script === null || script.flow.fails || script.flow.empty) continue;
    for (const { value, at } of body.dependencies) {
      if (value.includes('${') || mayRead(script, 'in', value) || isNamed(script, value)) continue;
      if (
        isMisspelt(
          script,
          body.dependencies.map(dependency => dependency.value),
          value,
        )
      )
        continue;
      if (!isNew({ at })) continue;
      yield {
        at,
        message: `"${generator.name}" depends on "${value}", but its script never reads "$in/${value}". It runs again unnecessarily whenever "${value}" does: remove it.`,
        machines: machinesOf(subject),
        unnecessary: true,
        fixes: fixesAt(context, at) ?? [],
      };
    }
  }
}

/** Returns whether the name appears anywhere in the script, for example in a computed path. */
function isNamed({ source }: FollowedScript, name: string): boolean {
  const at = source.text.indexOf(name);
  return at !== -1 && (name.length > 3 || source.text.includes(`in/${name}`));
}

/**
 * Returns whether the script reads an undeclared name similar to this dependency, which another rule reports.
 */
function isMisspelt({ flow }: FollowedScript, names: readonly string[], dependency: string): boolean {
  return flow.reads.some(read => {
    const name = memberRead(read, 'in')?.name;
    return name !== undefined && !names.includes(name) && suggest(name, names) === dependency;
  });
}

const fixesAt = atPlace((file: SourceFile, at: Place): Fix[] => {
  const edit = removeListItem(file, at);
  return edit === null
    ? []
    : [{ title: 'Remove it from the dependencies', edits: [edit], preferred: true, guess: true }];
});
