/**
 * Answers the questions of editor features about sops-nix and agenix secrets: the definitions of a name, their
 * machines, and their places in encrypted files. Decrypts nothing; reads only names and recipients from
 * encrypted files.
 */
import { mayBeSame } from '../../checks/facts/generator/script-io.ts';
import { secretsOf } from '../../checks/facts/sops/joined-secrets.ts';
import { sideOf } from '../../checks/facts/sops/secret-surroundings.ts';
import { readersOf } from '../../checks/facts/use/reading-machines.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type {
  AgeRule,
  EnclosingNames,
  SecretDefinition,
  SecretKeeper,
  SecretTemplate,
  SecretUse,
} from '../../fleet/model/secrets.ts';
import type { FleetSecret, FleetSecrets } from '../../fleet/secrets/secrets-join.ts';
import type { EncryptedFile, EncryptedKey } from '../../fleet/secrets/secrets-keys.ts';
import type { SecretSide } from '../../fleet/secrets/secrets-schema.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { Place } from '../../nix/places.ts';
import type { SopsFolder } from '../../store/sops/sops-keys.ts';
import { below } from '../../store/vars/files.ts';
import { contextOf, type Snapshot } from '../snapshot.ts';

/** Returns all secrets, as rules read them. */
export function secretsIn(snapshot: Snapshot): FleetSecrets {
  return secretsOf(contextOf(snapshot));
}

/** Counts the secrets and the rules of agenix. */
export function secretCount(snapshot: Snapshot): number {
  const { secrets, ageRules } = secretsIn(snapshot);
  return secrets.length + ageRules.reduce((sum, { rules }) => sum + rules.length, 0);
}

/** The known secrets, and the files needed to look them up. */
export interface SecretContext {
  readonly fleet: Fleet;
  readonly files: Pick<NixFiles, 'parse'>;
  readonly secrets: FleetSecrets;
  /** The owners of known keys. */
  readonly sops: Pick<SopsFolder, 'users' | 'machines'>;
}

export function secretContextOf(snapshot: Snapshot): SecretContext {
  const { fleet, files, stored } = snapshot;
  return { fleet, files, secrets: secretsIn(snapshot), sops: stored().sops };
}

/** Returns the secret of a name, or else one with a matching partly known name; null if nothing declares it. */
export function secretNamed(snapshot: Snapshot, keeper: SecretKeeper, name: string): FleetSecret | null {
  const ofKeeper = secretsIn(snapshot).secrets.filter(secret => secret.keeper === keeper);
  const exact = ofKeeper.find(secret => secret.name === name);
  return exact ?? ofKeeper.find(secret => secret.nameKind === 'pattern' && fits(secret.name, name)) ?? null;
}

export function templatesNamed(snapshot: Snapshot, name: string): readonly SecretTemplate[] {
  const { templates } = secretsIn(snapshot);
  const exact = templates.filter(template => template.name === name);
  return exact.length > 0
    ? exact
    : templates.filter(template => template.nameKind === 'pattern' && fits(template.name, name));
}

/** Returns the uses that refer to a secret or template. */
export function usesOf(
  snapshot: Snapshot,
  { keeper, of, name }: Pick<SecretUse, 'keeper' | 'of' | 'name'>,
): readonly SecretUse[] {
  const isTemplate = of === 'template';
  return secretsIn(snapshot).uses.filter(
    use => use.keeper === keeper && (use.of === 'template') === isTemplate && fits(use.name, name),
  );
}

/**
 * Returns whether two names are equal or match each other's holes. Completely unknown names match anything and
 * are excluded.
 */
function fits(machine: string, otherMachine: string): boolean {
  if (machine === otherMachine) return true;
  const [left, right] = [machine, otherMachine].map(name => name.includes('${'));
  if (left === right) return false;
  return !isAnyName(left ? machine : otherMachine) && mayBeSame(machine, otherMachine);
}

/** Returns whether a partly known name has so little text that it may be any name. */
export function isAnyName(name: string): boolean {
  return name.replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '').replace(/[\W_]/g, '').length < 2;
}

