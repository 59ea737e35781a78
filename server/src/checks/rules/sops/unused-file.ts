/** sops/unused-file: no sops-nix secret is taken from an encrypted file. */
import { flakeOf } from '../../../fleet/secrets/secrets-files.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import { secretFilesOf, secretsOf } from '../../facts/sops/joined-secrets.ts';
import { isAnyFileUsable } from '../../facts/sops/named-sources.ts';
import { namedInScripts } from '../../facts/sops/other-readers.ts';
import { filesUnderRules, isEncrypted } from '../../facts/sops/sops-files.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import type { CheckContext, Rule } from '../../rule.ts';

export const unusedFile: Rule = {
  id: 'sops/unused-file',
  severity: 'hint',
  summary: 'An encrypted file that no secret of sops-nix uses',
  documentation: `\
This file is encrypted according to a rule of \`.sops.yaml\` that names a folder or a file, but no sops-nix secret in
this repository uses it. Its declaration may have been removed, while every recipient can still read the file; or a
declaration is missing or names another file.

Remove it, or declare its secrets. Keep it if something outside the repository reads it: this is only a hint.

Not reported if any secret may use an unknown file, if no secret is declared at all, or if a Nix file, a script, a
recipe, a Terraform file or documentation names the file.

Source: sops-nix 56b2406, modules/sops.`,
  examples: ({ encryptedYaml, moduleWith, SOPS_YAML, VALUE }) => {
    const FILES = {
      '.sops.yaml': SOPS_YAML,
      'configuration.nix': moduleWith('  sops.secrets.mail = { };\n'),
      'secrets/lea.yaml': encryptedYaml(`mail: ${VALUE}\n`),
    };
    const OLD = { 'secrets/old.yaml': encryptedYaml(`web: ${VALUE}\n`) };
    return {
      bad: [{ title: 'Left over', files: { ...FILES, ...OLD }, found: ['secrets/old.yaml'] }],
      good: [
        {
          title: 'A script reads it',
          files: { ...FILES, ...OLD, 'web.sh': 'sops -d secrets/old.yaml\n' },
        },
      ],
    };
  },
  check: function* (context: CheckContext) {
    const taken = takenFiles(context, secretsOf(context));
    if (taken === null || taken.size === 0) return;
    const isNamed = namedInScripts(context);
    for (const { path } of filesUnderRules(context)) {
      if (taken.has(path) || isEncrypted(context, path) !== true || secretFilesOf(context).flaw(path))
        continue;
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (context.fleet.namedBy(path).length > 0 || isNamed(name)) continue;
      yield {
        at: wholeFile(path),
        message:
          'No sops-nix secret here uses this file, and no script names it. Declare one, or remove the file if nothing else reads it.',
        unnecessary: true,
      };
    }
  },
};

/** Returns the files that secrets are taken from, or null if some may be taken from any file. */
function takenFiles(context: CheckContext, secrets: FleetSecrets): ReadonlySet<string> | null {
  if (isAnyFileUsable(context, 'sops')) return null;
  const paths = new Set<string>();
  for (const { keeper, definitions, implicitOn } of secrets.secrets) {
    if (keeper !== 'sops' || implicitOn.length > 0) continue;
    for (const definition of definitions) {
      if (definition.name.startsWith('vars/')) continue;
      const { files, complete } = secrets.filesOf(definition);
      if (!complete && flakeOf(context.sources, definition.at.file) === '') return null;
      for (const { path } of files) paths.add(path);
    }
  }
  return paths;
}
