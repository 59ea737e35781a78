/** sops/unknown-key: the encrypted file of a secret does not contain its key. */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { SecretDefinition } from '../../../fleet/model/secrets.ts';
import type { LocatedKey } from '../../../fleet/secrets/secrets-join.ts';
import { once, sortedUnique } from '../../../std.ts';
import {
  definitionsOnMachines,
  type OwnDefinition,
  ofDefinition,
} from '../../facts/sops/joined-on-machines.ts';
import { secretsOf } from '../../facts/sops/joined-secrets.ts';
import { notSecrets } from '../../facts/sops/not-secrets.ts';
import { readersOf } from '../../facts/use/reading-machines.ts';
import { quoted } from '../../facts/wording.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

export const unknownKey: Rule = {
  id: 'sops/unknown-key',
  severity: 'error',
  summary: 'A secret of sops-nix whose key is not in the encrypted file',
  documentation: `\
\`sops.secrets.<name>\` selects a value from an encrypted file by the key \`<name>\` or by the option \`key\`; a slash
selects inside a map. The file has no such key, or the key holds a map or a list instead of a value, or its path leads
through a value that is not a map. sops-nix checks this when it builds the system ("the key … cannot be found in …"),
and when the machine is activated.

Correct the name, or add the key: \`sops FILE\` opens the file.

Keys are not encrypted, so the file need not be decrypted for this check. Reported only if the file and the key are
certain for all machines or for those with this module; a warning if the secret is declared under a condition. Files
of the formats \`binary\`, \`dotenv\` and \`ini\` have no keys.

Source: sops-nix 56b2406, pkgs/sops-install-secrets/main.go (\`recurseSecretKey\`, \`validateSopsFile\`).`,
  examples: ({ encryptedYaml, moduleWith, VALUE }) => ({
    bad: [
      {
        title: 'A map in place of a value',
        files: {
          'configuration.nix': moduleWith(
            '  sops.secrets."newt/token" = { };\n  #            ^^^^^^^^^^^^ sops/unknown-key\n',
          ),
          'secrets/lea.yaml': encryptedYaml(`newt: ${VALUE}\n`),
        },
      },
      {
        title: 'A typo',
        files: {
          'configuration.nix': moduleWith(
            '  sops.secrets.mail.key = "mial-password";\n  #                       ^^^^^^^^^^^^^^^ sops/unknown-key\n',
          ),
          'secrets/lea.yaml': encryptedYaml(`mail-password: ${VALUE}\n`),
        },
      },
    ],
    good: [
      {
        title: 'A key in a map',
        files: {
          'configuration.nix': moduleWith('  sops.secrets."newt/token" = { };\n'),
          'secrets/lea.yaml': encryptedYaml(`newt:\n    token: ${VALUE}\n`),
        },
      },
      {
        title: 'A file without keys',
        files: {
          'configuration.nix': moduleWith(
            '  sops.secrets.tunnel = {\n    sopsFile = ./secrets/tunnel;\n    format = "binary";\n  };\n  sops.secrets.mail = { };\n',
          ),
          'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`),
          'secrets/tunnel': `{ "data": "${VALUE}", "sops": { "mac": "${VALUE}", "version": "3.13.2" } }\n`,
        },
      },
    ],
  }),
  check: function* (context: CheckContext) {
    const secrets = secretsOf(context);
    const onMachines = once(() => definitionsOnMachines(context));
    for (const secret of secrets.secrets) {
      if (secret.keeper !== 'sops') continue;
      for (const definition of secret.definitions) {
        const key = secrets.keyOf(definition);
        if (key?.certain === true) {
          // A file that holds no secrets is reported as such.
          if (key.kind !== 'found' && notSecrets(context.sources, key.file) === null)
            yield reportOf(context, definition, key, []);
          continue;
        }
        const lacking = (onMachines().get(ofDefinition(definition)) ?? []).flatMap(onMachine =>
          keyLackedOn(onMachine),
        );
        const [first] = lacking;
        if (first !== undefined) {
          const machines = sortedUnique(lacking.map(({ machine }) => machine));
          yield reportOf(context, first.definition, first.key, machines);
        }
      }
    }
  },
};

/**
 * Returns a machine and the key it lacks; none if it has the key or that is not known, because its options may
 * exclude the secret.
 */
function keyLackedOn({ machine, definition, secrets }: OwnDefinition) {
  const key = definition.conditional ? null : secrets.keyOf(definition);
  return key?.certain === true && key.kind !== 'found' ? [{ machine, definition, key }] : [];
}

function reportOf(
  { fleet, sources }: CheckContext,
  definition: SecretDefinition,
  locatedKey: LocatedKey,
  machines: readonly string[],
): Report {
  const { key } = definition;
  const wanted = key?.value ?? definition.name;
  const at = key?.at ?? definition.at;
  const meant = locatedKey.kind === 'missing' ? likelyKey(wanted, locatedKey) : null;
  const edit = meant === null ? null : replaceName(sources, at, wanted, meant);
  const fixes: Fix[] =
    edit === null ? [] : [{ title: `Replace with "${meant}"`, edits: [edit], preferred: true, guess: true }];
  return {
    at,
    message: `${problem(wanted, locatedKey)}${didYouMean(meant)}`,
    machines,
    ...(isPerhapsUnread(fleet, definition) ? { severity: 'warning' as const } : {}),
    related:
      locatedKey.key === null
        ? []
        : [{ at: locatedKey.key.at, message: `\`${locatedKey.key.name}\` is here` }],
    // Without a `key` option the key is the secret's name, which is used in other places too.
    fixes: key === null ? [] : fixes,
  };
}

/** Returns whether the definition is under a condition, or in a module that no machine is known to have. */
function isPerhapsUnread(fleet: Fleet, { conditional, at }: SecretDefinition): boolean {
  return conditional || (fleet.modules.size > 0 && readersOf(fleet, at.file) === null);
}

function problem(wanted: string, { kind, upTo, file, names }: LocatedKey): string {
  switch (kind) {
    case 'not-a-map':
      return `There is no key "${wanted}" in ${file}: "${upTo}" is a value there, with nothing below it.`;
    case 'not-a-value':
      return `"${wanted}" is not a value in ${file} but contains further keys; sops-nix can only provide values.`;
    default: {
      const above = upTo.includes('/') ? `"${upTo.slice(0, upTo.lastIndexOf('/'))}" there` : 'it';
      const has = names.length === 0 ? '' : `; ${above} has ${quoted(names)}`;
      return `There is no key "${upTo}" in ${file}${has}.`;
    }
  }
}

/** Returns the full key with its wrong part corrected, or null. */
function likelyKey(wanted: string, { upTo, names }: LocatedKey): string | null {
  const slash = upTo.lastIndexOf('/') + 1;
  const meant = suggest(upTo.slice(slash), names);
  return meant === null ? null : upTo.slice(0, slash) + meant + wanted.slice(upTo.length);
}
