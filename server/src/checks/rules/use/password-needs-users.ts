/**
 * use/password-needs-users: a user's password comes from a secret that is only available after users are
 * created.
 */
import type { Range } from '../../../nix/syntax.ts';
import { setFileOption } from '../../facts/use/file-option-edit.ts';
import {
  fileText,
  machinesAt,
  type ResolvedUseMatch,
  seenAtPaths,
  type UsedFile,
} from '../../facts/use/used-file.ts';
import { assignedTo, isItself, type ValuePath, valuePathsFrom } from '../../facts/use/value-flow.ts';
import type { CheckContext, Fix, Report, Rule } from '../../rule.ts';

const moduleWith = (file: string, mark = '') => `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.ada-password = {
    prompts.password.type = "hidden";
    files.hash = ${file};
    runtimeInputs = [ pkgs.mkpasswd ];
    script = ''
      mkpasswd -s -m sha-512 < "$prompts/password" > "$out/hash"
    '';
  };
  users.users.ada.hashedPasswordFile = config.clan.core.vars.generators.ada-password.files.hash.path;
${mark}}
`;

export const passwordNeedsUsers: Rule = {
  id: 'use/password-needs-users',
  severity: 'warning',
  summary: "A user's password file that is not needed for users",
  documentation: `\
\`hashedPasswordFile\` of a user is the \`.path\` of a secret that is not declared with \`neededFor = "users"\`.

When a machine starts, NixOS creates the users first and installs secrets for services afterwards. The password file
does not exist yet, so NixOS prints a warning and leaves the user without a password: nobody can log in at the first
boot, or at any boot if \`/etc\` is not kept. A later \`nixos-rebuild switch\` hides the problem, because the secrets
exist by then.

Declare the file with \`neededFor = "users"\`: it is then installed before the users are created. Its owner must be
root.

Source: clan-core, nixosModules/clanCore/vars/interface.nix; sops-nix, "Setting a user's password".`,
  examples: () => ({
    bad: [
      {
        title: 'The file is installed too late',
        files: {
          'modules/ada.nix': moduleWith(
            '{ }',
            '  #               ^^^^^^^^^^^^^^^^^^ use/password-needs-users: neededFor = "users"\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'The file is in place before users are made',
        files: { 'modules/ada.nix': moduleWith('{ neededFor = "users"; }') },
      },
    ],
  }),
  check: function* (context) {
    for (const password of passwords(context))
      if (isTooLate(password.file)) yield* reportsOf(context, password);
  },
};

/** Finds password file options set to the path. */
const passwords = seenAtPaths(/asswordFile/, (source, use): readonly Range[] | null => {
  if (use.by === 'name') return null;
  const places = valuePathsFrom(source, use.at).flatMap(way => {
    const assigned = assignedTo(way);
    if (assigned === null || !isItself(assigned.steps) || !isPassword(way)) return [];
    const { start, end } = assigned.attribute.at;
    return [{ start, end }];
  });
  return places.length === 0 ? null : places;
});

/**
 * Returns whether the secret arrives too late. Secrets for activation are on the machine's disk and available
 * in time.
 */
function isTooLate({ neededFor, deploy }: UsedFile): boolean {
  return deploy !== false && (neededFor === 'services' || neededFor === 'partitioning');
}

function* reportsOf(
  { fleet, sources }: CheckContext,
  seenUse: ResolvedUseMatch<readonly Range[]>,
): Iterable<Report> {
  const { use, file, fact } = seenUse;
  for (const { start, end } of fact)
    yield {
      at: { file: use.at.file, start, end },
      message:
        `T${fileText(use).slice(1)} is not there yet when users are made: at boot the user gets no password. ` +
        'Declare the file with neededFor = "users".',
      machines: machinesAt(fleet, seenUse),
      related: file.declared.map(({ at }) => ({ at, message: 'The file is declared here' })),
      fixes: fixesOf(setFileOption(sources, file, 'neededFor', '"users"'), file),
    };
}

/** Returns whether the path ends in a user's password file option. */
export function isPassword({ option }: ValuePath): boolean {
  return /(^|\.)users\.(users|extraUsers)(\.[^.]*)?\.(hashedPasswordFile|passwordFile)$/.test(
    option.join('.'),
  );
}

function fixesOf(edit: Fix['edits'][number] | null, { declared }: UsedFile): readonly Fix[] {
  const isRoots = declared.every(
    ({ owner, group }) => owner === 'root' && (group === null || group === 'root'),
  );
  if (edit === null || !isRoots) return [];
  return [{ title: 'Declare the file with neededFor = "users"', edits: [edit], preferred: true }];
}
