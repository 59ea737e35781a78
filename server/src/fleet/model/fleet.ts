/**
 * What a workspace declares, as plain data: machines, registries, matrices, generators and the uses of their
 * files. Built by the other modules of this folder from evaluated Nix; read by checks, editor features and the
 * command line. Holds no tree and no scope.
 */

import type { LateArgument } from '../../flake/arguments.ts';
import type { Machine, NotAnalysable } from './base.ts';
import type { FileFaults, Reach } from './faults.ts';
import type { Generator } from './generators.ts';
import type { MachineFact, MachineModules, RemovedUse } from './machines.ts';
import type { ClanSetting, FleetOptions } from './options.ts';
import type { Matrix, Registry } from './registries.ts';
import type { AccessSetting, MachineSecrets, SecretFacts, StoreSettings } from './secrets.ts';
import type { BroughtGenerator, ExportGenerator, Inventory, ServiceModule } from './services.ts';
import type { Unit } from './uses.ts';

export interface Fleet {
  readonly machines: readonly Machine[];
  /** False if there may be machines that are not listed. */
  readonly machinesComplete: boolean;
  /** Names of configurations of home-manager that stand by themselves, without a machine of ours. */
  readonly homes: readonly string[];
  /** What single sources say of machines, before they are joined. */
  readonly machineFacts: readonly MachineFact[];
  /** True if something of the workspace is clan's: names then mean what clan makes of them. */
  readonly isClan: boolean;
  /** The clan's folder, relative to the root: what is stored lies below it. Null where it is not known, or there are several. */
  readonly directory: string | null;
  readonly inventory: Inventory;
  /** Service modules that the workspace makes known to the inventory. */
  readonly serviceModules: readonly ServiceModule[];
  /** False if there may be service modules that are not listed. */
  readonly serviceModulesComplete: boolean;
  readonly registries: readonly Registry[];
  readonly matrices: readonly Matrix[];
  /** All that the workspace declares; computed when first asked for. */
  readonly generators: readonly Generator[];
  /** False if a machine may have generators that are not listed: of modules that are not known, or of other flakes. */
  readonly hasAllGenerators: (machine: string) => boolean;
  /** What each machine is made of, by name; followed when first asked for. */
  readonly modules: ReadonlyMap<string, MachineModules>;
  /** Arguments that modules have from `_module.args` alone. */
  readonly lateArguments: readonly LateArgument[];
  /** True if the flake hands a `config` to modules that is not their own (`specialArgs.config`). */
  readonly replacesConfig: boolean;
  /** Generators that clan-core's own services and modules bring, as far as the inventory tells. */
  readonly brought: readonly BroughtGenerator[];
  /** What each file says of sops-nix and agenix; see secrets-join.ts for the whole picture. */
  readonly secrets: readonly SecretFacts[];
  /** What the modules of each machine declare of them; read when first asked for. */
  readonly machineSecrets: ReadonlyMap<string, MachineSecrets>;
  /** Where secrets are told to be kept. */
  readonly storeSettings: StoreSettings;
  /** Generators of exports, which are the flake's and no machine's. */
  readonly exports: readonly ExportGenerator[];
  /** The options that the fleet's own modules declare, and what is defined and read of them. */
  readonly options: FleetOptions;
  /** What is written below the options that say how vars are kept. */
  readonly clanSettings: readonly ClanSetting[];
  /** Whom the configuration adds to all secrets. */
  readonly accessSettings: readonly AccessSetting[];
  /** What Nix stumbles over in the files that it reads, by file; looked for when first asked for. */
  readonly faults: readonly FileFaults[];
  /** The files that Nix comes to: the flake, the modules of machines, and what those lead to. */
  readonly reached: ReadonlyMap<string, Reach>;
  /** Where files use options that clan has removed or renamed. */
  readonly removed: readonly RemovedUse[];
  /** The files that name a file or a folder by a path that is written out. Looks through all texts. */
  readonly namedBy: (path: string) => readonly string[];
  readonly units: ReadonlyMap<string, Unit>;
  readonly notAnalysable: readonly NotAnalysable[];
}
