// All operators, by name.

import { DECLARATIONS } from './declarations.mjs';
import { INVENTORY } from './inventory.mjs';
import { OPTIONS } from './options.mjs';
import { REGISTRY } from './registry.mjs';
import { SCRIPTS } from './scripts.mjs';
import { SOPS } from './sops.mjs';
import { STORED } from './stored.mjs';
import { USES } from './uses.mjs';

/** @type {Readonly<Record<string, import('../mutant.mjs').Operator>>} */
export const OPERATORS = {
  ...USES,
  ...DECLARATIONS,
  ...SCRIPTS,
  ...OPTIONS,
  ...INVENTORY,
  ...SOPS,
  ...STORED,
  ...REGISTRY,
};
