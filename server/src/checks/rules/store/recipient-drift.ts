/** store/recipient-drift: a secret is encrypted to recipients other than those of its links. */
import type { Fleet } from '../../../fleet/model/fleet.ts';
import { keysFor } from '../../../store/sops/sops-keys.ts';
import type { Holders } from '../../../store/vars/links.ts';
import type { StoreContents } from '../../../store/vars/read.ts';
import { keyOwners, keysText, without } from '../../facts/store/recipient-keys.ts';
import { wholeFile } from '../../facts/store/stored-index.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';

export const recipientDrift: Rule = {
  id: 'store/recipient-drift',
  severity: 'warning',
  summary: 'A secret whose recipients differ from its links',
  documentation: `\
Beside each secret, clan keeps links to the users, machines and groups that may read it; the secret itself is
encrypted to their keys. Here the two differ. If a linked key is missing, its owner cannot decrypt the secret: a
machine fails when it activates its secrets, an admin when they generate. If there is an extra key, its owner can
still decrypt the secret: a user who was removed, or the old key of a machine that has a new one.

Causes are links or \`key.json\` edited by hand, a merge, or an interrupted re-encryption. Clan says "One or more
recipient keys were added to secret …" when it checks the machine.

\`varsmith fix --machine MACHINE\` and \`clan vars fix MACHINE\` re-encrypt the secrets of a machine for the linked
readers; \`clan secrets key update\` does so after a change of keys. Anyone who could read a secret may have kept it; if
that matters, generate it again.

Source: clan-core d7c35d912, clan_lib/vars/secret_modules/sops.py (\`needs_fix\`).`,
  examples: ({ clanWith, EXAMPLE_SECRET, EXAMPLE_USER, KEY_OF_ADA, KEYS, linksOf, MAIL, secretFor }) => ({
    bad: [
      {
        title: "The machine's key was left out",
        files: { ...clanWith(MAIL), ...KEYS, [`${FOLDER}/secret`]: secretFor(KEY_OF_ADA) },
        links: linksOf(FOLDER),
        found: [`${FOLDER}/secret`],
      },
      {
        title: 'A user who was removed can still read it',
        files: {
          'sops/users/ada/key.json': EXAMPLE_USER,
          'sops/secrets/token/secret': secretFor(KEY_OF_ADA, 'age1bob'),
        },
        links: { 'sops/secrets/token/users/ada': '../../../users/ada' },
        found: ['sops/secrets/token/secret'],
      },
    ],
    good: [
      {
        title: 'Links and recipients agree',
        files: {
          ...KEYS,
          [`${FOLDER}/secret`]: EXAMPLE_SECRET,
        },
        links: linksOf(FOLDER),
      },
    ],
  }),
  check: function* ({ fleet, stored }: CheckContext) {
    const contents = stored();
    const drifts = driftsIn(contents);
    if (drifts.length === 0) return;
    const ownerOf = keyOwners(contents.sops);
    const tolerated = keysOfDefaultGroups(fleet, contents);
    const names = new Set(fleet.machines.map(({ name }) => name));
    // What is left of a machine that is gone is not encrypted anew.
    const isMachine = (machine: string | null) => machine === null || names.has(machine);
    for (const drift of drifts) {
      const extra = without(drift.extra, tolerated);
      if (drift.missing.length + extra.length > 0)
        yield reportOf({ ...drift, extra }, ownerOf, isMachine(drift.machine));
    }
  },
};

interface Drift {
  readonly path: string;
  /** The machine that owns the secret, or null for a secret of several. */
  readonly machine: string | null;
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

const driftsIn = perObject(({ sops, vars, accessOf }: StoreContents): readonly Drift[] => {
  const drifts: Drift[] = [];
  function compare(path: string, holders: Holders, recipients: readonly string[], machine: string | null) {
    const wanted = keysFor(sops, holders);
    // A secret without any link was created by hand, or its links are not links in this checkout.
    if (wanted === null || wanted.size === 0) return;
    const missing = without(wanted, recipients);
    const extra = without(recipients, wanted);
    if (missing.length + extra.length > 0) drifts.push({ path, machine, missing, extra });
  }
  for (const stored of vars) {
    if (stored.keeper !== 'sops') continue;
    const access = accessOf(stored);
    if (access === null || access.holders === null || access.recipients === null) continue;
    const machine = stored.placement === 'per-machine' ? stored.owner : null;
    compare(stored.path, access.holders, access.recipients, machine);
  }
  for (const secret of sops.secrets) {
    const recipients = secret.recipients();
    if (recipients !== null) compare(secret.path, secret.holders(), recipients, null);
  }
  return drifts;
});

/**
 * Returns the keys of default groups, whose members clan adds to secrets with or without a link. Which machine
 * has which group does not matter.
 */
function keysOfDefaultGroups(fleet: Fleet, { sops }: StoreContents): readonly string[] {
  const settings = fleet.accessSettings.filter(accessSetting => accessSetting.option === 'defaultGroups');
  if (settings.length === 0) return [];
  const names = settings.some(setting => setting.names === null)
    ? null
    : new Set(settings.flatMap(setting => setting.names ?? []));
  const members = sops.groups
    .filter(group => names === null || names.has(group.name))
    .flatMap(group => [
      ...group.users.map(holder => sops.users.find(user => user.name === holder.name)),
      ...group.machines.map(holder => sops.machines.find(machine => machine.name === holder.name)),
    ]);
  return members.flatMap(owner => (owner?.keys() ?? []).map(({ key }) => key));
}

function reportOf(
  { path, machine, missing, extra }: Drift,
  ownerOf: (key: string) => string | null,
  isFixed: boolean,
): Report {
  const parts: string[] = [];
  if (missing.length > 0)
    parts.push(`is not encrypted to ${keysText(missing, ownerOf)}, which its links name`);
  if (extra.length > 0)
    parts.push(`can still be decrypted by ${keysText(extra, ownerOf)}, which no link names`);
  const isOfClan = path.includes('sops/secrets/');
  const machines = machine === null ? [] : [machine];
  return {
    at: wholeFile(path),
    message: `The secret ${parts.join(', and ')}.${isOfClan ? ' Run `clan secrets key update` to encrypt it to those who are linked.' : ''}`,
    machines,
    ...(isOfClan || !isFixed ? {} : { cure: { command: 'fix', generator: null, machines, shared: false } }),
  };
}
