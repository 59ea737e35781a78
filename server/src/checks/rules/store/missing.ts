/** store/missing: files of a generator have not been generated yet. */
import type { Generator, GeneratorFile } from '../../../fleet/model/generators.ts';
import { backendInRepository } from '../../../store/backend-setting.ts';
import { soleDeclarations } from '../../facts/store/declared-files.ts';
import { type StoredFileOf, storedIndex } from '../../facts/store/stored-index.ts';
import { inBrackets, quoted } from '../../facts/wording.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const FOLDER = 'vars/per-machine/lea/mail/password';

export const missing: Rule = {
  id: 'store/missing',
  severity: 'hint',
  summary: 'A generator with files that are not generated yet',
  documentation: `\
A machine has this generator, but some of its files are not in the store. Until they are generated, \`.value\` and
\`.path\` of public files fail to evaluate, secrets have no path on the machine, and \`clan vars check\` fails. A new
generator looks the same, so this is only a hint; \`clan machines update\` generates missing files automatically and
asks for prompts.

\`varsmith generate --machine MACHINE -g NAME\` generates it now, as do *Generate* in VS Code and
\`clan vars generate MACHINE --generator NAME\`. If a file was added to an existing generator, all of its files are
generated again: keys and passwords change.

Not reported for secrets that are stored outside the repository (password-store), for machines for which nothing has
been generated yet, or if it is uncertain whether a machine has the generator.

Source: clan-core d7c35d912, clan_lib/vars/check.py.`,
  examples: ({ clanWith, EXAMPLE_SECRET, KEYS, linksOf, MAIL }) => {
    const TWO = MAIL.replace(
      '  clan.core',
      '  clan.core.vars.generators.vpn = {\n    prompts.key.persist = true;\n  };\n  clan.core',
    );
    return {
      bad: [
        {
          title: 'A new generator',
          files: {
            ...clanWith(TWO.replace('vpn = {\n', 'vpn = {\n  #                         ^^^ store/missing\n')),
            ...KEYS,
            [`${FOLDER}/secret`]: EXAMPLE_SECRET,
          },
          links: linksOf(FOLDER),
        },
      ],
      good: [
        {
          title: 'Everything is generated',
          files: {
            ...clanWith(MAIL),
            ...KEYS,
            [`${FOLDER}/secret`]: EXAMPLE_SECRET,
          },
          links: linksOf(FOLDER),
        },
        {
          title: 'A machine without any generated files',
          files: clanWith(MAIL),
        },
      ],
    };
  },
  check: function* ({ fleet, stored }: CheckContext) {
    if (!fleet.isClan) return;
    const contents = stored();
    const { owners, generators, hasShared } = storedIndex(contents);
    if (owners.size === 0 && !hasShared) return;
    const backendOf = backendInRepository(fleet, contents);
    const begun = fleet.machines.map(machine => machine.name).filter(name => owners.has(name));
    const kept = { public: new Set(begun), secret: new Set(begun.filter(name => backendOf(name) !== null)) };
    for (const generator of fleet.generators) {
      if (generator.conditional || generator.machines === null || generator.machines.length === 0) continue;
      const files = generators.get(generator.name)?.files;
      const declarations = soleDeclarations(fleet, generator).filter(
        ({ declared: { body } }) => body.complete.files && body.share !== null,
      );
      const lacking = declarations.flatMap(({ declared: { body }, machines: having }) =>
        body.files.flatMap(file => {
          const asked = kept[file.secret === true ? 'secret' : 'public'];
          const machines = having.filter(name => asked.has(name));
          const without = lacks(file, files?.get(file.name), machines, body.share === true);
          return without.length === 0 ? [] : [{ file: file.name, machines: without }];
        }),
      );
      const isShared = declarations.some(({ declared: { body } }) => body.share === true);
      if (lacking.length > 0) yield reportOf(generator, lacking, isShared);
    }
  },
};

/** Returns the machines for which a file is not stored in any form. */
function lacks(
  file: GeneratorFile,
  stored: StoredFileOf | undefined,
  machines: readonly string[],
  share: boolean,
): readonly string[] {
  if (file.nameKind === 'pattern' || file.secret === null) return [];
  if (stored === undefined) return machines;
  // A former layout that has not been migrated yet.
  if (stored.isOld) return [];
  const { shared, owners } = stored;
  if (share) return shared.public === null && shared.secret === null ? machines : [];
  return machines.filter(name => !owners.public.has(name) && !owners.secret.has(name));
}

function reportOf(
  generator: Generator,
  lacking: readonly { readonly file: string; readonly machines: readonly string[] }[],
  shared: boolean,
): Report {
  const machines = [...new Set(lacking.flatMap(lackingFile => lackingFile.machines))].sort();
  const names = [...new Set(lacking.map(lackingFile => lackingFile.file))];
  const written = generator.definitions.filter(({ kind }) => kind === 'full');
  const at = (
    written.find(({ body }) => body().completeness !== 'opaque') ??
    written[0] ??
    generator.definitions[0]
  )?.at;
  return {
    at: at as Report['at'],
    machines,
    message: `Not generated yet: ${quoted(names)} of "${generator.name}"${inBrackets(machines)}.`,
    cure: { command: 'generate', generator: generator.name, machines, shared },
  };
}
