/**
 * Where a secret of sops-nix or agenix lies on the machine, and whose it is there, as its definitions say.
 *
 * Sources: sops-nix 56b2406, modules/sops and modules/home-manager; agenix, modules/age.nix and age-home.nix.
 */
import type { Fleet } from '../../fleet/model.ts';
import type { SecretDefinition, SecretKeeper, SecretOption, SecretTemplate } from '../../fleet/secrets.ts';
import { isOfUsers, type SecretGround } from './joined.ts';

/** Options by name, as far as the definitions of one secret tell. */
type Text = 'owner' | 'group' | 'mode' | 'path';

/** A value that definitions agree on; `default` where none sets it; null where it is not known. */
export function settled(
  definitions: readonly SecretDefinition[],
  option: Text,
): { readonly value: string } | 'default' | null {
  const given = definitions.filter(one => one.given.includes(option));
  if (given.length === 0) return definitions.every(({ complete }) => complete) ? 'default' : null;
  const values = new Set(given.map(one => one[option]?.value ?? null));
  const [only] = values;
  return values.size === 1 && only != null ? { value: only } : null;
}

/** The path of the decrypted secret; null where definitions leave it open or say different things. */
export function secretPath(
  ground: Pick<SecretGround, 'fleet' | 'secrets'>,
  keeper: SecretKeeper,
  name: string,
  definitions: readonly SecretDefinition[],
): string | null {
  const set = settled(definitions, 'path');
  if (set !== 'default') return set === null ? null : set.value;
  const names = new Set(definitions.flatMap(({ options }) => options.filter(one => one.name === 'name')));
  const [own] = names;
  const file = own === undefined ? name : textOf(own);
  if (file === null || names.size > 1) return null;
  const folders = new Set(definitions.map(one => folderOf(ground, keeper, one)));
  const [folder] = folders;
  // For users first: one definition of several is enough to say so.
  if (folders.has(FOR_USERS) && [...folders].every(one => one === FOR_USERS || one === SYSTEM.sops))
    return `${FOR_USERS}/${file}`;
  return folders.size === 1 && folder != null ? `${folder}/${file}` : null;
}

function textOf({ value }: Pick<SecretOption, 'value'>): string | null {
  return value.kind === 'plain' && typeof value.value === 'string' ? value.value : null;
}

const FOR_USERS = '/run/secrets-for-users';

const SYSTEM: Readonly<Record<SecretKeeper, string>> = { sops: '/run/secrets', age: '/run/agenix' };

/** With home-manager. */
const OF_USERS: Readonly<Record<SecretKeeper, string>> = {
  sops: '~/.config/sops-nix/secrets',
  age: '$XDG_RUNTIME_DIR/agenix',
};

/** Null where it is not known. */
function folderOf(
  { fleet, secrets }: Pick<SecretGround, 'fleet' | 'secrets'>,
  keeper: SecretKeeper,
  { at, given, neededForUsers }: SecretDefinition,
): string | null {
  if (keeper === 'age') {
    const set = secrets.settings.filter(one => one.keeper === 'age' && one.path[0] === 'secretsDir');
    // It may be set for some machines only.
    if (set.length > 0) return set.length === 1 && set[0] !== undefined ? textOf(set[0].option) : null;
  }
  if (isOfUsers(fleet, at.file)) return OF_USERS[keeper];
  if (keeper === 'age' || !given.includes('neededForUsers')) return SYSTEM[keeper];
  if (neededForUsers === null) return null;
  return neededForUsers.value ? FOR_USERS : SYSTEM.sops;
}

/** The path of a rendered template. */
export function templatePath(fleet: Fleet, { name, at }: SecretTemplate): string {
  const folder = isOfUsers(fleet, at.file) ? OF_USERS.sops : SYSTEM.sops;
  return `${folder}/rendered/${name}`;
}
