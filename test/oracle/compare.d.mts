/** Types of compare.mjs for the tests. */
import type { Inspection } from '../../server/src/cli/output/inspection.ts';
import type { Truth } from './ask.d.mts';
import type { Row } from './rows.d.mts';

export function compare(
  truth: Truth,
  inspected: Inspection,
  how?: { readonly merged?: boolean },
): readonly Row[];
