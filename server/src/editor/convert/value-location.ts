/** Locates the value of a secret, if that is certain. */

import type { SecretDefinition } from '../../fleet/model/secrets.ts';
import { textOr } from '../../fleet/secrets/secrets-files.ts';
import type { FleetSecret, FleetSecrets } from '../../fleet/secrets/secrets-join.ts';
import { hasKeys } from '../../fleet/secrets/secrets-keys.ts';
import { below } from '../../store/vars/files.ts';
import type { ScaffoldSources } from '../scaffold/scaffold.ts';
import { SOURCES } from './to-generator.ts';

/** The encrypted file and the key of a value. */
export interface ValueSource {
  /** Relative to the root. */
  readonly path: string;
  readonly format: 'yaml' | 'json' | 'binary' | 'age';
  /** The names of the maps that contain it; empty if the whole file is the value. */
  readonly names: readonly string[];
}

/** Returns the folder of a secret in clan's own `sops/secrets`. */
export function clanPath({ fleet }: ScaffoldSources, name: string): string {
  return below(fleet.directory ?? '', `sops/secrets/${name}/secret`);
}

/** Returns the machines that certainly import a module. */
export function machinesIn({ fleet }: ScaffoldSources, file: string): readonly string[] {
  return [...fleet.modules].filter(([, { files }]) => files.includes(file)).map(([machine]) => machine);
}

/** Returns the source of a secret in clan's own `sops/secrets`, where modules only set further options. */
export function clanSource(
  around: ScaffoldSources,
  { keeper, name, implicitOn }: FleetSecret,
  { source, definedOptions }: SecretDefinition,
  machines: readonly string[],
): ValueSource | null {
  const isClans = keeper === 'sops' && machines.every(machine => implicitOn.includes(machine));
  if (!isClans || source !== null || definedOptions.some(option => SOURCES.has(option))) return null;
  return { path: clanPath(around, name), format: 'binary', names: [] };
}

/** Returns the source, or a clause following the secret's name that says why it is not certain. */
export function sourceOf(
  { files }: ScaffoldSources,
  secrets: FleetSecrets,
  definition: SecretDefinition,
): ValueSource | string {
  const { files: secretFiles, complete } = secrets.filesOf(definition);
  const [file, ...others] = secretFiles;
  if (file === undefined || others.length > 0 || !file.certain || !complete)
    return 'is stored in a file that cannot be determined without Nix';
  const { path } = file;
  if (files.kind(path) !== 'file') return `is stored in ${path}, which does not exist`;
  if (definition.keeper === 'age') return { path, format: 'age', names: [] };
  const format = textOr(definition, 'format', secrets.defaults, 'yaml');
  if (format === 'binary') return { path, format, names: [] };
  if (format === null || !hasKeys(format))
    return `is the whole of ${path}${format === null ? '' : `, which is kept as ${format}`}`;
  const key = textOr(definition, 'key', secrets.defaults, definition.name);
  if (key === null) return `has a key in ${path} that cannot be determined without Nix`;
  if (key === '') return `is the whole of ${path}`;
  const looked = secrets.keyOf(definition);
  if (looked === null) return `is stored in ${path}, whose keys cannot be read`;
  if (looked.kind !== 'found') return `has the key "${key}", which ${path} does not have`;
  return { path, format: format === 'json' ? 'json' : 'yaml', names: key.split('/') };
}
