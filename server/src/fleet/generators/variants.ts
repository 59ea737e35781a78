/** Summarises the bodies of a generator that differs between machines. */

import type { Place } from '../../nix/places.ts';
import { groupBy, memoized, uniqueBy } from '../../std.ts';
import type {
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  GeneratorScript,
  KnownLists,
  WrittenOption,
} from '../model/generators.ts';

const parts = new WeakMap<GeneratorBody, readonly GeneratorBody[]>();

/** Returns the alternatives that a body summarises, or only the body itself. */
export function variantsIn(body: GeneratorBody): readonly GeneratorBody[] {
  return parts.get(body) ?? [body];
}

/** Returns a body that summarises alternatives: the values they agree on, and the names that any of them has. */
export function variantsOf(bodies: readonly GeneratorBody[]): GeneratorBody {
  const common = commonBody(bodies);
  if (bodies.length > 1) parts.set(common, bodies);
  return common;
}

function commonBody(bodies: readonly GeneratorBody[]): GeneratorBody {
  const generatorBodies = bodies.filter(body => body.completeness !== 'opaque');
  if (generatorBodies.length === 0) return bodies[0] as GeneratorBody;
  const alikes = withoutAlikes(generatorBodies);
  const [first, ...others] = alikes as readonly [GeneratorBody, ...GeneratorBody[]];
  if (bodies.length === 1) return first;
  const same = (of: keyof Summary): boolean => {
    const text = summaryOf(first)[of];
    return others.every(body => summaryOf(body)[of] === text);
  };
  const whole = generatorBodies.length === bodies.length;
  const complete = {
    files: whole && all(alikes, 'files') && same('files'),
    prompts: whole && all(alikes, 'prompts') && same('prompts'),
    dependencies: whole && all(alikes, 'dependencies') && same('dependencies'),
    packages: whole && all(alikes, 'packages') && same('packages'),
  };
  const alike = complete.files && complete.prompts && complete.dependencies;
  let options: readonly WrittenOption[] | null = null;
  return {
    completeness: alike && alikes.every(body => body.completeness === 'full') ? 'full' : 'partial',
    share: same('share') ? first.share : null,
    files: byName(alikes.flatMap(body => body.files)).map(files => commonFile(files, alikes.length)),
    prompts: byName(alikes.flatMap(body => body.prompts)).map(commonPrompt),
    dependencies: [
      ...new Map(
        generatorBodies.flatMap(body =>
          body.dependencies.map(dependency => [dependency.value, dependency] as const),
        ),
      ).values(),
    ],
    runtimeInputs: [...new Set(alikes.flatMap(body => body.runtimeInputs))],
    packages: distinct(generatorBodies.flatMap(body => body.packages)),
    complete,
    options() {
      options ??= distinct(generatorBodies.flatMap(body => body.options()));
      return options;
    },
    script: commonScript(alikes),
    validation: same('validation') ? first.validation : null,
    asksMachine: alikes.some(body => body.asksMachine),
  };
}

function all(bodies: readonly GeneratorBody[], list: keyof KnownLists): boolean {
  return bodies.every(body => body.complete[list]);
}

/** Texts by which bodies are compared: JSON with sorted names. */
interface Summary {
  readonly files: string;
  readonly prompts: string;
  readonly dependencies: string;
  readonly packages: string;
  readonly share: string;
  readonly validation: string | undefined;
  /** All contents of a body except places and options. */
  readonly whole: string;
}

/** Summaries by body. A body of a thousand machines is compared each time one of them changes. */
const summaryOf = memoized((body: GeneratorBody): Summary => {
  const sorted = (names: readonly string[]) => JSON.stringify([...names].sort());
  const withoutPlace = (part: object) => ({ ...part, at: undefined });
  return {
    whole: JSON.stringify([
      body.completeness,
      body.share,
      body.files.map(withoutPlace),
      body.prompts.map(withoutPlace),
      body.dependencies.map(dependency => dependency.value),
      body.runtimeInputs,
      body.complete,
      body.validation,
      body.script === null ? [] : [body.script.text],
    ]),
    files: sorted(body.files.map(file => file.name)),
    prompts: sorted(body.prompts.map(prompt => prompt.name)),
    dependencies: sorted(body.dependencies.map(dependency => dependency.value)),
    packages: sorted(body.runtimeInputs),
    share: JSON.stringify(body.share),
    validation: JSON.stringify(body.validation),
  };
});

/** Removes equal bodies: a thousand machines may declare the same, each in its own file. */
function withoutAlikes(bodies: readonly GeneratorBody[]): readonly GeneratorBody[] {
  if (bodies.length < 3) return bodies;
  return uniqueBy(bodies, body => summaryOf(body).whole);
}

/** Removes duplicates, since bodies of one generator share definitions. */
function distinct<T extends { readonly at: Place }>(list: readonly T[]): T[] {
  const byFile = new Map<string, Map<number, T[]>>();
  const result: T[] = [];
  for (const item of list) {
    const { file, start } = item.at;
    let byStart = byFile.get(file);
    if (byStart === undefined) {
      byStart = new Map();
      byFile.set(file, byStart);
    }
    const here = byStart.get(start);
    if (here === undefined) byStart.set(start, [item]);
    else if (here.includes(item)) continue;
    else {
      const text = JSON.stringify(item);
      if (here.some(other => JSON.stringify(other) === text)) continue;
      here.push(item);
    }
    result.push(item);
  }
  return result;
}

function byName<T extends { readonly name: string }>(all: readonly T[]): T[][] {
  return [...groupBy(all, ({ name }) => name).values()];
}

function shared<T extends object, K extends keyof T>(all: readonly T[], key: K): T[K] | null {
  const [first] = all;
  return first !== undefined && all.every(item => item[key] === first[key]) ? first[key] : null;
}

/**
 * Merges the files of one name.
 * @param bodies the number of bodies, some of which may lack the file
 */
function commonFile(all: readonly GeneratorFile[], bodies: number): GeneratorFile {
  return {
    ...(all[0] as GeneratorFile),
    secret: shared(all, 'secret'),
    deploy: shared(all, 'deploy'),
    owner: shared(all, 'owner'),
    group: shared(all, 'group'),
    hasDefaultGroup: all.every(file => file.hasDefaultGroup),
    mode: shared(all, 'mode'),
    neededFor: shared(all, 'neededFor'),
    from: all.some(file => file.from === 'files') ? 'files' : 'prompt',
    conditional: all.length < bodies || all.every(file => file.conditional),
  };
}

function commonPrompt(all: readonly GeneratorPrompt[]): GeneratorPrompt {
  return {
    ...(all[0] as GeneratorPrompt),
    type: shared(all, 'type'),
    description: shared(all, 'description'),
    persist: shared(all, 'persist'),
  };
}

/** Returns the script for display. If some bodies have no script, it is not certain to exist. */
function commonScript(bodies: readonly GeneratorBody[]): GeneratorScript | null {
  const scripts = bodies.map(body => body.script);
  const first = scripts.find(script => script !== null) ?? null;
  if (first === null || scripts.every(script => script?.text === first.text && script.file === first.file))
    return first;
  return { ...first, text: null, source: null, file: null };
}
