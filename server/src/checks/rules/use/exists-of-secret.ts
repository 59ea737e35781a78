/** use/exists-of-secret: reads `.exists` of a secret file. */

import { usesOfSecrets } from '../../facts/use/used-file.ts';
import type { Rule } from '../../rule.ts';

export const existsOfSecret: Rule = {
  id: 'use/exists-of-secret',
  severity: 'error',
  summary: 'Evaluation tests whether a secret exists',
  documentation: `\
The configuration reads \`.exists\` of a generator's file, but the file is secret (files are, unless they set
\`secret = false\`).

Only the store knows whether a secret has been generated, and it may be outside the repository: clan ends the
evaluation with \`Cannot determine existence of secret file\` in any case.

Test a public file of the same generator (such as the public half of a key), or let the program look for the file at
\`.path\` when it runs.

Source: clan-core, nixosModules/clanCore/vars/secret.`,
  examples: () => ({
    bad: [
      {
        title: 'A host key that may not exist yet',
        files: {
          'modules/ssh.nix': `\
{ config, lib, ... }:
let
  inherit (config.clan.core.vars.generators) host-key;
in
{
  clan.core.vars.generators.host-key = {
    files.key = { };
    files."key.pub".secret = false;
    script = ''
      head -c 32 /dev/urandom > "$out/key"
      sha256sum "$out/key" > "$out/key.pub"
    '';
  };
  services.openssh.hostKeys = lib.optional host-key.files.key.exists {
    #                                                         ^^^^^^ use/exists-of-secret: "key" of generator "host-key"
    inherit (host-key.files.key) path;
    type = "ed25519";
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'The public half',
        files: {
          'modules/ssh.nix': `\
{ config, lib, ... }:
let
  inherit (config.clan.core.vars.generators) host-key;
in
{
  clan.core.vars.generators.host-key = {
    files.key = { };
    files."key.pub".secret = false;
    script = ''
      head -c 32 /dev/urandom > "$out/key"
      sha256sum "$out/key" > "$out/key.pub"
    '';
  };
  services.openssh.hostKeys = lib.optional host-key.files."key.pub".exists {
    inherit (host-key.files.key) path;
    type = "ed25519";
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    for (const { use } of questions(context)) {
      if (use.by !== 'option' || use.guarded) continue;
      yield {
        at: use.attributeAt ?? use.key?.at ?? use.at,
        message:
          `The file "${use.fileName}" of generator "${use.generator}" is secret: whether it exists cannot be asked ` +
          'during evaluation. Test a public file of the generator, or test when the program runs.',
      };
    }
  },
};

const questions = usesOfSecrets('exists');
