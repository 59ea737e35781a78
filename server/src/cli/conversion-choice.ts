/** Reads the selection of `varsmith convert` from its arguments: names, a file, machines, or all secrets. */

import type { Verdict } from '../editor/convert/plan.ts';
import { suggest } from '../edits/suggest.ts';
import { joinPath } from '../nix/eval/paths.ts';
import type { ConversionOptions, Rehearsal } from '../workspace/convert-secrets.ts';
import type { Parsed } from './arguments.ts';
import { UsageError } from './io.ts';

/** The secrets that the command line selects. */
interface Choice {
  readonly wish: ConversionOptions;
  /**
   * Checks that all named secrets were found.
   * @throws UsageError if one of them does not exist or is not selected
   */
  mustBeFound(rehearsal: Rehearsal): void;
}

/**
 * Returns the selection of secrets on the command line.
 * @throws UsageError
 */
export function choiceFrom(parsed: Parsed): Choice {
  const names = parsed.positions;
  const file = parsed.option('file');
  const path = file === undefined ? null : joinPath('', file);
  if (file !== undefined && (path === null || file.startsWith('/')))
    throw new UsageError('--file takes a path inside the root, relative to it.');
  const machines = parsed.options('machine');
  if (names.length === 0 && path === null && !parsed.flag('all') && machines.length === 0)
    throw new UsageError('Specify what to convert: name secrets, or use --file FILE, --machine M or --all.');
  const name = parsed.option('name');
  if (name !== undefined && names.length !== 1)
    throw new UsageError('--name names the generator of one secret: specify the secret.');
  const seen: string[] = [];
  return {
    wish: {
      names: new Map(name === undefined ? [] : [[names[0] as string, name]]),
      keepsOld: parsed.flag('keep-old'),
      // Secrets that were named explicitly must all be converted.
      skipsUnreadable: names.length === 0,
      about(verdict) {
        const title = nameOf(verdict);
        seen.push(title);
        if (names.length > 0 && !names.includes(title)) return false;
        return isIn(verdict, path) && isOn(verdict, machines);
      },
    },
    mustBeFound({ converted, kept }) {
      const secretNames = new Set([
        ...converted.map(secret => secret.conversion.name),
        ...kept.map(secret => secret.name),
      ]);
      for (const name of names) {
        if (secretNames.has(name)) continue;
        const near = suggest(name, seen);
        throw new UsageError(
          seen.includes(name)
            ? `"${name}" is not among the secrets that --file and --machine select.`
            : `There is no secret "${name}".${near === null ? '' : ` Did you mean "${near}"?`}`,
        );
      }
    },
  };
}

function nameOf(verdict: Verdict): string {
  return 'kept' in verdict ? verdict.kept.name : verdict.conversion.name;
}

/** Returns whether a secret is in the encrypted file, or declared in the module, at the path. */
function isIn(verdict: Verdict, path: string | null): boolean {
  if (path === null) return true;
  const { paths } = 'kept' in verdict ? verdict.kept : verdict.conversion;
  return paths.includes(path);
}

function isOn(verdict: Verdict, machines: readonly string[]): boolean {
  if (machines.length === 0) return true;
  const { machines: verdictMachines } = 'kept' in verdict ? verdict.kept : verdict.conversion;
  return machines.some(machine => verdictMachines.includes(machine));
}
