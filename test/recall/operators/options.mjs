// Mistakes in the options of generators, files and prompts.

import { oneOf, typo } from '../chance.mjs';
import { inserted, removed, replaced, spotsOf, usesOf } from '../mutant.mjs';

const OPTION_SLIPS = {
  files: ['file', 'fiels'],
  prompts: ['prompt', 'promts'],
  script: ['scripts', 'scirpt'],
  share: ['shared', 'shar'],
  dependencies: ['dependency', 'dependecies', 'dependsOn'],
  runtimeInputs: ['runtimeInput', 'runtimeinputs', 'buildInputs'],
};
const FILE_OPTIONS = ['secret', 'deploy', 'owner', 'group', 'mode', 'neededFor', 'restartUnits'];
const PROMPT_OPTIONS = ['description', 'type', 'persist'];
const PROMPT_TYPES = ['password', 'secret', 'multi-line', 'string'];

/** Where files or prompts set an option. */
const settingsOf = (declared, option) =>
  [...declared.values()].flatMap(({ options }) => options.get(option) ?? []);

const spanOf = ({ valueStart, valueEnd }) => ({ start: valueStart, end: valueEnd });

/** An option with another value. */
function withValue(generator, binding, text) {
  return replaced(generator.file, spanOf(binding), text, {
    names: [binding.parts.at(-1).name],
    generator,
  });
}

/** Options by a slip of their names. */
function misspeltOptions({ generators }, chance, part, options) {
  return generators.flatMap(generator =>
    options.flatMap(option =>
      settingsOf(generator[part], option).map(({ parts }) => {
        const slip = typo(option, chance);
        return replaced(generator.file, parts.at(-1), slip, { names: [slip], generator });
      }),
    ),
  );
}

/** Options whose value fits, by another value. */
const withWrongValue = ({ generators }, bindingsOf, pattern, wrong) =>
  generators.flatMap(generator =>
    bindingsOf(generator)
      .filter(({ value }) => pattern.test(value))
      .map(binding => withValue(generator, binding, wrong(binding.value))),
  );

const withoutBrackets = value => value.slice(1, -1).trim();
const singular = value => `${value.replace(/s?"$/, '')}${value.endsWith('s"') ? '"' : 's"'}`;

/** Files of which users are made: `neededFor = "users"`. */
function filesForUsers({ generators }) {
  return generators.flatMap(generator =>
    [...generator.files].flatMap(([name, file]) => {
      const neededFor = file.options.get('neededFor');
      return neededFor?.value === '"users"' ? [{ generator, name, file, neededFor }] : [];
    }),
  );
}

/** Whether a file's declaration is this option alone: `files.x.neededFor = …`. */
const isDeclaredBy = ({ bindings }, option) => bindings.some(({ start }) => start === option.start);

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const OPTIONS = {
  'generator-option-typo': ({ generators }, chance) =>
    generators.flatMap(generator =>
      generator.bindings
        .filter(({ parts }) => Object.hasOwn(OPTION_SLIPS, parts[0]?.name ?? ''))
        .map(({ parts: [part] }) => {
          const slip = oneOf(OPTION_SLIPS[part.name], chance);
          return replaced(generator.file, part, slip, { names: [slip], generator });
        }),
    ),

  'file-option-typo': (fleet, chance) => misspeltOptions(fleet, chance, 'files', FILE_OPTIONS),

  'prompt-option-typo': (fleet, chance) => misspeltOptions(fleet, chance, 'prompts', PROMPT_OPTIONS),

  'type-boolean-string': fleet =>
    withWrongValue(
      fleet,
      ({ share, files, prompts }) => [
        ...(share === undefined ? [] : [share]),
        ...settingsOf(files, 'secret'),
        ...settingsOf(files, 'deploy'),
        ...settingsOf(prompts, 'persist'),
      ],
      /^(true|false)$/,
      value => `"${value}"`,
    ),

  'type-mode': (fleet, chance) =>
    withWrongValue(
      fleet,
      ({ files }) => settingsOf(files, 'mode'),
      /^"[0-7]{4}"$/,
      value => (chance() < 0.5 ? value.slice(1, -1) : `"${value.slice(2, -1)}"`),
    ),

  'type-needed-for': fleet =>
    withWrongValue(fleet, ({ files }) => settingsOf(files, 'neededFor'), /^"\w+"$/, singular),

  'type-prompt': (fleet, chance) =>
    withWrongValue(
      fleet,
      ({ prompts }) => settingsOf(prompts, 'type'),
      /^"[\w-]+"$/,
      () => `"${oneOf(PROMPT_TYPES, chance)}"`,
    ),

  'type-not-a-list': fleet =>
    withWrongValue(
      fleet,
      ({ dependencies, dependencyList, packages, packageList }) => [
        ...(dependencies.length === 1 && /^\[\s*"[^"]*"\s*\]$/.test(dependencyList.value)
          ? [dependencyList]
          : []),
        ...(packages.length === 1 && /^\[[^\]]*\]$/.test(packageList.value) ? [packageList] : []),
      ],
      /./,
      withoutBrackets,
    ),

  'type-share-as-list': fleet =>
    withWrongValue(
      fleet,
      ({ files }) => settingsOf(files, 'restartUnits'),
      /^\[\s*"[^"]*"\s*\]$/,
      withoutBrackets,
    ),

  'needed-for-users-removed': fleet =>
    filesForUsers(fleet)
      .filter(({ generator, name, file, neededFor }) => {
        const hasMore = file.bindings.length > 1 || (file.options.size > 1 && !isDeclaredBy(file, neededFor));
        return (
          hasMore &&
          usesOf(fleet, generator, name).some(({ document, start }) =>
            /[pP]asswordFile\s*=\s*[^;]*$/.test(document.text.slice(Math.max(0, start - 90), start)),
          )
        );
      })
      .map(({ generator, name, neededFor }) =>
        removed(generator, neededFor, {
          names: [name],
          generator,
          also: spotsOf(usesOf(fleet, generator, name)),
        }),
      ),

  'users-with-owner': fleet =>
    filesForUsers(fleet)
      .filter(({ file, neededFor }) => !file.options.has('owner') && !isDeclaredBy(file, neededFor))
      .map(({ generator, name, neededFor }) =>
        inserted(generator.file, neededFor.end, ' owner = "nginx";', { names: [name, 'owner'], generator }),
      ),

  'semicolon-forgotten': ({ generators }) =>
    generators.flatMap(generator =>
      generator.bindings
        .filter(({ parts }) => parts.length > 0)
        .map(({ end }) =>
          replaced(generator.file, { start: end - 1, end }, '', { generator, breaksNix: true }),
        ),
    ),

  'attribute-twice': ({ generators }) =>
    generators.flatMap(generator => {
      const binding = generator.packageList ?? generator.share;
      if (binding === undefined) return [];
      const { start, end, parts } = binding;
      return inserted(generator.file, end, ` ${generator.document.text.slice(start, end)}`, {
        names: [parts[0].name],
        generator,
        breaksNix: true,
      });
    }),
};