/** Returns the machines that import a file, possibly under a condition. */
export function machinesOfFile(fleet: Fleet, file: string): readonly string[] {
  const readers = readersOf(fleet, file);
  return readers === null ? [] : [...new Set([...readers.certain, ...readers.possible])];
}

/**
 * Returns the machines that declare a secret, in fleet order, including those that get it from `sops/secrets`.
 */
export function machinesOfSecret(fleet: Fleet, { definitions, implicitOn }: FleetSecret): readonly string[] {
  const machines = new Set(implicitOn);
  for (const { at, via } of definitions)
    for (const place of [at, ...via])
      for (const machine of machinesOfFile(fleet, place.file)) machines.add(machine);
  return fleet.machines.map(({ name }) => name).filter(name => machines.has(name));
}

/** A place that declares or reads a secret, with the attribute names that lead to it. */
interface SecretOccurrence {
  readonly at: Place;
  readonly above: EnclosingNames;
}

/**
 * Returns the definitions relevant at a place: those of its side (machine or user), and of its own machines if
 * there are any.
 */
export function nearest<T extends SecretOccurrence>(
  fleet: Fleet,
  from: SecretOccurrence,
  all: readonly T[],
): readonly T[] {
  const fileMachines = new Set(machinesOfFile(fleet, from.at.file));
  const sided = all.filter(candidate => mayMeet(fleet, from, candidate));
  const near = sided.filter(({ at }) =>
    machinesOfFile(fleet, at.file).some(machine => fileMachines.has(machine)),
  );
  return near.length > 0 ? near : sided.length > 0 ? sided : all;
}

/**
 * Returns whether two places may concern the same set of secrets. Those of a machine and of its users are
 * different sets.
 */
function mayMeet(fleet: Fleet, sided: SecretOccurrence, other: SecretOccurrence): boolean {
  const sides = new Set([sideAt(fleet, sided), sideAt(fleet, other)]);
  return sides.size === 1 || sides.has('both');
}

/** Returns whose secrets a place refers to; a user's module reads those of the machine through `osConfig`. */
export function sideAt(fleet: Fleet, { at, above }: SecretOccurrence): SecretSide {
  return above.at(-1) === 'osConfig' ? 'system' : sideOf(fleet, at.file, above);
}

/** Returns the file below `sops/secrets` with one of clan's own secrets. */
export function fileOfClan({ directory }: Fleet, name: string): string {
  return below(directory ?? '', `sops/secrets/${name}/secret`);
}

/** Returns the rules of `secrets.nix` for a file. */
export function ageRulesOf({ ageRules }: FleetSecrets, path: string): readonly AgeRule[] {
  return ageRules.flatMap(({ rules }) => rules.filter(rule => rule.path === path));
}

/** A key of an encrypted file with its path: `mail/password`. */
export interface PathOfKey {
  readonly path: string;
  readonly key: EncryptedKey;
}

/** Returns the keys that hold values, in file order. */
export function valueKeys({ keys }: EncryptedFile): readonly PathOfKey[] {
  return allKeys(keys, '').filter(({ key }) => key.kind === 'value');
}

/** Returns all keys in file order, each before the keys nested in it. */
export function allKeys(keys: readonly EncryptedKey[], above: string): PathOfKey[] {
  return keys.flatMap(key => {
    const path = above + key.name;
    return [{ path, key }, ...allKeys(key.below, `${path}/`)];
  });
}

/** Returns the secrets that use a key of a file. A null key matches any. */
export function secretsUsing(
  secrets: FleetSecrets,
  file: string,
  key: string | null,
): readonly SecretDefinition[] {
  return secrets.secrets.flatMap(({ definitions }) =>
    definitions.filter(definition => {
      if (!secrets.filesOf(definition).files.some(({ path }) => path === file)) return false;
      return key === null || keyTextOf(secrets, definition) === key;
    }),
  );
}

/** Returns the key of a secret, or null if it has none or that is not known. */
export function keyTextOf(secrets: FleetSecrets, definition: SecretDefinition): string | null {
  const key = secrets.keyOf(definition);
  if (key === null) return null;
  return definition.key?.value ?? definition.name;
}
