/** store/kind-changed: a stored secret belongs to a file that is now public. */
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import {
  isDeclaredFor,
  isInPlace,
  type SoleDeclaration,
  soleDeclaration,
  soleFile,
} from '../../facts/store/declared-files.ts';
import { storedIndex, wholeFile } from '../../facts/store/stored-index.ts';
import { inBrackets } from '../../facts/wording.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';

export const kindChanged: Rule = {
  id: 'store/kind-changed',
  severity: 'error',
  summary: 'A stored secret of a file that is declared public',
  documentation: `\
A file of a generator is declared with \`secret = false\`, but an encrypted secret is stored for it from an earlier
time. Its \`.value\` and \`.path\` then fail to evaluate, and \`clan vars generate\` refuses to write the public value: "Var
folder … exists but doesn't look like a in_repo secret. Potentially a leftover from another backend. Please delete it
manually."

Remove the folder of the file below \`vars/\` and generate again, or declare the file as a secret.

This is an error if a machine certainly has the generator; a warning if that is not known, or if the secret is stored
elsewhere (age); and information if the public value exists too and the secret is merely obsolete. For the opposite, a
stored \`value\` of a file that is secret now, see \`store/plaintext-left\`.

Source: clan-core d7c35d912, clan_lib/vars/public_modules/in_repo.py (\`_set\`).`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => {
    const PUBLIC = MAIL.replace('{ };', '{ secret = false; };');
    return {
      bad: [
        {
          title: 'Formerly secret, now public',
          files: { ...clanWith(PUBLIC), ...KEYS, [`${FOLDER}/secret`]: EXAMPLE_SECRET },
          links: linksOf(FOLDER),
          found: [`${FOLDER}/secret`],
        },
      ],
      good: [
        {
          title: 'A public value',
          files: { ...clanWith(PUBLIC), [`${FOLDER}/value`]: 'public\n' },
        },
      ],
    };
  },
  check: function* ({ fleet, stored }: CheckContext) {
    const contents = stored();
    for (const { generator, file } of secretsOf(contents)) {
      const all = storedIndex(contents).generators.get(generator)?.files.get(file)?.all ?? [];
      for (const storedVar of all) {
        if (storedVar.kind !== 'secret' || !storedVar.current) continue;
        const declared = soleDeclaration(fleet, generator, storedVar.owner);
        if (declared === null || soleFile(declared, file)?.secret !== false) continue;
        if (isInPlace(declared, storedVar) && isDeclaredFor(fleet, declared)(storedVar))
          yield reportOf(fleet, declared, storedVar, all);
      }
    }
  },
};

/** Returns the files with a stored secret. */
const secretsOf = perObject((contents: StoreContents) =>
  [...storedIndex(contents).generators.values()].flatMap(generator =>
    [...generator.files.values()]
      .filter(file => file.all.some(storedVar => storedVar.kind === 'secret' && storedVar.current))
      .map(file => ({ generator: generator.name, file: file.name })),
  ),
);

function reportOf(
  fleet: Fleet,
  { generator, body }: SoleDeclaration,
  stored: StoredVar,
  all: readonly StoredVar[],
): Report {
  const { placement, owner } = stored;
  const machines = owner === null ? [] : [owner];
  const what = `"${stored.generator}/${stored.file}"${inBrackets(machines)}`;
  const at = wholeFile(stored.path);
  const hasValue = all.some(
    storedVar =>
      storedVar.kind === 'public' &&
      storedVar.current &&
      storedVar.placement === placement &&
      storedVar.owner === owner,
  );
  if (hasValue)
    return {
      at,
      machines,
      severity: 'info',
      message: `${what} is public, and its value is stored; this secret is obsolete. Remove it.`,
    };
  const has = generator.machines ?? [];
  const isUsed =
    owner === null ? body.share === true && has.length > 0 : body.share === false && has.includes(owner);
  const isCertain = isUsed && stored.keeper === 'sops' && fleet.isClan;
  return {
    at,
    machines,
    ...(isCertain ? {} : { severity: 'warning' as const }),
    message: `${what} is declared public, but a secret is stored in its place: its value cannot be read${
      isCertain ? ', and `clan vars generate` refuses to write it' : ''
    }. Remove the folder and generate it again.`,
  };
}
