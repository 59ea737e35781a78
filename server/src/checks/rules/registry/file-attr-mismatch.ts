/**
 * registry/file-attr-mismatch: `fileAttr` names a file that the entry does not declare or its script does not
 * write.
 */

import { replaceName } from '../../../edits/edits.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { RegistryKey } from '../../../fleet/model/registries.ts';
import { mayInclude } from '../../../modules/name-patterns.ts';
import { sortedUnique } from '../../../std.ts';
import { fieldPlace } from '../../facts/fleet-facts.ts';
import { quoted } from '../../facts/wording.ts';
import type { Report, Rule } from '../../rule.ts';

export const fileAttrMismatch: Rule = {
  id: 'registry/file-attr-mismatch',
  severity: 'error',
  isEarly: true,
  summary: 'A `fileAttr` that is not a file of the entry, or that its script does not write',
  documentation: `\
\`fileAttr\` says which of a generator's files the environment variable and the accessors mean. If \`files\` has no
such file, reading its path ends the evaluation with \`attribute '…' missing\`. If the script writes files of other
names only, \`clan vars generate\` ends with \`did not generate a file for '…'\`.

Use the same name in \`fileAttr\`, \`files\` and the script. Not reported while the entry may have further files, or for a
script whose outputs are uncertain.`,
  examples: ({ registryOf }) => ({
    bad: [
      {
        title: 'The file has another name',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  restic = {
    generator = "restic-password";
    envVar = "RESTIC_PASSWORD";
    fileAttr = "passphrase";
    #          ^^^^^^^^^^^^ registry/file-attr-mismatch: has no file "passphrase"
    files.password.secret = true;
    script = ''
      openssl rand -base64 32 > "$out/password"
    '';
  };
`),
          'lib/machine-env-matrix.nix': '{\n  lea = [ "restic" ];\n}\n',
        },
      },
      {
        title: 'The script writes another file',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  restic = {
    generator = "restic-password";
    envVar = "RESTIC_PASSWORD";
    fileAttr = "password";
    #          ^^^^^^^^^^ registry/file-attr-mismatch: writes "passphrase"
    files.password.secret = true;
    script = ''
      openssl rand -base64 32 > "$out/passphrase"
    '';
  };
`),
          'lib/machine-env-matrix.nix': '{\n  lea = [ "restic" ];\n}\n',
        },
      },
    ],
    good: [
      {
        title: 'All three say the same',
        files: {
          'lib/secret-registry.nix': registryOf(`\
  restic = {
    generator = "restic-password";
    envVar = "RESTIC_PASSWORD";
    fileAttr = "password";
    files.password.secret = true;
    script = ''
      openssl rand -base64 32 > "$out/password"
    '';
  };
`),
          'lib/machine-env-matrix.nix': '{\n  lea = [ "restic" ];\n}\n',
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    for (const registry of fleet.registries) {
      for (const key of registry.keys) {
        const report = checkEntry(key, sources);
        if (report !== null) yield report;
      }
    }
  },
};

function checkEntry(entry: RegistryKey, sources: Sources): Report | null {
  if (entry.fileAttr === null) return null;
  const name = entry.fileAttr.value;
  const at = fieldPlace(entry, entry.fileAttr);
  if (!entry.declaresFile(name) && !mayInclude(entry.body.files, name)) {
    const { body } = entry;
    if (body.completeness !== 'full') return null;
    const names = sortedUnique(body.files.map(file => file.name));
    const meant = suggest(name, names) ?? (names.length === 1 ? (names[0] as string) : null);
    const replacement = meant === null ? null : replaceName(sources, at, name, meant);
    const has = names.length === 0 ? 'it has none' : `it has ${quoted(names)}`;
    return {
      at,
      message: `The entry "${entry.key}" has no file "${name}"; ${has}.${didYouMean(meant)}`,
      fixes:
        replacement === null
          ? []
          : [{ title: `Replace with "${meant}"`, edits: [replacement], preferred: true, guess: true }],
    };
  }
  const { written } = entry;
  if (written === null || written.length === 0 || written.some(file => file.value === name)) return null;
  if (entry.body.files.some(file => file.name === name && file.from === 'prompt')) return null;
  const names = sortedUnique(written.map(file => file.value));
  return {
    at,
    message: `The script of "${entry.key}" writes ${quoted(names)} and never "${name}", so generating it fails. Make both the same.`,
    related: written.slice(0, 1).map(file => ({ at: file.at, message: 'The script' })),
  };
}
