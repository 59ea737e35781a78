/** Phrases shared by hover cards: machines, places, paths of files, values of public files. */

import type { Generator, GeneratorBody, GeneratorFile } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';
import { positionAt } from '../../nix/source.ts';
import { shownBackend } from '../../store/backend-setting.ts';
import { deployedPath, publicValuePath, type StoredFile } from '../../store/vars/deployed.ts';
import type { Snapshot } from '../snapshot.ts';
import { code, plain, shortened } from '../words/markdown.ts';
import type { HoverContext } from './hover-context.ts';

const MAX_NAMES = 12;
const MAX_VALUE = 60;

/** A placeholder for any machine in a path. */
const ANY_MACHINE = '<machine>';

/** Lists machines: `emily, lea (2 of 4)`. */
export function machinesPhrase(context: HoverContext, machines: readonly string[]): string {
  const all = context.snapshot.fleet.machines.length;
  if (machines.length === 0) return 'none';
  const shown = machines.slice(0, MAX_NAMES).map(plain).join(', ');
  const more =
    machines.length > MAX_NAMES ? `, … (${machines.length} of ${all})` : ` (${machines.length} of ${all})`;
  return machines.length > 1 || all > 1 ? shown + more : shown;
}

/** Returns a place, `lib/secret-registry.nix:12`, as a link if the editor can open it. */
export function placePhrase(context: HoverContext, place: Place): string {
  const source = context.snapshot.files.parse(place.file);
  const line = source ? `:${positionAt(source.lineStarts, place.start).line + 1}` : '';
  const address = context.link(place);
  const text = `${place.file}${line}`;
  return address === null ? code(text) : `[${plain(text)}](${address})`;
}

/** Returns a paragraph with the places of definition, at most three. */
export function definedPhrase(context: HoverContext, places: readonly Place[]): string[] {
  if (places.length === 0) return [];
  const shown = [...new Set(places.slice(0, 3).map(place => placePhrase(context, place)))];
  const more = places.length > 3 ? ` and ${places.length - 3} more` : '';
  return [`Defined in ${shown.join(', ')}${more}`];
}

export interface Placement {
  readonly generator: string;
  readonly share: boolean | null;
  readonly machines: readonly string[];
}

export function placementOf({ name, machines }: Generator, { share }: GeneratorBody): Placement {
  return { generator: name, share, machines: machines ?? [] };
}

/** Describes the path of a file: on the machine for a secret, in the repository for a public file. */
export function deployedLocationPhrase(
  context: HoverContext,
  placement: Placement,
  file: GeneratorFile,
): string {
  const lying = deployedLocationOf(context.snapshot, placement, file);
  if (lying === 'elsewhere') return 'where its store puts it';
  return lying === 'nowhere' ? 'not deployed' : code(lying.path);
}

/**
 * The path of a file, with `<machine>` for any machine; `nowhere` for a secret that is not deployed,
 * `elsewhere` for one deployed by a custom store to an unknown path.
 */
export type DeployedLocation = { readonly path: string } | 'nowhere' | 'elsewhere';

export function deployedLocationOf(
  snapshot: Snapshot,
  { generator, share, machines }: Placement,
  file: GeneratorFile,
): DeployedLocation {
  const stored: StoredFile = {
    generator,
    file: file.name,
    share: share === true,
    machine: machines.length === 1 ? (machines[0] as string) : ANY_MACHINE,
    neededFor: file.neededFor,
  };
  if (file.secret === false) return { path: publicValuePath(snapshot.fleet.directory ?? '', stored) };
  if (file.deploy === false) return 'nowhere';
  const { fleet, files } = snapshot;
  const backend = shownBackend(fleet, files, machines[0] ?? null, snapshot.stored().elsewhere);
  return backend === null ? 'elsewhere' : { path: deployedPath(stored, backend) };
}

/** Returns the stored values of a public file, each with its machines; `''` means all of them. */
export function publicValues(
  snapshot: Snapshot,
  { generator, share, machines }: Placement,
  file: string,
): ReadonlyMap<string, readonly string[]> {
  const at = (machine: string) =>
    snapshot.files.text(
      publicValuePath(snapshot.fleet.directory ?? '', {
        generator,
        file,
        share: share === true,
        machine,
        neededFor: null,
      }),
    );
  const machinesByValue = new Map<string, string[]>();
  for (const machine of share === true ? [''] : machines) {
    const value = at(machine);
    if (value !== null) machinesByValue.set(value, [...(machinesByValue.get(value) ?? []), machine]);
  }
  return machinesByValue;
}

/**
 * Returns the value of a public file, or the reason why there is none. Different values are listed with their
 * machines.
 */
export function valuePhrase(context: HoverContext, placement: Placement, file: string): string {
  const machinesByValue = publicValues(context.snapshot, placement, file);
  const shown = [...machinesByValue].map(([value, names]) => {
    const text = code(shortened(value.trimEnd(), MAX_VALUE) || ' ');
    return machinesByValue.size === 1 ? text : `${text} on ${names.map(plain).join(', ')}`;
  });
  if (shown.length === 0) return 'not generated yet';
  return shown.length > 3 ? `${shown.slice(0, 3).join('; ')}; …` : shown.join('; ');
}

/** Describes a file next to its name: `secret, for users, owner ada`. */
export function filePhrase(file: GeneratorFile): string {
  const words = [file.secret === false ? 'public' : file.secret === true ? 'secret' : 'secret?'];
  if (file.neededFor !== null && file.neededFor !== 'services') words.push(`for ${plain(file.neededFor)}`);
  if (file.owner !== null && file.owner !== 'root') words.push(`owner ${plain(file.owner)}`);
  if (file.from === 'prompt') words.push('from its prompt');
  return words.join(', ');
}
