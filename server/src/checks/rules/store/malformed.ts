/** store/malformed: a stored value or public key is unusable. */

import { UNFINISHED_MERGE } from '../../../store/json-flaw.ts';
import { howToMerge } from '../../../store/merge-advice.ts';

import { keptReports, wholeFile } from '../../facts/store/stored-index.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const UNREADABLE = 'it cannot be read as text';

export const malformed: Rule = {
  id: 'store/malformed',
  severity: 'error',
  summary: 'A stored value or key that cannot be used',
  documentation: `\
A secret in the store does not have the format of its backend: its JSON is broken, it has an unresolved merge
conflict, it has no metadata of sops, its content is not encrypted at all, or an age file is empty. Or a \`key.json\`
below \`sops/\` is not a list of public keys. Everything that reads the file fails: \`clan vars get\`, re-encryption, and
the build or activation of the secret's machines.

A public value with the marks of an unfinished merge is reported too: it goes into the configuration as it is, and a service
reads both sides and the marks.

Restore the file from git, or generate it again: \`clan vars generate MACHINE --generator NAME --regenerate\`. If its
content was not encrypted, treat the secret as compromised and change it. Of a merge, take one side for all files of the
generator together, since a key of one branch does not fit the certificate of the other:
\`git restore --source=HEAD --staged --worktree -- vars/shared/NAME\`, or with \`MERGE_HEAD\`.

Only the file's format is checked; nothing is decrypted or shown.

Formats: getsops/sops 15e36f97a; clan-core d7c35d912, docs of the sops and age stores.`,
  examples: ({ EXAMPLE_SECRET, KEYS, linksOf }) => ({
    bad: [
      {
        title: 'An unfinished merge',
        files: {
          'vars/per-machine/lea/mail/password/secret': `<<<<<<< HEAD\n${EXAMPLE_SECRET}`,
        },
        found: ['vars/per-machine/lea/mail/password/secret'],
      },
      {
        title: 'A key file that is not a list of keys',
        files: { 'sops/users/ada/key.json': '[ { "type": "age" } ]\n' },
        found: ['sops/users/ada/key.json'],
      },
    ],
    good: [
      {
        title: 'A valid secret of sops',
        files: { ...KEYS, 'vars/shared/mail/password/secret': EXAMPLE_SECRET },
        links: linksOf('vars/shared/mail/password'),
      },
    ],
  }),
  check: ({ stored, sources }: CheckContext) =>
    reportsOf(stored()).filter(({ at }) => sources.kind(at.file) === 'file'),
};

const reportsOf = keptReports(contents =>
  contents.malformed().flatMap(({ path, flaw }): Report[] => {
    // A file that is too large or not readable for us may contain anything.
    if (flaw.reason === UNREADABLE) return [];
    const what = path.endsWith('/key.json')
      ? 'The key file'
      : `The stored ${path.endsWith('/value') ? 'value' : 'secret'}`;
    return [
      {
        at: wholeFile(path),
        message: `${what} cannot be used: ${flaw.reason}. ${cure(path, flaw.reason)}`,
      },
    ];
  }),
);

function cure(path: string, reason: string): string {
  if (reason === UNFINISHED_MERGE) return howToMerge(generatorFolder(path));
  return path.endsWith('/key.json')
    ? 'Restore it from git, or add the key again with `clan secrets`.'
    : 'Restore it from git, or generate it again.';
}

/** Returns the folder with all files of a stored file's generator, which belong together; else the file itself. */
function generatorFolder(path: string): string {
  return /^(.*\/)?vars\/(shared|per-machine\/[^/]+|per-export\/[^/]+)\/[^/]+(?=\/)/.exec(path)?.[0] ?? path;
}
