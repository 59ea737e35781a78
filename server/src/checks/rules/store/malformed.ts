/** store/malformed: a stored secret or public key is unusable. */

import { keptReports, wholeFile } from '../../facts/store/stored-index.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const UNREADABLE = 'it cannot be read as text';

export const malformed: Rule = {
  id: 'store/malformed',
  severity: 'error',
  summary: 'A stored secret or key that cannot be used',
  documentation: `\
A secret in the store does not have the format of its backend: its JSON is broken, it has an unresolved merge
conflict, it has no metadata of sops, its content is not encrypted at all, or an age file is empty. Or a \`key.json\`
below \`sops/\` is not a list of public keys. Everything that reads the file fails: \`clan vars get\`, re-encryption, and
the build or activation of the secret's machines.

Restore the file from git, or generate it again: \`clan vars generate MACHINE --generator NAME --regenerate\`. If its
content was not encrypted, treat the secret as compromised and change it.

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
    const what = path.endsWith('/key.json') ? 'The key file' : 'The stored secret';
    return [
      {
        at: wholeFile(path),
        message: `${what} cannot be used: ${flaw.reason}. ${cure(path)}`,
      },
    ];
  }),
);

function cure(path: string): string {
  return path.endsWith('/key.json')
    ? 'Restore it from git, or add the key again with `clan secrets`.'
    : 'Restore it from git, or generate it again.';
}
