/** sops/unused-key: no secret uses a key of an encrypted file. */

import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import type { EncryptedFile, EncryptedKey } from '../../../fleet/secrets/secrets-keys.ts';
import { addToSet } from '../../../std.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { isAnyFileUsable } from '../../facts/sops/named-sources.ts';
import { namedInScripts } from '../../facts/sops/other-readers.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const unusedKey: Rule = {
  id: 'sops/unused-key',
  severity: 'hint',
  summary: 'A key of an encrypted file that no secret of sops-nix uses',
  documentation: `\
Declarations of sops-nix select values from this file, but none selects this key. No machine of the repository uses
its value, yet every machine that the file is encrypted to can read it. Its declaration may have been removed; or a
declaration is missing or names another key.

Remove it (\`sops unset FILE '["key"]'\`), or declare the secret. Keep it if something outside the repository reads it:
this is only a hint.

Not reported if any declaration may select it: one whose file, key or name is unknown, or one that uses the whole
file. Nor is it reported if a script, a recipe, a Terraform file or documentation about sops names the key.

Source: sops-nix 56b2406, pkgs/sops-install-secrets.`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => ({
    bad: [
      {
        title: 'Left over',
        files: {
          'configuration.nix': moduleWith('  sops.secrets."mail/password" = { };\n'),
          'secrets/lea.yaml': encryptedYaml(
            `mail:\n    password: ${VALUE}\n    token: ${VALUE}\n#   ^^^^^ sops/unused-key\n`,
          ),
        },
      },
    ],
    good: [
      {
        title: 'All keys are used',
        files: {
          'configuration.nix': moduleWith('  sops.secrets.mail = { };\n  sops.secrets."vpn/key" = { };\n'),
          'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\nvpn:\n    key: ${VALUE}\n`),
        },
      },
      {
        title: 'A script reads it',
        files: {
          'configuration.nix': moduleWith('  sops.secrets.mail = { };\n'),
          'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\nboot-key: ${VALUE}\n`),
          'install/unlock.sh': `sops --extract '["boot-key"]' -d secrets/lea.yaml\n`,
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    const secrets = secretsOf(context);
    const isNamed = namedInScripts(context);
    for (const [path, taken] of takenIn(context, secrets) ?? []) {
      const file = secrets.encrypted(path);
      if (file?.encrypted && file.complete) yield* unusedIn(file, taken, isNamed);
    }
  },
};

/** Returns the used keys by file, or null if any of them may be used. */
function takenIn(
  context: CheckContext,
  secrets: FleetSecrets,
): ReadonlyMap<string, ReadonlySet<string>> | null {
  if (isAnyFileUsable(context, 'sops')) return null;
  const taken = new Map<string, Set<string>>();
  const whole = new Set<string>();
  for (const secret of secrets.secrets) {
    if (secret.keeper !== 'sops') continue;
    for (const definition of secret.definitions) {
      // A definition that extends one of clan's secrets takes nothing from other files.
      if (secret.implicitOn.length > 0 || definition.name.startsWith('vars/')) continue;
      const { files, complete } = secrets.filesOf(definition);
      if (!complete) return null;
      const locatedKey = secrets.keyOf(definition);
      for (const { path } of files) {
        // If the key does not exist, one of the existing keys may be meant.
        if (locatedKey?.kind !== 'found') whole.add(path);
        const key = definition.key?.value ?? definition.name;
        addToSet(taken, path, key);
      }
    }
  }
  for (const path of whole) taken.delete(path);
  return taken;
}

function* unusedIn(
  file: EncryptedFile,
  taken: ReadonlySet<string>,
  isNamed: (key: string) => boolean,
): Iterable<Report> {
  function* visit(keys: readonly EncryptedKey[], above: string): Iterable<Report> {
    for (const key of keys) {
      const name = above + key.name;
      if (taken.has(name) || key.name.endsWith('_unencrypted')) continue;
      if ([...taken].some(takenKey => takenKey.startsWith(`${name}/`))) yield* visit(key.below, `${name}/`);
      else if (!isNamed(name))
        yield {
          at: key.at,
          message: `No sops-nix secret uses "${name}" of this file, and no script here names it. Remove it if nothing else reads it, or declare the secret.`,
          unnecessary: true,
        };
    }
  }
  yield* visit(file.keys, '');
}
