/**
 * Recognises flake-parts modules of other flakes that make machines from options of their own, and reads those
 * options.
 */
import { symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { easyHosts } from './easy-hosts.ts';
import { ezConfigs } from './ez-configs.ts';
import { liteConfig } from './lite-config.ts';
import { nixosUnified } from './nixos-unified.ts';

export interface PartsFramework {
  /** Matches the names of the framework's module below the input, separated by blanks. */
  readonly names: RegExp;
  /** The options that may hold the framework's settings. */
  readonly options: readonly string[];
  /** Returns the outputs that the framework makes. */
  make(cx: Evaluation, config: AttrsValue): AttrsValue;
}

const FRAMEWORKS: readonly PartsFramework[] = [
  { names: /^easy-hosts flakeModules?( default)?$/, options: ['easy-hosts', 'easyHosts'], make: easyHosts },
  { names: /^ez-configs flakeModules?( default)?$/, options: ['ezConfigs'], make: ezConfigs },
  { names: /^lite-config flakeModules?( default)?$/, options: ['lite-config'], make: liteConfig },
  { names: /^nixos-unified flakeModules autoWire$/, options: [], make: nixosUnified },
  { names: /^nixos-unified flakeModules default$/, options: [], make: () => NOTHING },
];

const NOTHING: AttrsValue = {
  kind: 'attrs',
  entries: new Map(),
  patterns: [],
  open: symbol('nixos-unified', 'something that nixos-unified makes'),
  origin: null,
};

/** Returns the framework that a module belongs to, by the path that it was selected by from `inputs`. */
export function partsFramework(path: readonly string[]): PartsFramework | null {
  const names = path.slice(path.indexOf('inputs') + 1).join(' ');
  return FRAMEWORKS.find(framework => framework.names.test(names)) ?? null;
}
