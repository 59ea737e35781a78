/** Describes the effect of a baseline. */
import { counted } from '../../../checks/facts/wording.ts';
import type { BaselineReport } from './check-report.ts';

/** Returns a sentence or two about the effect of a baseline. */
export function baselineText({ file, silenced, obsolete }: BaselineReport): string {
  const silencedText = `${counted(silenced.length, 'finding')} silenced by ${file}`;
  if (obsolete === 0) return silencedText;
  const entries = obsolete === 1 ? 'One entry of it is' : `${obsolete} entries of it are`;
  return `${silencedText}. ${entries} obsolete: \`--write-baseline ${file}\` updates it.`;
}
