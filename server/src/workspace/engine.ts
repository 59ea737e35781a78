/**
 * The analysis as a workspace uses it, in one object, so that tests can put a smaller one in its place and so
 * that nothing of it is loaded before it is needed.
 */
import type { Finding, Fix, Rule, Sources } from '../checks/rule.ts';
import type { CheckSettings } from '../checks/run.ts';
import type { FleetBuilder, FleetFiles, FleetSettings } from '../fleet/builder.ts';
import type { Fleet } from '../fleet/model.ts';
import type { SyntaxTree } from '../nix/syntax.ts';

export interface Engine {
  readonly parse: (text: string) => SyntaxTree;
  readonly createFleetBuilder: (files: FleetFiles, settings: FleetSettings) => FleetBuilder;
  readonly rules: readonly Rule[];
  /**
   * All findings after silencing, sorted by file and place.
   * @param onFailure hears of rules that threw: mistakes of this program, each of which costs one rule's findings
   */
  readonly check: (
    fleet: Fleet,
    sources: Sources,
    settings: CheckSettings,
    onFailure: (failure: { readonly rule: string; readonly error: unknown }) => void,
  ) => Finding[];
  /** Fixes that silence a finding with a comment. */
  readonly silence: (finding: Finding, sources: Sources) => Fix[];
}

/**
 * Loads the real one; the wasm modules are loaded once a process.
 * @throws if a wasm file cannot be read
 */
export async function loadEngine(): Promise<Engine> {
  const [parser, { createFleetBuilder }, { rules }, { runChecks }, { silenceFixes }] = await Promise.all([
    import('../nix/parser.ts').then(module => module.createParser()),
    import('../fleet/builder.ts'),
    import('../checks/index.ts'),
    import('../checks/run.ts'),
    import('../checks/suppress.ts'),
  ]);
  return {
    parse: text => parser.parse(text),
    createFleetBuilder,
    rules,
    check: runChecks,
    silence: silenceFixes,
  };
}
