// Mistakes in the names of generators and files, and in dependencies.

import { matchesIn, namesOutput, withoutComments } from '../bash.mjs';
import { oneOf, typo } from '../chance.mjs';
import { isSecret } from '../generator.mjs';
import {
  inserted,
  isOnlyOne,
  isPersisted,
  misspelt,
  removed,
  renamed,
  replaced,
  spotsOf,
  usesOf,
  wordIn,
} from '../mutant.mjs';
import { setOf } from '../nix-scan.mjs';
import { inScript, plainScripts } from '../scripts.mjs';

const used = (fleet, generator, file) => spotsOf(usesOf(fleet, generator, file));

/** Generators with each of their dependencies that is declared once. */
function dependenciesOf(fleet) {
  return fleet.generators.flatMap(generator =>
    generator.dependencies.flatMap(item => {
      const declared = fleet.byName.get(item.name) ?? [];
      return declared.length === 1 ? [{ generator, item, other: declared[0] }] : [];
    }),
  );
}

/** The file's own set, in which an option can be put: `-1` where there is none. */
const setOfFile = ({ document }, { bindings: [binding] }) =>
  binding.parts.length > 2 ? -1 : setOf(document, binding);

/** Files that an option is put into, with the mutant made of each. */
function withOption(fleet, option, isFitting, spots) {
  return fleet.generators.flatMap(generator =>
    [...generator.files].flatMap(([name, file]) => {
      if (!generator.name || isSecret(file) !== true || file.bindings.length !== 1) return [];
      if (file.options.has(option.name) || !isFitting(generator, name)) return [];
      const open = setOfFile(generator, file);
      if (open < 0) return [];
      const text = ` ${option.name} = ${option.value};`;
      return inserted(generator.file, open + 1, text, {
        names: [name],
        generator,
        also: spots(generator, name),
      });
    }),
  );
}

/** Whether an admin uploads the file, deployed or not: the backends of these fleets do so for early phases. */
const isUploadedAnyway = ({ options }) =>
  /^"(partitioning|activation)"$/.test(options.get('neededFor')?.value ?? '');

