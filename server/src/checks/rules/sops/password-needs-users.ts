/**
 * sops/password-needs-users: a user's password comes from a sops-nix secret that is only available after users
 * are created.
 */

import { addOption } from '../../../edits/edit-bindings.ts';
import type { SecretDefinition } from '../../../fleet/model/secrets.ts';
import type { Range } from '../../../nix/syntax.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { seenAtUses } from '../../facts/sops/secret-uses.ts';
import { assignedTo, isItself, valuePathsFrom } from '../../facts/use/value-flow.ts';
import type { CheckContext, Fix, Rule } from '../../rule.ts';
import { isPassword } from '../use/password-needs-users.ts';

export const sopsPasswordNeedsUsers: Rule = {
  id: 'sops/password-needs-users',
  severity: 'warning',
  summary: "A user's password file from a secret without `neededForUsers`",
  documentation: `\
\`hashedPasswordFile\` of a user is the \`.path\` of a secret of sops-nix that is not declared with
\`neededForUsers = true\`.

When a machine starts, NixOS creates the users first and installs other secrets afterwards, because those users may
own them. The password file does not exist yet, so NixOS prints a warning and leaves the user without a password:
nobody can log in at the first boot, or at any boot if \`/etc\` is not kept. A later \`nixos-rebuild switch\` hides the
problem, because the secrets exist by then.

With \`neededForUsers = true\` the secret is installed before the users are created, below \`/run/secrets-for-users\`, and
root owns it. agenix always decrypts before users are created.

Source: sops-nix 56b2406, modules/sops/secrets-for-users and "Setting a user's password"; agenix b027ee2,
modules/age.nix.`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => {
    const FILE = { 'secrets/lea.yaml': encryptedYaml(`ada: ${VALUE}\n`) };
    return {
      bad: [
        {
          title: 'The file is installed too late',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.ada = { };
  users.users.ada.hashedPasswordFile = config.sops.secrets.ada.path;
  #               ^^^^^^^^^^^^^^^^^^ sops/password-needs-users: neededForUsers = true
`),
          },
        },
      ],
      good: [
        {
          title: 'The file is in place before users are made',
          files: {
            ...FILE,
            'configuration.nix': moduleWith(`\
  sops.secrets.ada.neededForUsers = true;
  users.users.ada.hashedPasswordFile = config.sops.secrets.ada.path;
`),
          },
        },
      ],
    };
  },
  check: function* (context) {
    const isNew = firstTime();
    const secrets = secretsOf(context);
    for (const { use, fact } of passwords(context)) {
      const secret = secrets.secrets.find(({ keeper, name }) => keeper === 'sops' && name === use.name);
      if (secret === undefined || secret.definitions.length === 0 || secret.implicitOn.length > 0) continue;
      if (use.name.startsWith('vars/') || !secret.definitions.every(isTooLate)) continue;
      for (const { start, end } of fact) {
        const at = { file: use.at.file, start, end };
        if (!isNew({ at })) continue;
        yield {
          at,
          message: `The secret "${use.name}" of sops-nix is not there yet when users are made: at boot the user gets no password. Declare it with neededForUsers = true.`,
          related: secret.definitions.map(definition => ({
            at: definition.at,
            message: 'The secret is declared here',
          })),
          fixes: fixesOf(context, secret.definitions),
        };
      }
    }
  },
};

/** Finds password file options set to the path. */
const passwords = seenAtUses(/asswordFile/, (source, use): readonly Range[] | null => {
  if (use.keeper !== 'sops' || use.of !== 'secret' || use.attribute !== 'path' || use.nameKind === 'pattern')
    return null;
  const places = valuePathsFrom(source, use.at).flatMap(way => {
    const assigned = assignedTo(way);
    if (assigned === null || !isItself(assigned.steps) || !isPassword(way)) return [];
    return [{ start: assigned.attribute.at.start, end: assigned.attribute.at.end }];
  });
  return places.length === 0 ? null : places;
});

/** Returns whether the secret is certainly not decrypted for users; nothing unknown may change that. */
function isTooLate({ complete, definedOptions, neededForUsers, nameKind, path }: SecretDefinition): boolean {
  if (!complete || nameKind === 'pattern' || path?.value.startsWith('/run/secrets-for-users/') === true)
    return false;
  return !definedOptions.includes('neededForUsers') || neededForUsers?.value === false;
}

function fixesOf({ sources }: CheckContext, definitions: readonly SecretDefinition[]): readonly Fix[] {
  const [only, another] = definitions;
  if (
    only === undefined ||
    another !== undefined ||
    only.definedOptions.some(name => NOT_FOR_USERS.has(name))
  )
    return [];
  const edit = only.nameKind === 'literal' ? addOption(sources, only.at, 'neededForUsers = true;') : null;
  return edit === null
    ? []
    : [{ title: 'Declare the secret with neededForUsers = true', edits: [edit], preferred: true }];
}

const NOT_FOR_USERS: ReadonlySet<string> = new Set([
  'neededForUsers',
  'owner',
  'group',
  'uid',
  'gid',
  'path',
]);
