/**
 * Bundles the analysis as a workspace uses it, so that tests can replace it and nothing of it is loaded before it is
 * needed.
 */

import type { CheckSettings } from '../checks/engine/findings.ts';
import type { PreviousRun, RunOptions } from '../checks/engine/run.ts';
import type { Memory } from '../checks/memory/memory.ts';
import type { CheckFiles, Finding, Fix, Rule } from '../checks/rule.ts';
import type { Sources } from '../edits/text-edit.ts';
import type { FleetBuilder, FleetFiles, FleetSettings } from '../fleet/assembly/builder.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { NixParser } from '../nix/parse/parse.ts';
import type { TraceEvent } from '../query/database.ts';
import type { Steps } from '../query/steps.ts';
import type { Backend } from '../store/vars/read.ts';

export interface Engine {
  readonly parse: NixParser['parse'];
  readonly createFleetBuilder: (files: FleetFiles, settings: FleetSettings) => FleetBuilder;
  readonly rules: readonly Rule[];
  /**
   * Finds, in steps, all findings that are not silenced, sorted by file and place. If a rule throws, only its own findings
   * are lost. The memory knows of the changes as soon as the first step is taken.
   */
  readonly check: (
    fleet: Fleet,
    sources: CheckFiles,
    settings: CheckSettings,
    options: Required<RunOptions>,
  ) => Steps<readonly Finding[]>;
  /** Returns findings before all of a changed fleet is known; the rest is as it was. */
  readonly checkEarly: (
    fleet: Fleet,
    sources: CheckFiles,
    settings: CheckSettings,
    since: PreviousRun,
  ) => readonly Finding[];
  /** Creates the memory that is kept between checks. */
  readonly createMemory: () => Memory;
  /** Returns the backend that the configuration sets for all machines, or `null` if it sets none. */
  readonly backendOf: (fleet: Fleet) => Backend | null;
  /** Returns fixes that silence a finding with a comment. */
  readonly silence: (finding: Finding, sources: Sources) => Fix[];
}

/** The wasm modules, for environments without files. */
export interface EngineWasm {
  readonly runtime: Uint8Array;
  readonly nix: Uint8Array;
}

interface LoadOptions {
  /** The modules; by default they are read from the files beside the program. */
  readonly wasm?: EngineWasm | undefined;
  /** Called with everything that checking recomputes after an edit, and the reason. */
  readonly trace?: ((event: TraceEvent) => void) | undefined;
}

/**
 * Loads the analysis. The wasm modules are loaded once per process.
 * @throws if a wasm file cannot be read
 */
export async function loadEngine({ wasm, trace }: LoadOptions = {}): Promise<Engine> {
  const [
    parser,
    { createFleetBuilder },
    { rules },
    { runChecksInSteps, runEarlyChecks },
    { silenceFixes },
    { setBackend },
    { createMemory },
  ] = await Promise.all([
    import('../nix/parse/parse.ts').then(module =>
      module.createParser(wasm && { runtime: wasm.runtime, grammar: wasm.nix }),
    ),
    import('../fleet/assembly/builder.ts'),
    import('../checks/rules/index.ts'),
    import('../checks/engine/run.ts'),
    import('../checks/engine/suppress.ts'),
    import('../store/backend-setting.ts'),
    import('../checks/memory/memory.ts'),
  ]);
  return {
    parse: (text, earlier) => parser.parse(text, earlier),
    createFleetBuilder: (files, settings) => createFleetBuilder(files, settings, trace),
    rules,
    check: runChecksInSteps,
    checkEarly: runEarlyChecks,
    createMemory: () => createMemory(trace),
    backendOf: setBackend,
    silence: silenceFixes,
  };
}
