/** What `secrets.nix` files of agenix say, as rules read them. */
import type { AgeRules } from '../../../fleet/model/secrets.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import { folderOf } from '../../../nix/eval/paths.ts';
import type { CheckContext, CheckFiles } from '../../rule.ts';
import { secretsOf } from './joined-secrets.ts';

/**
 * Returns the rules files of which the paths are certainly relative to their own folder, as agenix takes them where it
 * is started there: at least one of the files that they name is there.
 */
export function ageRulesOf(context: CheckContext): readonly AgeRules[] {
  const { sources } = context;
  return secretsOf(context).ageRules.filter(({ rules }) =>
    rules.some(({ path }) => sources.kind(path) === 'file'),
  );
}

/** Returns whether agenix-rekey keeps the secrets. Then `secrets.nix` says nothing of them. */
export function isRekeyed({ secrets, settings }: FleetSecrets): boolean {
  return (
    secrets.some(({ definitions }) => definitions.some(({ given }) => given.includes('rekeyFile'))) ||
    settings.some(({ keeper, path }) => keeper === 'age' && path[0] === 'rekey')
  );
}

/** Returns the path as agenix is given it, where it is started in the folder of the rules. */
export function pathFrom(rulesPath: string, path: string): string {
  const folder = folderOf(rulesPath);
  return folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** Returns the beginning of a file that may be no text. */
export function startOf(sources: CheckFiles, path: string): string | null {
  return sources.start === undefined ? sources.text(path) : sources.start(path);
}
