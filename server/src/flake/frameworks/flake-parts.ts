/**
 * Modules of other flakes for flake-parts that make machines of options of their own: which module is one, and what
 * it makes of what the flake says.
 */
import { symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { easyHosts } from './easy-hosts.ts';
import { ezConfigs } from './ez-configs.ts';
import { liteConfig } from './lite-config.ts';
import { nixosUnified } from './nixos-unified.ts';

export interface PartsFramework {
  /** The names of its module from the input on, with blanks between them. */
  readonly names: RegExp;
  /** The option that its settings are in; null if it has none. */
  readonly options: readonly string[];
  /** The outputs that it makes. */
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

/** Returns the framework that a module is of, by the names it was selected by from `inputs` on. */
export function partsFramework(path: readonly string[]): PartsFramework | null {
  const names = path.slice(path.indexOf('inputs') + 1).join(' ');
  return FRAMEWORKS.find(framework => framework.names.test(names)) ?? null;
}
