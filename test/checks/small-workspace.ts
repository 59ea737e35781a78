/**
 * Runs rules over a small workspace in memory. Needs no test runner: the script that writes the pages of the rules tries
 * their fixes with it.
 */

import type { CheckSettings } from '../../server/src/checks/engine/findings.ts';
import { type RuleFailure, runRules } from '../../server/src/checks/engine/run.ts';
import type { CheckFiles, Example, Finding, Rule } from '../../server/src/checks/rule.ts';
import { rules as allRules } from '../../server/src/checks/rules/index.ts';
import { createFleetBuilder, type FleetSettings } from '../../server/src/fleet/assembly/builder.ts';
import type { Fleet } from '../../server/src/fleet/model/fleet.ts';
import { joinedFleet } from '../../server/src/witness/join.ts';
import { memoryFiles } from '../nix/support.ts';
import { storeFiles } from '../store/support.ts';

export type Texts = Readonly<Record<string, string>>;

/** Throws what a rule threw. */
export function rethrow({ error }: RuleFailure): never {
  throw error;
}

/** Every rule with its own severity. */
export const defaults: CheckSettings = { severities: {} };
/** The names of files that are read as registries and matrices unless the settings say otherwise. */
export const usualFiles: FleetSettings = {
  isRegistryFile: path => /(^|\/)secret-registry\.nix$/.test(path),
  isMatrixFile: path => /(^|\/)machine-env-matrix\.nix$/.test(path),
};
export const noFiles: FleetSettings = { isRegistryFile: () => false, isMatrixFile: () => false };

export interface Checked {
  readonly fleet: Fleet;
  readonly files: CheckFiles;
  readonly findings: readonly Finding[];
}

/** What there is beside files, and what looks at them. An `Example` is one. */
export interface World extends Partial<Pick<Example, 'links' | 'tracked' | 'found' | 'executable' | 'nix'>> {
  /** The rules that run; all of them where it is absent. */
  readonly rules?: readonly Rule[];
  readonly fleetSettings?: FleetSettings;
  /** Files that were edited after Nix was asked. */
  readonly edited?: readonly string[];
}

/**
 * Builds the fleet of a workspace and runs rules over it. Fails if a rule throws.
 *
 * Tests of a rule take `check` from `judging` instead, so that rules to come are none of their business.
 */
export function check(texts: Texts, world: World = {}): Checked {
  const files = checkFiles(texts, world);
  const builder = createFleetBuilder(
    { ...files, nixFiles: () => Object.keys(texts).filter(path => path.endsWith('.nix')) },
    world.fleetSettings ?? usualFiles,
  );
  const read = builder.build();
  const { nix, edited = [] } = world;
  const since = { at: '2026-08-01T14:03:00.000Z', changed: new Set(edited) };
  const fleet = nix === undefined ? read : joinedFleet(read, nix, path => files.text(path), since);
  const findings = runRules(world.rules ?? allRules, fleet, files, defaults, { onFailure: rethrow });
  return { fleet, files, findings };
}

export function checkFiles(texts: Texts, { links = {}, tracked, executable }: World): CheckFiles {
  const targets = Object.entries(links).map(([path, link]) => [path, { link }]);
  const stored = storeFiles({ ...texts, ...Object.fromEntries(targets) });
  const known = tracked === undefined ? null : { has: (path: string) => tracked.includes(path) };
  return {
    ...memoryFiles(texts),
    ...stored,
    tracked: () => known,
    isExecutable: path => executable?.includes(path) ?? null,
  };
}
