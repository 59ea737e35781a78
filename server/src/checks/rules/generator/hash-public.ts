/** generator/hash-public: a password hash in a public file. */

import type { Sources } from '../../../edits/text-edit.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody, GeneratorFile } from '../../../fleet/model/generators.ts';
import { followed } from '../../facts/followed-scripts.ts';
import { isByPathOnly, usesOf } from '../../facts/generator/consumers.ts';
import { hasherOf, isHasher } from '../../facts/generator/hashers.ts';
import { secretFixes, writtenSecret } from '../../facts/generator/make-secret.ts';
import { valuePathsFrom } from '../../facts/use/value-flow.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';
import { isPassword } from '../use/password-needs-users.ts';

function passwordText(secret: string, mark = ''): string {
  return `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.wiki-admin = {
    prompts.password.type = "hidden";
    files.hash = {
${secret}${mark}    };
    runtimeInputs = [ pkgs.mkpasswd ];
    script = ''
      mkpasswd --method=bcrypt --stdin < "$prompts/password" | tr -d "\\n" > "$out/hash"
    '';
  };
  services.wiki.adminPasswordHashFile = config.clan.core.vars.generators.wiki-admin.files.hash.path;
}
`;
}

export const hashPublic: Rule = {
  id: 'generator/hash-public',
  severity: 'warning',
  summary: 'The hash of a password in a public file',
  documentation: `\
A file with \`secret = false\` holds what \`mkpasswd\`, \`htpasswd\`, \`openssl passwd\` or another such program makes of a
password. Public files are committed in plain text and are in the Nix store: anyone who can read the repository, or
has an account on a machine, can try passwords against the hash indefinitely.

A warning if only the file's \`.path\` is used: then the file can be secret, and a hash for \`users.users\` also needs
\`neededFor = "users"\`. Where \`.value\` is needed during evaluation it cannot be secret, which is reported as
information: in that case use a long random password, not one that a person chose.`,
  examples: () => ({
    bad: [
      {
        title: 'A hash that is read from its file',
        files: {
          'modules/wiki.nix': passwordText(
            '      secret = false;\n',
            '    # ^^^^^^ generator/hash-public: so it can be secret\n',
          ),
        },
      },
    ],
    good: [{ title: 'A secret hash', files: { 'modules/wiki.nix': passwordText('      mode = "0440";\n') } }],
  }),
  check: function* (context) {
    for (const { generator, body, found } of hashes(context))
      for (const { file, hasher } of found) yield reportOf(context, generator, body, file, hasher);
  },
};

/** Returns the public files that receive a hash, with the programs that make it. */
const hashes = inBodies((_, { files, script }) => {
  const flow = followed(script)?.flow;
  if (flow === undefined) return [];
  if (!flow.commands.some(isHasher)) return [];
  return files.flatMap(file => {
    const hasher = file.secret === false ? hasherOf(flow, file.name) : null;
    return hasher === null ? [] : [{ file, hasher }];
  });
});

function reportOf(
  { fleet, sources }: CheckContext,
  generator: Generator,
  body: GeneratorBody,
  file: GeneratorFile,
  hasher: string,
): Report {
  const written = writtenSecret(body, file);
  const byPath = isByPathOnly(fleet, generator.name, file.name);
  const isForUsers =
    byPath && file.neededFor !== 'users' && isPasswordOfUser(fleet, sources, generator, file);
  const report: Report = {
    at: written?.at ?? file.at,
    severity: byPath ? 'warning' : 'info',
    message:
      `The public file "${file.name}" of generator "${generator.name}" holds a password's hash (${hasher}): whoever reads the repository can try passwords against it. ` +
      (byPath
        ? `Only its .path is used, so it can be secret.${isForUsers ? ' Give it neededFor = "users" as well: a hashedPasswordFile is read before other secrets are installed.' : ''}`
        : 'Make it secret, unless its .value is needed. If the .value is needed, use a long random password.'),
  };
  return byPath ? { ...report, fixes: secretFixes(sources, written) } : report;
}

/** Returns whether a NixOS user has the file as password file. */
function isPasswordOfUser(
  fleet: Fleet,
  sources: Sources,
  generator: Generator,
  file: GeneratorFile,
): boolean {
  return usesOf(fleet, generator.name, file.name).some(({ at }) => {
    const source = sources.parse(at.file);
    return source !== null && valuePathsFrom(source, at).some(isPassword);
  });
}
