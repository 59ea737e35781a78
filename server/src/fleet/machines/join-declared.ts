/** Joins the declarations of single files to the machines and the inventory of the fleet. Reads no files. */
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { createInventory } from '../inventory/members.ts';
import type { Machine, NotAnalysable } from '../model/base.ts';
import type { MachineFact } from '../model/machines.ts';
import type { ClanSetting } from '../model/options.ts';
import type { ExportGenerator, Inventory, ServiceModule } from '../model/services.ts';
import type { ClanDirectory, DeclaredFleet } from './declared.ts';
import { joinMachines } from './machine-facts.ts';

export interface JoinedFleet {
  /** All machines, including those that clan does not manage. */
  readonly machines: readonly Machine[];
  /** Names of standalone home-manager configurations; empty in a clan. */
  readonly homes: readonly string[];
  /** Machines as each single source declares them. */
  readonly facts: readonly MachineFact[];
  readonly inventory: Inventory;
  /** False if there may be machines that are not listed. */
  readonly machinesComplete: boolean;
  readonly modules: readonly ServiceModule[];
  /** False if there may be service modules that are not listed. */
  readonly modulesComplete: boolean;
  readonly gaps: readonly NotAnalysable[];
  readonly settings: readonly ClanSetting[];
  readonly exports: readonly ExportGenerator[];
  readonly isClan: boolean;
  /** The clan's folder, relative to the workspace root; null if unknown, or if there are several. */
  readonly directory: string | null;
}

/**
 * Joins the declarations of all files.
 * @param declared one item for each file that declares anything, and one for `inventory.json`
 * @param folders machines that are found by their folders
 * @param others machines that are found in other ways
 */
export function joinDeclared(
  cx: Evaluation,
  declared: readonly DeclaredFleet[],
  folders: readonly Machine[],
  others: readonly Machine[],
): JoinedFleet {
  const isClan = declared.some(fleet => fleet.isClan);
  const facts = declared.flatMap(fleet => fleet.machines);
  const homes = isClan ? [] : declared.map(fleet => fleet.homes);
  const complete = [...declared, ...homes].every(({ complete: isComplete }) => isComplete);
  const machines = joinMachines([...facts, ...folders, ...others], isClan);
  const outside = new Set(facts.filter(isOutside).map(fact => fact.name));
  for (const fact of [...facts, ...folders]) if (!isOutside(fact)) outside.delete(fact.name);
  const inventory = createInventory(cx, {
    instances: {
      list: declared.flatMap(fleet => fleet.instances),
      complete: declared.every(fleet => fleet.instancesComplete),
    },
    tags: declared.flatMap(fleet => fleet.tags),
    options: declared.flatMap(fleet => fleet.options),
    optionsComplete: declared.every(fleet => fleet.optionsComplete),
    domain: domainOf(declared),
    machines: machines.filter(machine => !outside.has(machine.name) && machine.source !== 'reader'),
    machinesComplete: complete,
    withHiddenTags: facts.filter(fact => fact.tagsHidden === true).map(fact => fact.name),
  });
  const directories = declared.flatMap(fleet => fleet.directories);
  return {
    inventory,
    machines,
    homes: [...new Set(homes.flatMap(home => home.machines.map(({ name }) => name)))].sort(),
    facts: [...facts, ...folders],
    // Outside of a clan, folders alone do not show that all configurations are known; in a clan every folder is a
    // machine.
    machinesComplete: complete && (isClan || facts.length > 0),
    modules: declared.flatMap(fleet => fleet.modules),
    // An inventory without its clan does not show the clan's modules.
    modulesComplete: directories.length > 0 && declared.every(fleet => fleet.modulesComplete),
    gaps: declared.flatMap(fleet => fleet.gaps),
    settings: declared.flatMap(fleet => fleet.settings),
    exports: exportsOf(declared),
    isClan,
    directory: directoryOf(directories),
  };
}

/**
 * Returns the generators of exports without duplicates, which arise because a module of the clan is read in its own
 * file and in those that import it.
 */
function exportsOf(declared: readonly DeclaredFleet[]): readonly ExportGenerator[] {
  const all = declared.flatMap(fleet => fleet.exports);
  return [...new Map(all.map(generator => [`${generator.key}\0${generator.name}`, generator])).values()];
}

/**
 * Returns whether the machine is declared by a configuration. Beside a clan, such a machine is not in its inventory.
 */
function isOutside({ source }: Machine): boolean {
  return source === 'configuration';
}

/** Returns the clan's domain, or its default if none is set; null if unknown. */
function domainOf(declared: readonly DeclaredFleet[]): string | null {
  const set = new Set(declared.flatMap(fleet => fleet.domains));
  if (set.size === 0) return declared.every(fleet => fleet.instancesComplete) ? 'clan' : null;
  const [only = null] = set;
  return set.size === 1 ? only : null;
}

/** Returns the clan's folder. One that is set takes precedence over a default. */
function directoryOf(directories: readonly ClanDirectory[]): string | null {
  const set = directories.filter(directory => directory.isSet);
  const paths = new Set((set.length > 0 ? set : directories).map(directory => directory.path));
  const [only = ''] = paths;
  return paths.size > 1 ? null : only;
}
