/** Finds the files that declarations of sops-nix and agenix name, whether or not they exist and hold secrets. */

import type {
  SecretDefinition,
  SecretKeeper,
  SecretSource,
  SopsDefault,
} from '../../../fleet/model/secrets.ts';
import type { FleetSecrets } from '../../../fleet/secrets/secrets-join.ts';
import type { CheckContext } from '../../rule.ts';
import { secretsOf } from './joined-secrets.ts';
import { notSecrets } from './not-secrets.ts';
import { hasUnknownSecrets } from './secrets-on-machines.ts';

/** A file named somewhere, with its purpose. */
export interface NamedSource {
  readonly source: SecretSource;
  readonly conditional: boolean;
  /** Null for a default file or a template. */
  readonly definition: SecretDefinition | null;
  /** Null for a template, whose text may be in any file. */
  readonly keeper: SecretKeeper | null;
  /** True if a secret is taken from it. */
  readonly isTaken: boolean;
}

/** Yields every file that a secret, a template or a default names. */
export function* namedSources(secrets: FleetSecrets): Iterable<NamedSource> {
  for (const { definitions } of secrets.secrets)
    for (const definition of definitions) {
      const { source, conditional, definedOptions } = definition;
      if (source === null || definedOptions.includes('rekeyFile')) continue;
      yield { source, conditional, definition, keeper: definition.keeper, isTaken: true };
    }
  for (const { source, conditional } of secrets.templates)
    if (source !== null) yield { source, conditional, definition: null, keeper: null, isTaken: true };
  for (const sopsDefault of secrets.defaults) {
    const { source, conditional } = sopsDefault;
    if (source !== null)
      yield {
        source,
        conditional,
        definition: null,
        keeper: 'sops',
        isTaken: isDefaultTaken(secrets, sopsDefault),
      };
  }
}

function isDefaultTaken(secrets: FleetSecrets, { source }: SopsDefault): boolean {
  return secrets.secrets.some(({ definitions }) =>
    definitions.some(
      definition =>
        definition.source === null &&
        secrets.filesOf(definition).files.some(({ path, certain }) => certain && path === source?.path),
    ),
  );
}

/** A file that a declaration names although it holds no secrets. */
export interface WrongFile {
  readonly named: NamedSource;
  readonly path: string;
  /** A description of the file. */
  readonly what: string;
}

/** Yields the named files that exist and hold no secrets. */
export function* wrongFiles(context: CheckContext): Iterable<WrongFile> {
  const { sources } = context;
  for (const named of namedSources(secretsOf(context))) {
    const { path } = named.source;
    if (named.keeper === null || path === null || sources.kind(path) !== 'file') continue;
    const what = notSecrets(sources, path);
    if (what !== null) yield { named, path, what };
  }
}

/**
 * Returns whether any file may still be used, so that none can be called unused: a secret's name or file is not known, a file of
 * Nix code cannot be read, or a declaration names a file that does not exist or holds no secrets, so that another is meant.
 */
export function isAnyFileUsable(context: CheckContext, keeper: SecretKeeper): boolean {
  const { fleet, sources } = context;
  const secrets = secretsOf(context);
  if (hasUnknownSecrets(fleet, secrets.gaps, keeper)) return true;
  if (fleet.faults.some(({ syntax }) => syntax !== null)) return true;
  for (const named of namedSources(secrets)) {
    const { path } = named.source;
    if (named.keeper === keeper && path !== null && sources.kind(path) !== 'file') return true;
  }
  for (const { named } of wrongFiles(context)) if (named.keeper === keeper) return true;
  return false;
}
