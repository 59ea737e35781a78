/**
 * What the workspace declares of a generator by name, for rules that compare it with what is stored: only what holds
 * whatever other modules there are. Where clan-core or a name with holes may have a say, nothing is known.
 */

import { mayInclude } from '../../../fleet/elsewhere/name-patterns.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody, GeneratorFile } from '../../../fleet/model/generators.ts';
import type { StoredVar } from '../../../store/vars/vars.ts';
import { factsOf, mayBeDefinedElsewhere, possibleMachines, usesByGenerator } from '../fleet-facts.ts';
import { hasBrokenModule } from '../host/broken-modules.ts';

export interface SoleDeclaration {
  readonly generator: Generator;
  readonly body: GeneratorBody;
}

/**
 * Returns the declaration of a generator that this workspace alone declares; null where that is not certain.
 * @param machine on which it is asked for; null for all that have it
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
  // What only adds to a generator does not say what the generator is.
  if (!generator.definitions.some(definition => definition.kind === 'full')) return null;
  const body = machine === null ? generator.body() : bodyFor(generator, machine);
  return body.completeness === 'opaque' ? null : { generator, body };
}

/** Nearly all are the same on all machines, and asked for by each of them. */
function bodyFor(generator: Generator, machine: string): GeneratorBody {
  const [only, another] = generator.bodies();
  return only?.completeness === 'full' && another === undefined ? only : generator.bodyOn(machine);
}

/** A declaration with the machines on which it is that. */
export interface DeclaredOn {
  readonly declared: SoleDeclaration;
  readonly machines: readonly string[];
}

/** Returns what a generator is that this workspace alone declares, by machine where it is not known for all as one. */
export function soleDeclarations(fleet: Fleet, generator: Generator): readonly DeclaredOn[] {
  const { name, machines } = generator;
  const all = soleDeclaration(fleet, name);
  if (all?.body.complete.files && all.body.share !== null)
    return [{ declared: all, machines: machines ?? [] }];
  return generator.variants().flatMap(variant => {
    const [first] = variant.machines;
    const declared = first === undefined ? null : soleDeclaration(fleet, name, first);
    return declared === null ? [] : [{ declared, machines: variant.machines }];
  });
}

/** Returns a file as a sole declaration has it; null where there may be more to it than is known. */
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
 * Returns whether nothing that is known, in this workspace or in clan-core, can be a generator of this name.
 * @param machines those of which it is asked; null for any
 */
export function isUndeclared(fleet: Fleet, name: string, machines: readonly string[] | null): boolean {
  const facts = factsOf(fleet);
  return !facts.generators.has(name) && !mayBeDefinedElsewhere(facts, name, machines);
}

/** Answers whether a machine certainly does not have a generator, or not any more. */
export function certainlyWithout(fleet: Fleet, generator: Generator): (machine: string) => boolean {
  const facts = factsOf(fleet);
  const has = new Set(possibleMachines(generator));
  return machine =>
    !has.has(machine) &&
    fleet.modules.get(machine)?.complete === true &&
    !mayBeDefinedElsewhere(facts, generator.name, [machine]);
}

/** Returns whether a machine may have a generator of the name of its own: by a name with holes, or in a module that is broken. */
export function mayHaveAnother(fleet: Fleet, name: string, machine: string): boolean {
  return mayBeDefinedElsewhere(factsOf(fleet), name, [machine]) || hasBrokenModule(fleet, [machine]);
}

/**
 * Answers whether what is stored for a machine is of the generator that is declared, as far as is known: not of one that
 * it does not have any more, nor of another of the name.
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
 * Returns whether what is stored may be what the declaration says: it is not from when the generator was shared and is not
 * today, or the other way round. Nobody looks for that there.
 */
export function isInPlace({ body: { share } }: SoleDeclaration, { placement }: StoredVar): boolean {
  return share === null || share === (placement === 'shared');
}

/**
 * Returns whether all generators there are can be among those that are known: all instances are read, and all services
 * are clan-core's or this workspace's own.
 */
export function knowsServices(fleet: Fleet): boolean {
  return fleet.isClan && fleet.inventory.complete && hasNoForeignService(fleet);
}

/** Returns whether no instance that is known is of a service of another flake, which may declare what it likes. */
function hasNoForeignService({ inventory }: Fleet): boolean {
  return inventory.instances.every(({ module }) => {
    if (!module.inputKnown || module.name === null) return false;
    return module.input === null || module.input === 'self' || module.input === 'clan-core';
  });
}

/**
 * Returns words for a claim that a module of another flake could refute: of those, only names are known here.
 * @param machines those that may have it
 */
export function unlessForeign(fleet: Fleet, machines: Iterable<string>): string {
  const modules = fleet.modules;
  const isPossible = [...machines].some(machine => modules.get(machine)?.foreign);
  return isPossible ? 'unless a module of another flake does, ' : '';
}

/** Answers whether something in the workspace reads a generator, or one of its files, by name. */
export function readsOf(fleet: Fleet): (generator: string, file: string | null) => boolean {
  return (generator, file) =>
    usesByGenerator(fleet)
      .get(generator)
      .some(({ fileName }) => file === null || fileName === file);
}
