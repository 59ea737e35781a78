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
  const joinedWith = joiner();
  const there = (machine: string): GeneratorBody | null =>
    has.has(machine) ? generator.bodyOn(machine) : null;
  const bodyOn = (machine: string): GeneratorBody => {
    const brought = brings.get(machine);
    return brought === undefined
      ? generator.bodyOn(machine)
      : joinedWith(there(machine), brought.bodyOn(machine));
  };
  /** The same with what differs by machine left open, so that it is one for all. */
  const commonOn = (machine: string): GeneratorBody => {
    const brought = brings.get(machine);
    return brought === undefined ? generator.bodyOn(machine) : joinedWith(there(machine), brought.body());
  };
  const all = new Set(machines);
  const judged = silencer();
  const settledOn = (machine: string): GeneratorBody | null => {
    if (!all.has(machine) || (has.has(machine) && generator.settledOn(machine) === null)) return null;
    return brings.has(machine) ? judged(commonOn(machine)) : generator.settledOn(machine);
  };
  const isPlaced = once(() => machines.every(machine => settledOn(machine) !== null));
  const common = once(() => [...new Set(machines.map(commonOn))]);
  return {
    ...generator,
    machines,
    perhaps: generator.perhaps.filter(machine => !brings.has(machine)),
    machinesComplete: generator.machinesComplete && by.every(brought => brought.machinesComplete),
    conditional: false,
    body: once(() => variantsOf(isPlaced() ? common() : [...common(), generator.body()])),
    bodies: once(() => [
      ...new Set(
        machines.map(machine => (brings.has(machine) ? judged(commonOn(machine)) : commonOn(machine))),
      ),
    ]),
    bodyOn: machine => (all.has(machine) ? bodyOn(machine) : generator.body()),
    settledOn,
    variants: once(() =>
      [...groupBy(machines, settledOn)].flatMap(([body, those]) =>
        body === null ? [] : [{ body, machines: those }],
      ),
    ),
  };
}

/** Returns what joins two bodies, the same two only once. */
function joiner(): (own: GeneratorBody | null, brought: GeneratorBody) => GeneratorBody {
  const known = new Map<GeneratorBody, Map<GeneratorBody, GeneratorBody>>();
  return (own, brought) => {
    if (own === null) return brought;
    const byOwn = known.get(brought) ?? new Map<GeneratorBody, GeneratorBody>();
    known.set(brought, byOwn);
    const joined = byOwn.get(own) ?? joinedBodies(own, brought);
    byOwn.set(own, joined);
    return joined;
  };
}

/** Returns what takes the script out of a body: clan-core's own are nothing that rules would have to judge. */
function silencer(): (body: GeneratorBody) => GeneratorBody {
  const known = new Map<GeneratorBody, GeneratorBody>();
  return body => {
    const { script } = body;
    const silent =
      known.get(body) ??
      (script === null ? body : { ...body, script: { text: null, source: null, file: null, at: script.at } });
    known.set(body, silent);
    return silent;
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
    options: once(() => [...own.options(), ...brought.options()]),
    script: own.script ?? brought.script,
    validation: own.validation === undefined ? brought.validation : own.validation,
    asksMachine: own.asksMachine,
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
