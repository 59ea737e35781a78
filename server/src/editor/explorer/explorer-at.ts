/** Finds the explorer item for a place in a file. */
import type { SecretKeeper } from '../../fleet/model/secrets.ts';
import { generatorBefore } from '../names/enclosing-generator.ts';
import { indexOf } from '../names/fleet-index.ts';
import { machinesOfFile, machinesOfSecret, secretNamed } from '../secrets/joined.ts';
import type { Snapshot } from '../snapshot.ts';

/** The most specific known item; unknown fields are null. */
export interface ExplorerItem {
  readonly machine: string | null;
  readonly generator: string | null;
  readonly registry: string | null;
  readonly key: string | null;
  /** The sops-nix or agenix secret at the place, if any. */
  readonly secret?: { readonly keeper: SecretKeeper; readonly name: string };
}

/**
 * Returns the item at a place, or null if nothing of a fleet is there.
 *
 * @param offset 0-based UTF-16 offset
 */
export function itemAt(snapshot: Snapshot, file: string, offset: number): ExplorerItem | null {
  const index = indexOf(snapshot);
  const subject = index.targetAt(file, offset)?.subject;
  const ofGenerator = (generator: string): ExplorerItem => ({
    machine: machineOf(snapshot, generator, file),
    generator,
    registry: null,
    key: null,
  });
  switch (subject?.kind) {
    case 'machine':
    case 'row':
      return { machine: subject.machine, generator: null, registry: null, key: null };
    case 'generator':
      return ofGenerator(subject.name);
    case 'file':
    case 'prompt':
      return ofGenerator(subject.generator);
    case 'key': {
      const { registry, key } = subject;
      const generator = index.key(registry, key)?.generator?.value ?? null;
      return { ...ofGenerator(generator ?? ''), generator, registry, key };
    }
    case 'secret': {
      const { keeper, secret: name } = subject;
      const fleetSecret = secretNamed(snapshot, keeper, name);
      if (fleetSecret === null) return null;
      const machines = machinesOfSecret(snapshot.fleet, fleetSecret);
      const fileMachines = machinesOfFile(snapshot.fleet, file);
      const machine = machines.find(candidate => fileMachines.includes(candidate)) ?? machines[0] ?? null;
      return {
        machine,
        generator: null,
        registry: null,
        key: null,
        secret: { keeper, name: fleetSecret.name },
      };
    }
    case 'option':
    case 'template':
    case 'encrypted-file':
    case 'encrypted-key':
      return null;
    case undefined: {
      const generator = generatorBefore(index, file, offset);
      return generator === null ? null : ofGenerator(generator);
    }
  }
}

/** Returns a machine that has the generator, preferably one that imports the file. */
function machineOf(snapshot: Snapshot, generator: string, file: string): string | null {
  const machines = (indexOf(snapshot).generators.get(generator) ?? []).flatMap(
    candidate => candidate.machines ?? [],
  );
  return machines.find(name => file.split('/').includes(name)) ?? machines[0] ?? null;
}
