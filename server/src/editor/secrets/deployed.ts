/**
 * Determines the path, owner and mode of a sops-nix or agenix secret on the machine, according to its
 * definitions.
 *
 * Sources: sops-nix 56b2406, modules/sops and modules/home-manager; agenix, modules/age.nix and age-home.nix.
 */
import { sideOf } from '../../checks/facts/sops/secret-surroundings.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type {
  SecretDefinition,
  SecretKeeper,
  SecretOption,
  SecretTemplate,
} from '../../fleet/model/secrets.ts';
import type { FleetSecrets } from '../../fleet/secrets/secrets-join.ts';
import { SECRET_OPTIONS, type SecretSide } from '../../fleet/secrets/secrets-schema.ts';
import type { SecretContext } from './joined.ts';

/** Options with text values. */
type Text = 'owner' | 'group' | 'mode' | 'path';

/** Returns the value that definitions agree on, `default` if none sets it, or null if it is not known. */
export function agreedValue(
  definitions: readonly SecretDefinition[],
  option: Text,
): { readonly value: string } | 'default' | null {
  const defining = definitions.filter(definition => definition.definedOptions.includes(option));
  if (defining.length === 0) return definitions.every(({ complete }) => complete) ? 'default' : null;
  const values = new Set(defining.map(definition => definition[option]?.value ?? null));
  const [only] = values;
  return values.size === 1 && only != null ? { value: only } : null;
}

/**
 * Returns the paths of the decrypted secret: one if it is known, several if they depend on the module's owner,
 * none if it is not known.
 */
export function secretPaths(
  { fleet, secrets }: Pick<SecretContext, 'fleet' | 'secrets'>,
  keeper: SecretKeeper,
  name: string,
  definitions: readonly SecretDefinition[],
): readonly string[] {
  const set = agreedValue(definitions, 'path');
  if (set !== 'default') return set === null ? [] : [set.value];
  const named = definitions.flatMap(({ options }) => options.filter(option => option.name === 'name'));
  const [firstNamed] = named;
  const file = firstNamed === undefined ? name : textOf(firstNamed);
  if (file === null || named.length > 1) return [];
  const side = sideOfAll(fleet, keeper, definitions);
  const folders = keeper === 'age' ? ageFolders(secrets, side) : sopsFolders(definitions, side);
  return folders.map(folder => `${folder}/${file}`);
}

/**
 * Returns the owner of a secret, according to the modules that declare it and to options that only one side
 * has.
 */
function sideOfAll(
  fleet: Fleet,
  keeper: SecretKeeper,
  definitions: readonly Pick<SecretDefinition, 'at' | 'above' | 'options'>[],
  owner: 'secret' | 'template' = 'secret',
): SecretSide {
  const sides = new Set(definitions.map(({ at, above }) => sideOf(fleet, at.file, above)));
  const [side = 'both'] = sides;
  if (sides.size === 1 && side !== 'both') return side;
  const optionWords = SECRET_OPTIONS[keeper][owner];
  const isOfSystem = definitions.some(({ options }) =>
    options.some(({ name }) => optionWords.get(name)?.side === 'system'),
  );
  return isOfSystem ? 'system' : 'both';
}

const SYSTEM: Readonly<Record<SecretKeeper, string>> = { sops: '/run/secrets', age: '/run/agenix' };

/** Default folders for home-manager. */
const HOME: Readonly<Record<SecretKeeper, string>> = {
  sops: '~/.config/sops-nix/secrets',
  age: '$XDG_RUNTIME_DIR/agenix',
};

const FOR_USERS = '/run/secrets-for-users';

function ageFolders({ settings }: FleetSecrets, side: SecretSide): string[] {
  const set = settings.filter(setting => setting.keeper === 'age' && setting.path[0] === 'secretsDir');
  const [only] = set;
  // The option may apply to some machines only.
  if (only !== undefined) return set.length === 1 ? [textOf(only.option)].filter(text => text !== null) : [];
  return foldersOf('age', side);
}

function foldersOf(keeper: SecretKeeper, side: SecretSide): string[] {
  return [...(side === 'home' ? [] : [SYSTEM[keeper]]), ...(side === 'system' ? [] : [HOME[keeper]])];
}

function sopsFolders(definitions: readonly SecretDefinition[], side: SecretSide): string[] {
  const defining = definitions.filter(definition => definition.definedOptions.includes('neededForUsers'));
  if (defining.some(({ neededForUsers }) => neededForUsers?.value === true)) return [FOR_USERS];
  const isKnown = defining.every(({ neededForUsers }) => neededForUsers !== null);
  return isKnown ? foldersOf('sops', side) : [SYSTEM.sops, FOR_USERS];
}

function textOf({ value }: Pick<SecretOption, 'value'>): string | null {
  return value.kind === 'plain' && typeof value.value === 'string' ? value.value : null;
}

/** Returns the possible paths of a rendered template, as for secrets. */
export function templatePaths(fleet: Fleet, name: string, templates: readonly SecretTemplate[]): string[] {
  const options = templates.flatMap(template => template.options);
  const secretOption = options.find(option => option.name === 'path');
  if (secretOption !== undefined) return [textOf(secretOption)].filter(text => text !== null);
  if (options.some(option => option.name === 'name')) return [];
  return foldersOf('sops', sideOfAll(fleet, 'sops', templates, 'template')).map(
    folder => `${folder}/rendered/${name}`,
  );
}
