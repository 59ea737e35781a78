/** Reads agenix's `secrets.nix` files for rules. */
import type { AgeRules } from '../../../fleet/model/secrets.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import { folderOf } from '../../../nix/eval/paths.ts';
import type { CheckContext, CheckFiles } from '../../rule.ts';
import { secretsOf } from './joined-secrets.ts';

/**
 * Returns the rules files whose paths are certainly relative to their own folder, as agenix expects when it is
 * started there: at least one file that they name exists.
 */
export function ageRulesOf(context: CheckContext): readonly AgeRules[] {
  const { sources } = context;
  return secretsOf(context).ageRules.filter(({ rules }) =>
    rules.some(({ path }) => sources.kind(path) === 'file'),
  );
}

/** Returns whether agenix-rekey manages the secrets, in which case `secrets.nix` does not describe them. */
export function isRekeyed({ secrets, settings }: FleetSecrets): boolean {
  return (
    secrets.some(({ definitions }) =>
      definitions.some(({ definedOptions }) => definedOptions.includes('rekeyFile')),
    ) || settings.some(({ keeper, path }) => keeper === 'age' && path[0] === 'rekey')
  );
}

/** Returns the path as passed to agenix when it is started in the folder of the rules. */
export function pathFrom(rulesPath: string, path: string): string {
  const folder = folderOf(rulesPath);
  return folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** Returns the beginning of a file that may be binary, or null. */
export function startOf(sources: CheckFiles, path: string): string | null {
  return sources.start === undefined ? sources.text(path) : sources.start(path);
}
