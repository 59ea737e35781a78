/**
 * The fleet as plain data: everything that a workspace declares. Checks, editor features and the command line read it;
 * `fleet/assembly` builds it from evaluated Nix. Holds no tree and no scope.
 */

import type { LateArgument } from '../../flake/arguments.ts';
import type { Machine, NotAnalysable } from './base.ts';
import type { FileFaults, Reach } from './faults.ts';
import type { Generator } from './generators.ts';
import type { MachineFact, MachineModules, RemovedUse } from './machines.ts';
import type { NixWitness } from './nix-answer.ts';
import type { ClanSetting, FleetOptions } from './options.ts';
import type { Matrix, Registry } from './registries.ts';
import type { AccessSetting, MachineSecrets, SecretFacts, StoreSettings } from './secrets.ts';
import type { ClanGenerator, ExportGenerator, Inventory, ServiceModule } from './services.ts';
import type { Unit } from './uses.ts';

export interface Fleet {
  readonly machines: readonly Machine[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete: boolean;
  /** Names of standalone home-manager configurations, which belong to no machine of the fleet. */
  readonly homes: readonly string[];
  /** Machines as each single source declares them, before the sources are joined. */
  readonly machineFacts: readonly MachineFact[];
  /** True if the workspace uses clan-core, so that option names have the meaning that clan-core gives them. */
  readonly isClan: boolean;
  /**
   * The clan's folder, below which vars are stored, relative to the workspace root; null if it is unknown or there are
   * several.
   */
  readonly directory: string | null;
  readonly inventory: Inventory;
  /** Service modules that the workspace offers to its inventory. */
  readonly serviceModules: readonly ServiceModule[];
  /** False if there may be service modules that are not listed. */
  readonly serviceModulesComplete: boolean;
  readonly registries: readonly Registry[];
  readonly matrices: readonly Matrix[];
  /** All generators that the workspace declares; computed on first access. */
  readonly generators: readonly Generator[];
  /** Returns false if a machine may have generators that are not listed, from unknown modules or other flakes. */
  readonly hasAllGenerators: (machine: string) => boolean;
  /** The modules of each machine, by its name; resolved on first access. */
  readonly modules: ReadonlyMap<string, MachineModules>;
  /** Module arguments that are set by `_module.args` only. */
  readonly lateArguments: readonly LateArgument[];
  /** True if the flake replaces the `config` argument of modules (`specialArgs.config`). */
  readonly replacesConfig: boolean;
  /** True if modules may be given a package set that does not come from their configuration. */
  readonly mayGivePackages: boolean;
  /** Generators that clan-core's services and core modules add, as far as the inventory shows. */
  readonly clanGenerators: readonly ClanGenerator[];
  /** The sops-nix and agenix declarations of each file; `secrets-join.ts` joins them. */
  readonly secrets: readonly SecretFacts[];
  /** The sops-nix and agenix secrets that each machine's modules declare; read on first access. */
  readonly machineSecrets: ReadonlyMap<string, MachineSecrets>;
  /** Settings of the store in which vars are kept. */
  readonly storeSettings: StoreSettings;
  /** Generators declared in exports, which belong to the flake and not to a machine. */
  readonly exports: readonly ExportGenerator[];
  /** Options that the fleet's own modules declare, with their definitions and reads. */
  readonly options: FleetOptions;
  /** Settings below the options that configure how vars are kept. */
  readonly clanSettings: readonly ClanSetting[];
  /** Recipients that the configuration adds to all secrets. */
  readonly accessSettings: readonly AccessSetting[];
  /** Faults that make Nix fail, by file; looked for on first access. */
  readonly faults: readonly FileFaults[];
  /** The files that Nix reaches: the flake, the modules of machines, and everything that these import. */
  readonly reached: ReadonlyMap<string, Reach>;
  /** Uses of options that clan-core has removed or renamed. */
  readonly removed: readonly RemovedUse[];
  /** Returns the files that contain a literal path to the file or folder. Searches all texts. */
  readonly namedBy: (path: string) => readonly string[];
  readonly units: ReadonlyMap<string, Unit>;
  readonly notAnalysable: readonly NotAnalysable[];
  /** Nix's answer, which is joined into all of the above; null if Nix was not asked. */
  readonly nix: NixWitness | null;
}
