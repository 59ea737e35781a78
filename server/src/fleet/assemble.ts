/**
 * Puts together what the files of a workspace contribute: the last step of building a fleet. Pure.
 */
import type { Evaluation } from '../nix/evaluation.ts';
import type { NixFiles } from '../nix/value.ts';
import type { AccessSetting } from './access-settings.ts';
import { type BroughtGenerator, catalogueGenerators } from './catalogue.ts';
import { mergeGenerators } from './generators.ts';
import { joinDeclared } from './join-declared.ts';
import type { MachineGenerators } from './machine-modules.ts';
import { type DeclaredFleet, platformIn } from './machines.ts';
import type { Fleet, Generator, Machine, Matrix, NotAnalysable, Registry, Unit } from './model.ts';
import type { ModuleTable } from './module-table.ts';
import type { Given } from './modules.ts';
import { machineGenerators, type ServiceCache } from './ownership.ts';
import { placeKey } from './places.ts';
import type { SecretFacts } from './secrets.ts';
import { joinStoreSettings, type StoreSetting, type StoreSettings } from './store-settings.ts';

export interface Parts {
  readonly files: NixFiles;
  readonly declared: readonly DeclaredFleet[];
  readonly registries: readonly Registry[];
  readonly matrices: readonly Matrix[];
  readonly units: ReadonlyMap<string, Unit>;
  readonly textOf: (path: string) => string;
  readonly secrets: () => readonly SecretFacts[];
  readonly table: ModuleTable;
  readonly services: ServiceCache;
  readonly givenTo: (file: string) => Given;
  readonly storeSettings: () => readonly StoreSetting[];
  readonly accessSettings: () => readonly AccessSetting[];
}

export function assemble(cx: Evaluation, parts: Parts): Fleet {
  const { registries, units } = parts;
  const joined = joinDeclared(cx, parts.files, parts.declared, readers(parts));
  const { machines } = joined;
  const matrices = parts.matrices.map(matrix =>
    withoutMachines(linkRegistry(matrix, registries, units), machines),
  );
  let secrets: readonly SecretFacts[] | null = null;
  let storeSettings: StoreSettings | null = null;
  let brought: readonly BroughtGenerator[] | null = null;
  let generators: readonly Generator[] | null = null;
  let owners: ReadonlyMap<string, MachineGenerators> | null = null;
  const ownersOf = () => {
    owners ??= machineGenerators(cx, { ...parts, joined });
    return owners;
  };
  return {
    machines,
    machinesComplete: joined.machinesComplete,
    registries,
    matrices,
    get generators() {
      generators ??= mergeGenerators(units, registries, matrices, ownersOf());
      return generators;
    },
    hasAllGenerators(machine) {
      const own = ownersOf().get(machine);
      return own?.complete === true && !own.foreign;
    },
    brought() {
      brought ??= joined.isClan ? catalogueGenerators(joined.inventory) : [];
      return brought;
    },
    secrets() {
      secrets ??= parts.secrets();
      return secrets;
    },
    storeSettings() {
      storeSettings ??= joinStoreSettings(parts.storeSettings());
      return storeSettings;
    },
    accessSettings: parts.accessSettings,
    units,
    get notAnalysable() {
      const gaps = [...ownersOf().values()].flatMap(own => own.gaps);
      return unique([...[...units.values()].flatMap(unit => unit.notAnalysable), ...joined.gaps, ...gaps]);
    },
  };
}

/** Many machines import one module. */
function unique(gaps: readonly NotAnalysable[]): NotAnalysable[] {
  return [...new Map(gaps.map(gap => [`${placeKey(gap.at)}\0${gap.reason}`, gap])).values()];
}

/** Machines whose modules read the matrix, with the platform that the module states. */
function readers({ units, declared, textOf }: Parts): Machine[] {
  const names = new Set(declared.flatMap(one => one.machines.map(machine => machine.name)));
  return [...units.values()].flatMap(unit =>
    unit.rowReads
      .filter(read => read.found || names.has(read.machine))
      .filter(() => unit.assignments.length > 0 || unit.appliedImports.length > 0)
      .map((read): Machine => {
        const system = platformIn(textOf(unit.file));
        const machineClass = system === null ? null : system.endsWith('-darwin') ? 'darwin' : 'nixos';
        return { name: read.machine, class: machineClass, system, tags: [], at: read.at, source: 'reader' };
      }),
  );
}

/** What evaluation showed is stronger than what the keys suggest: the registry in which a reader looks them up. */
function linkRegistry(
  matrix: Matrix,
  registries: readonly Registry[],
  units: ReadonlyMap<string, Unit>,
): Matrix {
  const looked = new Set<string>();
  for (const unit of units.values())
    for (const registry of unit.matrixLinks)
      if (registry.matrix === matrix.file) looked.add(registry.registry);
  const [only] = looked;
  if (looked.size === 1 && only !== undefined) return { ...matrix, registry: only };
  if (matrix.registry !== null || registries.length !== 1) return matrix;
  return { ...matrix, registry: registries[0]?.file ?? null };
}

/** A row that lends keys to others is a machine's all the same if there is such a machine. */
function withoutMachines(matrix: Matrix, machines: readonly Machine[]): Matrix {
  const names = new Set(machines.map(machine => machine.name));
  if (!matrix.rows.some(row => row.shared && names.has(row.machine))) return matrix;
  return {
    ...matrix,
    rows: matrix.rows.map(row => (row.shared && names.has(row.machine) ? { ...row, shared: false } : row)),
  };
}