/** Where a file of a generator is stored, by the last part of the path. */
export function storedIn({ paths }, generator, file, kind) {
  return paths.filter(
    path =>
      /^(?:.*\/)?vars\/(?:shared|per-machine\/[^/]+)\//.test(path) &&
      path.endsWith(`/${generator.name}/${file}/${kind}`),
  );
}

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const DECLARATIONS = {
  'generator-renamed': (fleet, chance) =>
    fleet.generators
      .filter(
        generator =>
          generator.name?.length > 2 &&
          isOnlyOne(fleet, generator) &&
          usesOf(fleet, generator).some(({ isGuarded }) => !isGuarded),
      )
      .map(generator => {
        const slip = typo(generator.name, chance, fleet.names);
        const names = [slip, generator.name];
        return renamed(generator.file, generator.part, slip, { names, also: used(fleet, generator) });
      }),

  'file-renamed-in-declaration': (fleet, chance) =>
    plainScripts(fleet).flatMap(generator =>
      [...generator.files]
        .filter(
          ([name, file]) =>
            file.bindings.length === 1 && name.length > 2 && namesOutput(generator.script, name),
        )
        .map(([name, { part }]) => {
          const slip = typo(name, chance, new Set(generator.files.keys()));
          const more = { names: [slip, name], generator, also: used(fleet, generator, name) };
          return renamed(generator.file, part, slip, more);
        }),
    ),

  'generator-name-slash': fleet =>
    fleet.generators
      .filter(
        generator =>
          generator.name?.includes('-') &&
          usesOf(fleet, generator).length === 0 &&
          isOnlyOne(fleet, generator),
      )
      .map(generator => {
        const slashed = generator.name.replace('-', '/');
        return replaced(generator.file, generator.part, `"${slashed}"`, { names: [slashed], generator });
      }),

  'dependency-typo': (fleet, chance) =>
    fleet.generators.flatMap(generator =>
      generator.dependencies.map(({ name, start, end }) => {
        const slip = typo(name, chance, fleet.names);
        return replaced(generator.file, { start, end }, `"${slip}"`, { names: [slip, name], generator });
      }),
    ),

  'dependency-removed': fleet =>
    fleet.generators.flatMap(generator =>
      generator.dependencies
        .filter(({ name }) => {
          const read = new RegExp(`\\$(in|\\{in\\})"?/${name.replace(/[.]/g, '\\.')}(?![\\w-])`);
          return generator.script !== null && read.test(withoutComments(generator.script.text));
        })
        .map(item => replaced(generator.file, item, '', { names: [item.name], generator })),
    ),

  'dependency-cycle': fleet =>
    dependenciesOf(fleet).flatMap(({ generator, item, other }) => {
      if (!generator.name || other === generator || !isOnlyOne(fleet, generator)) return [];
      if (other.dependencies.some(({ name }) => name === generator.name)) return [];
      const list = other.dependencyList;
      if (list !== undefined && !list.value.startsWith('[')) return [];
      const more = {
        names: [generator.name, item.name],
        generator: other,
        also: [{ file: generator.file, at: item.start }],
      };
      return list === undefined
        ? inserted(other.file, other.open + 1, ` dependencies = [ "${generator.name}" ];`, more)
        : inserted(other.file, list.valueStart + 1, ` "${generator.name}"`, more);
    }),

  'shared-depends-on-machine': fleet =>
    dependenciesOf(fleet).flatMap(({ generator, item, other }) => {
      if (!generator.name || !isOnlyOne(fleet, generator)) return [];
      const more = { names: [generator.name, item.name], also: [{ file: generator.file, at: item.start }] };
      if (generator.isShared && other.isShared)
        return removed(other, other.share, { ...more, generator: other });
      return generator.share === undefined && other.share === undefined
        ? inserted(generator.file, generator.open + 1, ' share = true;', { ...more, generator })
        : [];
    }),

  'in-dependency-typo': (fleet, chance) =>
    plainScripts(fleet).flatMap(generator =>
      matchesIn(generator.script, /\$(?:in|\{in\})"?\/([a-zA-Z][\w-]{2,})\//g)
        .filter(([, name]) => generator.dependencies.some(item => item.name === name))
        .map(match => {
          const start = match.index + match[0].lastIndexOf(`${match[1]}/`);
          const word = { text: match[1], start, end: start + match[1].length };
          return misspelt(generator.file, inScript(generator, word), chance, {
            taken: fleet.names,
            generator,
          });
        }),
    ),

  'in-file-typo': (fleet, chance) =>
    plainScripts(fleet).flatMap(generator =>
      matchesIn(generator.script, /\$(?:in|\{in\})"?\/([a-zA-Z][\w-]+)\/([a-zA-Z][\w.-]{2,})/g).flatMap(
        match => {
          const declared = fleet.byName.get(match[1]) ?? [];
          if (!declared.some(({ files, prompts }) => files.has(match[2]) || prompts.has(match[2]))) return [];
          const taken = new Set(
            declared.flatMap(({ files, prompts }) => [...files.keys(), ...prompts.keys()]),
          );
          const slip = typo(match[2], chance, taken);
          const word = inScript(generator, wordIn(match, 2));
          return replaced(generator.file, word, slip, { names: [slip], generator });
        },
      ),
    ),

  // A prompt that is persisted declares its file by itself.
  'file-removed': fleet =>
    plainScripts(fleet).flatMap(generator =>
      [...generator.files]
        .filter(
          ([name, file]) =>
            file.bindings.length === 1 &&
            !isPersisted(generator, name) &&
            namesOutput(generator.script, name) &&
            usesOf(fleet, generator, name).length > 0 &&
            isOnlyOne(fleet, generator),
        )
        .map(([name, file]) =>
          removed(generator, file.bindings[0], {
            names: [name],
            generator,
            also: used(fleet, generator, name),
          }),
        ),
    ),

  'file-never-written': (fleet, chance) =>
    plainScripts(fleet)
      .filter(({ files, script: { text } }) => {
        const writesWhole = /\$(out|\{out\})"?(\s|$)/m.test(text.replace(/cd\s+"?\$out"?/g, ''));
        return files.size > 0 && /\$out|\$\{out\}/.test(text) && !writesWhole;
      })
      .flatMap(generator => {
        const [[name, file]] = generator.files;
        const extra = name + oneOf(['-hash', '.env', '-pub', '.json'], chance);
        if (generator.files.has(extra) || generator.prompts.has(extra)) return [];
        return inserted(generator.file, generator.open + 1, ` files."${extra}" = { };`, {
          names: [extra],
          generator,
          also: [{ file: generator.file, at: file.bindings[0].start }],
        });
      }),

  'secret-made-public': fleet =>
    withOption(
      fleet,
      { name: 'secret', value: 'false' },
      (generator, name) => storedIn(fleet, generator, name, 'secret').length > 0,
      (generator, name) => storedIn(fleet, generator, name, 'secret').map(file => ({ file, line: 1 })),
    ),

  'deploy-off-but-used': fleet =>
    withOption(
      fleet,
      { name: 'deploy', value: 'false' },
      (generator, name) =>
        isOnlyOne(fleet, generator) &&
        !isUploadedAnyway(generator.files.get(name)) &&
        usesOf(fleet, generator, name).some(
          ({ attribute, isGuarded }) => attribute.text === 'path' && !isGuarded,
        ),
      (generator, name) => used(fleet, generator, name),
    ),

  'secret-false-removed': fleet =>
    fleet.generators.flatMap(generator =>
      [...generator.files]
        .filter(
          ([name, file]) =>
            isSecret(file) === false &&
            usesOf(fleet, generator, name).some(
              ({ attribute, isGuarded }) => attribute.text === 'value' && !isGuarded,
            ) &&
            isOnlyOne(fleet, generator),
        )
        .map(([name, file]) => {
          const { valueStart, valueEnd } = file.options.get('secret');
          return replaced(generator.file, { start: valueStart, end: valueEnd }, 'true', {
            names: [name],
            generator,
            also: used(fleet, generator, name),
          });
        }),
    ),
};
