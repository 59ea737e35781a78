/**
 * Generators that the fleet adds to and a service of clan-core brings: one generator on each machine that has both, with what
 * either says. What the fleet writes counts; of what it leaves out, what the service says.
 */

import { groupBy, once, sameItems, sortedUnique, uniqueBy } from '../../std.ts';
import { variantsOf } from '../generators/variants.ts';
import type {
  Generator,
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  WrittenOption,
} from '../model/generators.ts';
import type { BroughtGenerator } from '../model/services.ts';
import { broughtBody } from './brought-body.ts';

/** The generators that were extended, by what brings the rest of them: the same for as long as both stand. */
export type ExtendedCache = WeakMap<
  Generator,
  { readonly by: readonly BroughtGenerator[]; readonly extended: Generator }
>;

/**
 * Returns the generators, those that services bring with what they are there.
 * @param generators what the fleet declares
 */
export function withServices(
  cache: ExtendedCache,
  generators: readonly Generator[],
  brought: readonly BroughtGenerator[],
): readonly Generator[] {
  const known = groupBy(brought.filter(isCertain), ({ name }) => name);
  if (!generators.some(({ name }) => known.has(name))) return generators;
  return generators.map(generator => {
    const by = known.get(generator.name);
    if (by === undefined || generator.nameKind === 'pattern') return generator;
    const before = cache.get(generator);
    if (before !== undefined && sameItems(before.by, by)) return before.extended;
    const extended = extendedBy(generator, by);
    cache.set(generator, { by, extended });
    return extended;
  });
}

function isCertain({ certain, isPattern, machines }: BroughtGenerator): boolean {
  return certain && !isPattern && machines !== null;
}

function extendedBy(generator: Generator, by: readonly BroughtGenerator[]): Generator {
  const brings = new Map(by.flatMap(brought => (brought.machines ?? []).map(machine => [machine, brought])));
  const has = new Set(generator.machines);
  const both = [...has].filter(machine => brings.has(machine));
  // One that the fleet itself gives a script is not the service's, and of two services nobody knows what they make together.
  const isOwn = both.length === 0 || both.some(machine => generator.bodyOn(machine).script !== null);
  if (isOwn || brings.size < by.flatMap(({ machines }) => machines ?? []).length) return generator;
  const machines = sortedUnique([...has, ...brings.keys()]);
  const bodies = new Map<BroughtGenerator, Map<GeneratorBody, GeneratorBody>>();
  const joinedWith = (body: GeneratorBody, brought: BroughtGenerator): GeneratorBody => {
    const known = bodies.get(brought) ?? new Map<GeneratorBody, GeneratorBody>();
    bodies.set(brought, known);
    const joined = known.get(body) ?? joinedBodies(body, broughtBody(brought));
    known.set(body, joined);
    return joined;
  };
  const bodyOn = (machine: string): GeneratorBody => {
    const brought = brings.get(machine);
    if (brought === undefined) return generator.bodyOn(machine);
    return has.has(machine) ? joinedWith(generator.bodyOn(machine), brought) : broughtBody(brought);
  };
  const settledOn = (machine: string): GeneratorBody | null =>
    has.has(machine) && generator.settledOn(machine) === null
      ? null
      : machines.includes(machine)
        ? bodyOn(machine)
        : null;
  const variants = once(() =>
    [...groupBy(machines, settledOn)].flatMap(([body, those]) =>
      body === null ? [] : [{ body, machines: those }],
    ),
  );
  const isPlaced = machines.every(machine => settledOn(machine) !== null);
  const own = once(() => [...new Set(machines.map(bodyOn))]);
  return {
    ...generator,
    machines,
    perhaps: generator.perhaps.filter(machine => !brings.has(machine)),
    machinesComplete: false,
    conditional: false,
    body: once(() => variantsOf(isPlaced ? own() : [...own(), generator.body()])),
    bodies: own,
    bodyOn: machine => (machines.includes(machine) ? bodyOn(machine) : generator.body()),
    settledOn,
    variants,
  };
}

/** Returns what the fleet and a service make of one generator. */
function joinedBodies(own: GeneratorBody, brought: GeneratorBody): GeneratorBody {
  const written = own.options();
  const says = (of: WrittenOption['of'], owner: string | null) => (name: string) =>
    written.some(option => option.of === of && option.owner === owner && option.name === name);
  const isFull = own.completeness === 'full' && brought.completeness === 'full';
  return {
    completeness: isFull ? 'full' : 'partial',
    share: says('generator', null)('share') ? own.share : brought.share,
    files: joinedLists(own.files, brought.files, (file, theirs) =>
      joinedFile(file, theirs, says('file', file.name)),
    ),
    prompts: joinedLists(own.prompts, brought.prompts, (prompt, theirs) =>
      joinedPrompt(prompt, theirs, says('prompt', prompt.name)),
    ),
    dependencies: uniqueBy([...own.dependencies, ...brought.dependencies], ({ value }) => value),
    runtimeInputs: [...new Set([...own.runtimeInputs, ...brought.runtimeInputs])],
    packages: [...own.packages, ...brought.packages],
    complete: {
      files: own.complete.files && brought.complete.files,
      prompts: own.complete.prompts && brought.complete.prompts,
      dependencies: own.complete.dependencies && brought.complete.dependencies,
      packages: own.complete.packages && brought.complete.packages,
    },
    options: own.options,
    script: own.script ?? brought.script,
    validation: own.validation === undefined ? brought.validation : own.validation,
  };
}

function joinedLists<T extends { readonly name: string }>(
  own: readonly T[],
  brought: readonly T[],
  join: (own: T, brought: T) => T,
): T[] {
  const theirs = new Map(brought.map(item => [item.name, item]));
  const names = new Set(own.map(({ name }) => name));
  return [
    ...own.map(item => {
      const other = theirs.get(item.name);
      return other === undefined ? item : join(item, other);
    }),
    ...brought.filter(({ name }) => !names.has(name)),
  ];
}

type Says = (option: string) => boolean;

function joinedFile(own: GeneratorFile, brought: GeneratorFile, says: Says): GeneratorFile {
  const of = <K extends keyof GeneratorFile>(option: K) => (says(option) ? own[option] : brought[option]);
  return {
    ...own,
    secret: of('secret'),
    deploy: of('deploy'),
    owner: of('owner'),
    group: of('group'),
    hasDefaultGroup: !says('group') && brought.hasDefaultGroup,
    mode: of('mode'),
    neededFor: of('neededFor'),
    conditional: own.conditional && brought.conditional,
  };
}

function joinedPrompt(own: GeneratorPrompt, brought: GeneratorPrompt, says: Says): GeneratorPrompt {
  const of = <K extends keyof GeneratorPrompt>(option: K) => (says(option) ? own[option] : brought[option]);
  return { ...own, type: of('type'), description: of('description'), persist: of('persist') };
}
