/** store/plaintext-left: the plaintext of a secret is left in the repository. */
import { catalogueFile } from '../../../fleet/catalogue/catalogue.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import {
  isDeclaredFor,
  isInPlace,
  type SoleDeclaration,
  soleDeclaration,
  soleFile,
} from '../../facts/store/declared-files.ts';
import { type StoredFileOf, storedIndex, wholeFile } from '../../facts/store/stored-index.ts';
import { inBrackets } from '../../facts/wording.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';

export const plaintextLeft: Rule = {
  id: 'store/plaintext-left',
  severity: 'error',
  summary: 'The plaintext of a secret in the repository',
  documentation: `\
A file of a generator is a secret, but its plaintext is in the repository: as a \`value\` beside the encrypted \`secret\`,
or as a \`value\` from the time when the file was public. Clan never removes it by itself. Everyone who can read the
repository can read it, and so can every user of every machine on which the flake is built, because the whole
repository is copied to the world-readable Nix store.

Take the plaintext out of git (\`git rm\`), and treat the secret as compromised: change it where it is used, and
generate it again with \`clan vars generate MACHINE --generator NAME --regenerate\`. It stays in the history of the
repository.

This is a warning if both a \`value\` and a \`secret\` are stored and it is unknown which of the two the file should be.
Nothing is reported for a file that is public now. No content is read.

Source: clan-core d7c35d912, clan_lib/vars/_types.py (\`StoreBase.set\`) and public_modules/in_repo.py.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => ({
    bad: [
      {
        title: 'A value beside the secret',
        files: {
          ...clanWith(MAIL),
          ...KEYS,
          [`${FOLDER}/secret`]: EXAMPLE_SECRET,
          [`${FOLDER}/value`]: 'plaintext\n',
        },
        links: linksOf(FOLDER),
        found: [`${FOLDER}/value`],
      },
      {
        title: 'Formerly public, now secret',
        files: { ...clanWith(MAIL), [`${FOLDER}/value`]: 'plaintext\n' },
        found: [`${FOLDER}/value`],
      },
    ],
    good: [
      {
        title: 'A file that is public',
        files: {
          ...clanWith(MAIL.replace('{ };', '{ secret = false; };')),
          [`${FOLDER}/value`]: 'not secret\n',
        },
      },
      {
        title: 'A secret',
        files: { ...clanWith(MAIL), ...KEYS, [`${FOLDER}/secret`]: EXAMPLE_SECRET },
        links: linksOf(FOLDER),
      },
    ],
  }),
  check: function* ({ fleet, stored }: CheckContext) {
    for (const { generator, file, isDouble } of publicFilesOf(stored())) {
      for (const storedVar of file.all) {
        if (storedVar.kind !== 'public') continue;
        const declared = soleDeclaration(fleet, generator, storedVar.owner);
        const secret = isSecret(declared, generator, file.name);
        const beside =
          isDouble && file.all.some(other => other.kind === 'secret' && isSamePlace(storedVar, other));
        if (secret === false || (secret === null && !beside)) continue;
        if (beside) yield besideReport(storedVar, secret === true);
        else if (
          declared === null ||
          (isInPlace(declared, storedVar) && isDeclaredFor(fleet, declared)(storedVar))
        )
          yield leftoverReport(storedVar);
      }
    }
  },
};

interface PublicFile {
  readonly generator: string;
  readonly file: StoredFileOf;
  /** True if it is both public and secret in at least one place. */
  readonly isDouble: boolean;
}

/** Returns the files with a stored public value. */
const publicFilesOf = perObject((contents: Parameters<typeof storedIndex>[0]): readonly PublicFile[] =>
  [...storedIndex(contents).generators.values()].flatMap(generator =>
    [...generator.files.values()].flatMap(file => {
      const values = file.all.filter(storedVar => storedVar.kind === 'public');
      if (values.length === 0) return [];
      const secrets = file.all.filter(storedVar => storedVar.kind === 'secret');
      const isDouble =
        secrets.length > 0 && values.some(value => secrets.some(other => isSamePlace(value, other)));
      return [{ generator: generator.name, file, isDouble }];
    }),
  ),
);

function isSamePlace(storedVar: StoredVar, other: StoredVar): boolean {
  return storedVar.placement === other.placement && storedVar.owner === other.owner;
}

/** Returns whether a file is declared secret, or null if that is not certain. */
function isSecret(declared: SoleDeclaration | null, generator: string, file: string): boolean | null {
  if (declared !== null) return soleFile(declared, file)?.secret ?? null;
  const catalogued = catalogueFile(generator, file);
  return catalogued !== null && catalogued.secretBy === undefined && !catalogued.secret ? false : null;
}

function besideReport(stored: StoredVar, certain: boolean): Report {
  const name = `"${stored.generator}/${stored.file}"`;
  const machines = stored.owner === null ? [] : [stored.owner];
  return {
    at: wholeFile(stored.path),
    machines,
    ...(certain
      ? {
          message: `The plaintext of the secret ${name}${inBrackets(machines)} is in the repository, beside its encrypted form. Remove it from git and change the secret.`,
        }
      : {
          severity: 'warning' as const,
          message: `${name}${inBrackets(machines)} is stored both as plaintext and as a secret, and only one of them is used. Remove the other; if it is a secret, change it too.`,
        }),
  };
}

function leftoverReport(stored: StoredVar): Report {
  const machines = stored.owner === null ? [] : [stored.owner];
  return {
    at: wholeFile(stored.path),
    machines,
    message: `"${stored.generator}/${stored.file}"${inBrackets(machines)} is declared as a secret, but its plaintext is in the repository, from when it was public. Remove it from git and change the secret.`,
  };
}
