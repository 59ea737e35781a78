/**
 * Finds the declaration of a generator by name, for rules that compare it with the store. Contains only what holds
 * regardless of other modules; if clan-core or a definition with a partly known name may contribute, nothing is
 * known.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody, GeneratorFile } from '../../../fleet/model/generators.ts';
import { mayInclude } from '../../../modules/name-patterns.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import { factsOf, mayBeDefinedElsewhere, possibleMachines, usesByGenerator } from '../fleet-facts.ts';
import { hasBrokenModule } from '../host/broken-modules.ts';

export interface SoleDeclaration {
  readonly generator: Generator;
  readonly body: GeneratorBody;
}

/**
 * Returns the declaration of a generator that only this workspace declares, or null if that is not certain.
 *
 * @param machine the machine to look at, or null for all that have the generator
 */
export function soleDeclaration(
  fleet: Fleet,
  name: string,
  machine: string | null = null,
): SoleDeclaration | null {
  const facts = factsOf(fleet);
  const [generator, another] = facts.generators.get(name) ?? [];
  if (generator === undefined || another !== undefined) return null;
  if (mayBeDefinedElsewhere(facts, name, possibleMachines(generator))) return null;
  // A definition that only extends a generator does not determine it.
  if (!generator.definitions.some(definition => definition.kind === 'full')) return null;
  const body = machine === null ? generator.body() : bodyFor(generator, machine);
  return body.completeness === 'opaque' ? null : { generator, body };
}

/** Returns the body for a machine: the common one if it is fully known, as nearly all are. */
function bodyFor(generator: Generator, machine: string): GeneratorBody {
  const [only, another] = generator.bodies();
  return only?.completeness === 'full' && another === undefined ? only : generator.bodyOn(machine);
}

/** A declaration with the machines to which it applies. */
export interface DeclaredOn {
  readonly declared: SoleDeclaration;
  readonly machines: readonly string[];
}

/**
 * Returns the declarations of a generator that only this workspace declares, by machine if they are not known
 * for all at once.
 */
export function soleDeclarations(fleet: Fleet, generator: Generator): readonly DeclaredOn[] {
  const { name, machines } = generator;
  const all = soleDeclaration(fleet, name);
  if (generator.bodies().length < 2 && all?.body.complete.files && all.body.share !== null)
    return [{ declared: all, machines: machines ?? [] }];
  return generator.variants().flatMap(variant => {
    const [first] = variant.machines;
    const declared = first === undefined ? null : soleDeclaration(fleet, name, first);
    return declared === null ? [] : [{ declared, machines: variant.machines }];
  });
}

/** Returns a file of a sole declaration, or null if more may be declared than is known. */
export function soleFile({ body }: SoleDeclaration, name: string): GeneratorFile | null {
  if (!body.complete.files) return null;
  const file = body.files.find(
    generatorFile => generatorFile.name === name && generatorFile.nameKind !== 'pattern',
  );
  return file ?? null;
}

/** Returns whether the declaration certainly has no such file. */
export function lacksFile({ body }: SoleDeclaration, name: string): boolean {
  return body.complete.files && !mayInclude(body.files, name);
}

/**
 * Returns whether no known declaration, here or in clan-core, can be a generator of this name.
 *
 * @param machines the machines to consider, or null for any
 */
export function isUndeclared(fleet: Fleet, name: string, machines: readonly string[] | null): boolean {
  const facts = factsOf(fleet);
  return !facts.generators.has(name) && !mayBeDefinedElsewhere(facts, name, machines);
}

/**
 * Returns a predicate that is true for machines that certainly do not have the generator, or no longer have it.
 */
export function certainlyWithout(fleet: Fleet, generator: Generator): (machine: string) => boolean {
  const facts = factsOf(fleet);
  const has = new Set(possibleMachines(generator));
  return machine =>
    !has.has(machine) &&
    fleet.modules.get(machine)?.complete === true &&
    !mayBeDefinedElsewhere(facts, generator.name, [machine]);
}

/**
 * Returns whether a machine may have another generator of this name: from a definition with a partly known
 * name, or in a broken module.
 */
export function mayHaveAnother(fleet: Fleet, name: string, machine: string): boolean {
  return mayBeDefinedElsewhere(factsOf(fleet), name, [machine]) || hasBrokenModule(fleet, [machine]);
}

/**
 * Returns a predicate that tells whether what is stored for a machine belongs to the declared generator, as far
 * as known, and not to a removed one or to another of the same name.
 */
export function isDeclaredFor(
  fleet: Fleet,
  declared: SoleDeclaration,
): ({ owner }: { readonly owner: string | null }) => boolean {
  const facts = factsOf(fleet);
  const isWithout = certainlyWithout(fleet, declared.generator);
  const has = new Set(possibleMachines(declared.generator));
  return ({ owner }) =>
    owner === null ||
    (!isWithout(owner) &&
      (has.has(owner)
        ? !mayBeDefinedElsewhere(facts, declared.generator.name, [owner])
        : !mayHaveAnother(fleet, declared.generator.name, owner)));
}

/**
 * Returns whether the stored value is in the current placement, not left from when `share` had another value.
 */
export function isInPlace({ body: { share } }: SoleDeclaration, { placement }: StoredVar): boolean {
  return share === null || share === (placement === 'shared');
}

/**
 * Returns whether all possible generators are known: all instances are read, and all services come from
 * clan-core or this workspace.
 */
export function knowsServices(fleet: Fleet): boolean {
  return fleet.isClan && fleet.inventory.complete && hasNoForeignService(fleet);
}

/** Returns whether no known instance uses a service of another flake, which may declare anything. */
function hasNoForeignService({ inventory }: Fleet): boolean {
  return inventory.instances.every(({ module }) => {
    if (!module.inputKnown || module.name === null) return false;
    return module.input === null || module.input === 'self' || module.input === 'clan-core';
  });
}

/**
 * Returns a qualification for claims that a module of another flake could refute, since only the names of those
 * modules are known.
 *
 * @param machines those that may import it
 */
export function unlessForeign(fleet: Fleet, machines: Iterable<string>): string {
  const modules = fleet.modules;
  const isPossible = [...machines].some(machine => modules.get(machine)?.foreign);
  return isPossible ? 'unless a module of another flake does, ' : '';
}

/** Returns a predicate that tells whether the workspace reads a generator, or one of its files, by name. */
export function readsOf(fleet: Fleet): (generator: string, file: string | null) => boolean {
  return (generator, file) =>
    usesByGenerator(fleet)
      .get(generator)
      .some(({ fileName }) => file === null || fileName === file);
}
