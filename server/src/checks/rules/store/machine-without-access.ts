/** store/machine-without-access: a machine cannot decrypt a secret that it needs. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import { backendInRepository } from '../../../store/backend-setting.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import { type SoleDeclaration, soleDeclaration, soleFile } from '../../facts/store/declared-files.ts';
import { isDecryptedThere, isForMachines, machineAccess } from '../../facts/store/machine-access.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import { machinesText } from '../../facts/wording.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Rule } from '../../rule.ts';

const FOLDER = 'vars/shared/mail/password';

export const machineWithoutAccess: Rule = {
  id: 'store/machine-without-access',
  severity: 'warning',
  summary: 'A secret that is deployed to a machine which cannot decrypt it',
  documentation: `\
A machine has a generator with a secret that is deployed to it, but the stored secret is neither linked to the machine
nor encrypted to its key. Activating the machine's secrets fails: sops-nix cannot decrypt the file, and the services
that read it do not start. Clan says "… is marked for deployment to machine … but the machine does not have access".

What is needed for partitioning or activation is uploaded by clan's command line, which decrypts it itself. Clan links
machines to such shared secrets nevertheless, and \`clan vars check\` fails if a link is missing.

This happens when a shared generator is added to a machine that is then built without clan's command line, when links
are lost in a merge, or when \`deploy = false\` is removed.

\`varsmith fix --machine MACHINE\` gives the machine access; so do \`clan vars fix MACHINE\` and \`clan vars generate MACHINE\`.

Reported only if the machine has a key in the store, and if it certainly has the generator and the file is certainly
deployed.

Source: clan-core d7c35d912, clan_lib/vars/check.py and secret_modules/sops.py (\`machine_has_access\`).`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEY_OF_ADA, KEYS, linksOf, MAIL, secretFor }) => {
    const SHARED = MAIL.replace('    prompts', '    share = true;\n    prompts');
    return {
      bad: [
        {
          title: 'A shared secret that the machine was never added to',
          files: { ...clanWith(SHARED), ...KEYS, [`${FOLDER}/secret`]: secretFor(KEY_OF_ADA) },
          links: linksOf(FOLDER, []),
          found: [`${FOLDER}/secret`],
        },
      ],
      good: [
        {
          title: 'The machine has access',
          files: { ...clanWith(SHARED), ...KEYS, [`${FOLDER}/secret`]: EXAMPLE_SECRET },
          links: linksOf(FOLDER),
        },
        {
          title: 'A file that is not deployed',
          files: {
            ...clanWith(SHARED.replace('{ };', '{ deploy = false; };')),
            ...KEYS,
            [`${FOLDER}/secret`]: secretFor(KEY_OF_ADA),
          },
          links: linksOf(FOLDER, []),
        },
      ],
    };
  },
  check: function* ({ fleet, stored }: CheckContext) {
    if (!fleet.isClan) return;
    const contents = stored();
    const backendOf = backendInRepository(fleet, contents);
    for (const { stored: secret, without } of candidatesIn(contents)) {
      const declared = soleDeclaration(fleet, secret.generator, secret.owner);
      if (declared === null || !isDeployed(declared, secret)) continue;
      const machines = needing(fleet, declared).filter(
        name => without.has(name) && backendOf(name) === secret.keeper,
      );
      if (machines.length > 0)
        yield {
          at: wholeFile(secret.path),
          machines,
          message: `The ${machinesText(machines)} cannot decrypt "${secret.generator}/${secret.file}", which is to be deployed there${isUploaded(declared, secret) ? ': `clan vars check` fails' : ''}.`,
          cure: { command: 'fix', generator: null, machines, shared: false },
        };
    }
  },
};

function isDeployed(declared: SoleDeclaration, stored: StoredVar): boolean {
  const file = soleFile(declared, stored.file);
  if (file === null || declared.body.share !== (stored.placement === 'shared')) return false;
  return isForMachines(file, stored);
}

function isUploaded(declared: SoleDeclaration, { file: name }: StoredVar): boolean {
  const file = soleFile(declared, name);
  return file !== null && !isDecryptedThere(file.neededFor);
}

function needing({ machines }: Fleet, { generator }: SoleDeclaration): readonly string[] {
  if (generator.conditional || generator.machines === null) return [];
  const has = new Set(generator.machines);
  return machines.flatMap(({ name }) => (has.has(name) ? [name] : []));
}

interface Candidate {
  readonly stored: StoredVar;
  /** Machines with a key that is not among the recipients; for a machine's own secret, only that machine. */
  readonly without: ReadonlySet<string>;
}

/** Returns secrets that some machine with a key cannot decrypt, whether or not it needs to. */
const candidatesIn = perObject((contents: StoreContents): readonly Candidate[] => {
  const { machines, secrets } = machineAccess(contents);
  return secrets.flatMap(({ stored, isClosedTo }): Candidate[] => {
    const asked = stored.owner === null ? [...machines] : machines.has(stored.owner) ? [stored.owner] : [];
    const without = asked.filter(isClosedTo);
    return without.length === 0 ? [] : [{ stored, without: new Set(without) }];
  });
});
