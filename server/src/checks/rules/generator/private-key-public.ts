/** generator/private-key-public: a private key in a public file. */

import type { GeneratorFile } from '../../../fleet/model/generators.ts';
import { followed } from '../../facts/followed-scripts.ts';
import { secretFixes, writtenSecret } from '../../facts/generator/make-secret.ts';
import { privateKeys } from '../../facts/generator/private-keys.ts';
import { oncePerPlace } from '../../facts/generator/script-io.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

function keyText(secret: string, mark = ''): string {
  return `\
{ pkgs, ... }:
{
  clan.core.vars.generators.deploy-key = {
    files.id_ed25519 = {
${secret}${mark}    };
    files."id_ed25519.pub".secret = false;
    runtimeInputs = [ pkgs.openssh ];
    script = ''
      ssh-keygen -t ed25519 -N "" -f "$out/id_ed25519"
    '';
  };
}
`;
}

export const privateKeyPublic: Rule = {
  id: 'generator/private-key-public',
  severity: 'error',
  summary: 'A private key in a public file',
  documentation: `\
A file with \`secret = false\` gets the private key that \`ssh-keygen\`, \`openssl genpkey\`, \`genrsa\`, \`ecparam -genkey\` or
\`req -newkey\`, \`age-keygen\` or \`wg genkey\` makes. Public files are committed in plain text and are in the Nix store of
every machine: anyone with the repository or an account has the key.

Remove \`secret = false\`, and replace the key if it was committed. The public half may stay public.`,
  examples: () => ({
    bad: [
      {
        title: 'The wrong half is public',
        files: {
          'modules/deploy.nix': keyText(
            '      secret = false;\n',
            '    # ^^^^^^ generator/private-key-public: for everybody to read\n',
          ),
        },
      },
    ],
    good: [{ title: 'A secret key', files: { 'modules/deploy.nix': keyText('      mode = "0400";\n') } }],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  for (const { generator, body, found } of publicKeys(context))
    for (const { file, program } of found) {
      const written = writtenSecret(body, file);
      const report: Report = {
        at: written?.at ?? file.at,
        message:
          `The public file "${file.name}" of generator "${generator.name}" is a private key (\`${program}\`): it is in ` +
          'the repository for everybody to read. Remove secret = false, and replace the key if it was committed.',
        machines: generator.machines ?? [],
        fixes: secretFixes(context.sources, written),
      };
      yield report;
    }
}

interface PublicKeyFile {
  readonly file: GeneratorFile;
  readonly program: string;
}

/** Returns the public files that receive a private key. */
const publicKeys = inBodies((_, { files, script }): readonly PublicKeyFile[] => {
  const flow = followed(script)?.flow;
  if (flow === undefined) return [];
  if (!files.some(file => file.secret === false)) return [];
  return privateKeys(flow).flatMap(({ path, program }) => {
    if (path.root !== 'variable' || path.variable !== 'out') return [];
    const file = files.find(
      ({ name, nameKind, secret }) => name === path.rest && nameKind !== 'pattern' && secret === false,
    );
    return file === undefined ? [] : [{ file, program }];
  });
});
