/**
 * One generator that is not the same everywhere: what can be said of all its bodies at once.
 */

import type { Place } from '../../nix/places.ts';
import { groupBy, uniqueBy } from '../../std.ts';
import type {
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  GeneratorScript,
  KnownLists,
  WrittenOption,
} from '../model/generators.ts';

const parts = new WeakMap<GeneratorBody, readonly GeneratorBody[]>();

/**
 * Returns the bodies that a body stands for, no two of which are there at once; itself, if it is no more than one.
 */
export function variantsIn(body: GeneratorBody): readonly GeneratorBody[] {
  return parts.get(body) ?? [body];
}

/** Returns one body for several alternatives: what they agree in, and all names that any of them has. */
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

/** What bodies are compared by, as JSON: lists of names in one order. */
interface Summary {
  readonly files: string;
  readonly prompts: string;
  readonly dependencies: string;
  readonly packages: string;
  readonly share: string;
  readonly validation: string | undefined;
  /** All that bodies may differ in, but for places and options. */
  readonly whole: string;
}

/** A body that a thousand machines have is compared each time that one of them changes. */
const summaries = new WeakMap<GeneratorBody, Summary>();

function summaryOf(body: GeneratorBody): Summary {
  let summary = summaries.get(body);
  if (summary === undefined) {
    const sorted = (names: readonly string[]) => JSON.stringify([...names].sort());
    const withoutPlace = (one: object) => ({ ...one, at: undefined });
    summary = {
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
    summaries.set(body, summary);
  }
  return summary;
}

/** Keeps the first of each kind: in a fleet a thousand machines may say the same, each in a file of its own. */
function withoutAlikes(bodies: readonly GeneratorBody[]): readonly GeneratorBody[] {
  if (bodies.length < 3) return bodies;
  return uniqueBy(bodies, body => summaryOf(body).whole);
}

/** Bodies of one generator share definitions: what is written once counts once. */
function distinct<T extends { readonly at: Place }>(list: readonly T[]): T[] {
  const byFile = new Map<string, Map<number, T[]>>();
  const found: T[] = [];
  for (const one of list) {
    const { file, start } = one.at;
    let byStart = byFile.get(file);
    if (byStart === undefined) {
      byStart = new Map();
      byFile.set(file, byStart);
    }
    const here = byStart.get(start);
    if (here === undefined) byStart.set(start, [one]);
    else if (here.includes(one)) continue;
    else {
      const text = JSON.stringify(one);
      if (here.some(other => JSON.stringify(other) === text)) continue;
      here.push(one);
    }
    found.push(one);
  }
  return found;
}

function byName<T extends { readonly name: string }>(all: readonly T[]): T[][] {
  return [...groupBy(all, ({ name }) => name).values()];
}

function shared<T extends object, K extends keyof T>(all: readonly T[], key: K): T[K] | null {
  const [first] = all;
  return first !== undefined && all.every(one => one[key] === first[key]) ? first[key] : null;
}

/** @param bodies how many there are, some of which perhaps have no such file */
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

/** Returns the script to show. One that some bodies do not have is not known to be there. */
function commonScript(bodies: readonly GeneratorBody[]): GeneratorScript | null {
  const scripts = bodies.map(body => body.script);
  const first = scripts.find(script => script !== null) ?? null;
  if (first === null || scripts.every(script => script?.text === first.text && script.file === first.file))
    return first;
  return { ...first, text: null, source: null, file: null };
}
