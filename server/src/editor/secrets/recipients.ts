/** Finds the recipients of an encrypted file, by the names that the repository has for their keys. */

import { keyOwners, sameKey, shortKey } from '../../checks/facts/store/recipient-keys.ts';
import { expressionsAt } from '../../edits/locate.ts';
import type { FleetSecrets } from '../../fleet/secrets/secrets-join.ts';
import type { Place } from '../../nix/places.ts';
import { ageRulesOf, type SecretContext } from './joined.ts';

export interface Recipients {
  /** Public keys in the order of the source. */
  readonly keys: readonly string[];
  /** False if there may be more. */
  readonly complete: boolean;
}

/**
 * Returns the recipients of a file, from sops metadata or agenix's `secrets.nix`, or null if they are not
 * known.
 */
export function recipientsOf(secrets: FleetSecrets, path: string): Recipients | null {
  const rules = ageRulesOf(secrets, path);
  if (rules.length > 0)
    return {
      keys: [...new Set(rules.flatMap(({ recipients }) => recipients.map(({ value }) => value)))],
      complete: rules.every(({ complete }) => complete),
    };
  const file = secrets.encrypted(path);
  return file?.encrypted ? { keys: file.recipients, complete: file.complete } : null;
}

/** Returns a function from a key to its name, or to its beginning if it has none. */
export function keyNames({ secrets, sops, files }: SecretContext): (key: string) => string {
  const ownerOf = keyOwners(sops);
  const names = new Map<string, string>();
  const note = (key: string, name: string) => {
    if (!names.has(sameKey(key))) names.set(sameKey(key), name);
  };
  for (const config of secrets.configs) for (const [key, name] of config.names) note(key, name);
  for (const { rules } of secrets.ageRules)
    for (const { value, at } of rules.flatMap(({ recipients }) => recipients)) {
      const name = names.has(sameKey(value)) ? null : boundTo(files, at);
      if (name !== null) note(value, name);
    }
  return key => {
    const name = ownerOf(key) ?? names.get(sameKey(key));
    return name === undefined ? shortKey(key) : name;
  };
}

/** Returns the name that a text is bound to: `ada` in `ada = "ssh-ed25519 …";`. */
function boundTo(files: SecretContext['files'], at: Place): string | null {
  const source = files.parse(at.file);
  if (source === null) return null;
  for (const expr of expressionsAt(source, at.start).reverse()) {
    if (expr.kind !== 'attrs' && expr.kind !== 'let') continue;
    for (const binding of expr.bindings) {
      if (binding.kind !== 'bind' || binding.value.kind !== 'string') continue;
      const name = binding.path.at(-1);
      if (binding.value.start <= at.start && at.end <= binding.value.end)
        return name?.kind === 'name' ? name.name : null;
    }
  }
  return null;
}
