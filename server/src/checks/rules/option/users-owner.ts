/** option/users-owner: a secret needed before users exist is owned by a user. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { GeneratorFile } from '../../../fleet/model/generators.ts';
import { setBackend } from '../../../store/backend-setting.ts';
import { firstTime } from '../../facts/fleet-facts.ts';
import { optionsWhere } from '../../facts/option/written-generator-options.ts';
import type { Rule } from '../../rule.ts';

export const usersOwner: Rule = {
  id: 'option/users-owner',
  severity: 'warning',
  summary: 'A secret that is needed for users has an owner other than root',
  documentation: `\
A secret with \`neededFor = "users"\` is decrypted before users and groups are made, so only root can own it. With the
sops backend, the current sops-nix installs it without looking up the user: root owns it, and a service that runs as
the user cannot read it. An older sops-nix ends the evaluation with
\`neededForUsers cannot be used for secrets that are not root-owned\`.

Remove \`owner\` and \`group\` if the file is a password hash for \`users.users\`; otherwise users do not need the file:
remove \`neededFor\`.

Source: sops-nix 0ae5f73, modules/sops/secrets-for-users (the assertion asks for \`uid\` and \`gid\`, which clan-core does
not set; \`sops-install-secrets -ignore-passwd\`).`,
  examples: () => ({
    bad: [
      {
        title: 'A password hash that belongs to a user',
        files: {
          'modules/ada.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.ada = {
    files.hash = {
      neededFor = "users";
      owner = "ada";
    # ^^^^^ option/users-owner: before there are users
    };
    prompts.password.type = "hidden";
    runtimeInputs = [ pkgs.mkpasswd ];
    script = ''
      mkpasswd --method=sha-512 --stdin < "$prompts/password" > "$out/hash"
    '';
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: "Root's, or not needed for users",
        files: {
          'modules/ada.nix': `\
{ pkgs, ... }:
{
  clan.core.vars.generators.ada = {
    files.hash = {
      neededFor = "users";
      owner = "root";
    };
    files.token.owner = "ada";
    prompts.password.type = "hidden";
    runtimeInputs = [ pkgs.mkpasswd pkgs.openssl ];
    script = ''
      mkpasswd --method=sha-512 --stdin < "$prompts/password" > "$out/hash"
      openssl rand -hex 32 > "$out/token"
    '';
  };
}
`,
        },
      },
    ],
  }),
  check: function* ({ fleet }) {
    if (!isSops(fleet)) return;
    const isNew = firstTime();
    for (const { generator, judged } of owners(fleet)) {
      for (const option of judged) {
        if (option.name !== 'owner' && option.name !== 'group') continue;
        const file = generator.body().files.find(generatorFile => generatorFile.name === option.owner);
        if (file === undefined || !isForUsers(file)) continue;
        const set = file[option.name];
        const { value } = option;
        // Report only the effective definition.
        if (value.kind !== 'plain' || value.value !== set || isRoot(option.name, set) || !isNew(option))
          continue;
        yield {
          at: option.at,
          message:
            `The secret "${file.name}" of generator "${generator.name}" is decrypted before there are users: it stays root's ` +
            `and never belongs to "${set}". Delete "${option.name}", or neededFor = "users".`,
        };
      }
    }
  },
};

/** Any definition may set `root`. */
const owners = optionsWhere(
  ({ of, name, value }) =>
    of === 'file' &&
    (name === 'owner' || name === 'group') &&
    value.kind === 'plain' &&
    !(typeof value.value === 'string' && isRoot(name, value.value)),
);

/** Returns whether the secret store is sops, clan's default. */
function isSops(fleet: Fleet): boolean {
  const { all } = fleet.storeSettings;
  return all.length === 0 || setBackend(fleet) === 'sops';
}

function isForUsers(file: GeneratorFile): boolean {
  return file.neededFor === 'users' && file.secret === true && file.deploy === true;
}

function isRoot(option: 'owner' | 'group', name: string | null): boolean {
  return name === null || name === 'root' || (option === 'group' && name === 'wheel');
}
