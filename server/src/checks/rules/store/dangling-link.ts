/** store/dangling-link: a link in the store has no target. */
import type { StoredLink } from '../../../store/vars/links.ts';
import { keptReports, wholeFile } from '../../facts/store/stored-index.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

export const danglingLink: Rule = {
  id: 'store/dangling-link',
  severity: 'warning',
  summary: 'A link beside a secret that leads to no user, machine or group',
  documentation: `\
Beside each secret, clan keeps links to the users, machines and groups that may read it. This link is broken: the user
or machine was removed or renamed, or the link is absolute and works on one computer only. Clan looks up the keys of
all links whenever it checks or re-encrypts the secret, so the next \`clan vars fix\`, \`clan secrets\` or
\`clan machines update\` fails. The former reader can still decrypt versions that they already have.

Remove the link (\`clan secrets users remove-secret\`, \`clan secrets machines …\`, or the file itself), then run
\`varsmith fix\` or \`clan vars fix\` to re-encrypt the secret for the remaining readers.

Nothing is reported if there are no users and machines below \`sops/\` at all: the folder may not have been fetched.

Source: clan-core d7c35d912, clan_cli/secrets/secrets.py (\`collect_keys_for_type\`).`,
  examples: ({ EXAMPLE_USER, KEY_OF_ADA, secretFor }) => {
    const SECRET = {
      'sops/users/ada/key.json': EXAMPLE_USER,
      'vars/shared/mail/password/secret': secretFor(KEY_OF_ADA),
    };
    return {
      bad: [
        {
          title: 'A removed user',
          files: SECRET,
          links: {
            'vars/shared/mail/password/users/ada': '../../../../../sops/users/ada',
            'vars/shared/mail/password/users/bob': '../../../../../sops/users/bob',
          },
          found: ['vars/shared/mail/password/users/bob'],
        },
        {
          title: 'A path that exists on one computer only',
          files: SECRET,
          links: { 'vars/shared/mail/password/users/ada': '/home/ada/fleet/sops/users/ada' },
          found: ['vars/shared/mail/password/users/ada'],
        },
      ],
      good: [
        {
          title: 'A link to a user',
          files: SECRET,
          links: { 'vars/shared/mail/password/users/ada': '../../../../../sops/users/ada' },
        },
      ],
    };
  },
  check: ({ stored }: CheckContext) => reportsOf(stored()),
};

const reportsOf = keptReports(contents => {
  const { users, machines } = contents.sops;
  if (users.length + machines.length === 0) return [];
  return contents.links().flatMap(reportOf);
});

function reportOf({ path, link, name, dangling, foreign }: StoredLink): Report[] {
  const kind = /\/(user|machine|group)s\/[^/]+$/.exec(path)?.[1];
  const at = wholeFile(path);
  // A relative link out of the workspace may lead to the rest of a larger repository.
  if (foreign && link.startsWith('/') && kind !== undefined)
    return [
      {
        at,
        message: `The link to the ${kind} "${name}" is an absolute path, \`${link}\`, which does not exist on other computers or in the Nix store. Make it relative.`,
      },
    ];
  if (!dangling) return [];
  const what = kind === undefined ? `\`${link}\`` : `${kind} "${name}"`;
  return [
    {
      at,
      message: `The link is broken: there is no ${what}. Remove it and run \`varsmith fix\`, or restore its target.`,
    },
  ];
}
