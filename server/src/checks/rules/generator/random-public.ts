/** generator/random-public: a public file holds random data that should be secret. */

import type { GeneratorBody, GeneratorFile } from '../../../fleet/model/generators.ts';
import { followed } from '../../facts/followed-scripts.ts';
import { isByPathOnly } from '../../facts/generator/consumers.ts';
import { secretFixes, writtenSecret } from '../../facts/generator/make-secret.ts';
import { randomBits } from '../../facts/generator/random-programs.ts';
import { oncePerPlace } from '../../facts/generator/script-io.ts';
import { filledFiles, isPlainFilter, namesSecret } from '../../facts/generator/script-secrets.ts';
import { inBodies } from '../../memory/per-body.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

function seedText(secret: string, mark = ''): string {
  return `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.dht = {
    files.seed-key = {
${secret}${mark}    };
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -hex 32 > "$out/seed-key"
    '';
  };
  services.dht.seedFile = config.clan.core.vars.generators.dht.files.seed-key.path;
}
`;
}

export const randomPublic: Rule = {
  id: 'generator/random-public',
  severity: 'warning',
  summary: 'Something random that is public, though only its path is used',
  documentation: `\
A file with \`secret = false\` contains only the random output of \`openssl rand\`, \`pwgen\`, \`xkcdpass\` or \`/dev/urandom\`.
Public files are committed in plain text and are in the world-readable Nix store. Long random values are usually meant
to be secret, and this one can be, because only the file's \`.path\` is used.

A warning if the name suggests a secret (\`key\`, \`token\`, \`password\`), information otherwise: an identifier may be
public. Identifiers of up to 32 bits, UUIDs, and files whose \`.value\` is needed are not reported.`,
  examples: () => ({
    bad: [
      {
        title: 'A key that everybody can read',
        files: {
          'modules/dht.nix': seedText(
            '      secret = false;\n',
            '    # ^^^^^^ generator/random-public: so it can be secret\n',
          ),
        },
      },
    ],
    good: [{ title: 'A secret key', files: { 'modules/dht.nix': seedText('      mode = "0440";\n') } }],
  }),
  check: context => oncePerPlace(reports(context)),
};

function* reports(context: CheckContext): Iterable<Report> {
  for (const { generator, body, found } of randomFiles(context))
    for (const random of found)
      if (isByPathOnly(context.fleet, generator.name, random.file.name))
        yield reportOf(context, generator.name, body, random);
}

/** Identifiers of hosts or networks have no more bits than this. */
const BITS_OF_IDENTIFIERS = 32;

interface RandomFile {
  readonly file: GeneratorFile;
  readonly program: string;
}

/** Returns the public files filled only with random output of a program. */
const randomFiles = inBodies((generator, body): readonly RandomFile[] => {
  const script = followed(body.script);
  if (script === null) return [];
  return filledFiles({ generator, body, script }).flatMap(({ file, stages: [first, ...filters], write }) => {
    if (file.secret !== false || write.fate === 'removed' || first?.name == null) return [];
    const bits = first.name === 'uuidgen' ? null : randomBits(first);
    if (bits === null || bits <= BITS_OF_IDENTIFIERS || !filters.every(isPlainFilter)) return [];
    return [{ file, program: first.name }];
  });
});

function reportOf(
  { sources }: CheckContext,
  name: string,
  body: GeneratorBody,
  { file, program }: RandomFile,
): Report {
  const written = writtenSecret(body, file);
  return {
    at: written?.at ?? file.at,
    severity: namesSecret(file) ? 'warning' : 'info',
    message:
      `The public file "${file.name}" of generator "${name}" is made up (\`${program}\`), and whoever reads the repository ` +
      'can read it. Only its .path is used, so it can be secret.',
    fixes: secretFixes(sources, written),
  };
}
