/**
 * Reads the secrets of sops-nix and agenix: their number, and which files are missing or not encrypted. Reads names
 * and recipients only.
 */
import { sameKey } from '../checks/facts/store/recipient-keys.ts';
import { counted } from '../checks/facts/wording.ts';
import type { SecretKeeper } from '../fleet/model/secrets.ts';
import { type FleetSecrets, joinSecrets } from '../fleet/secrets/secrets-join.ts';
import { implicitByName, type SopsFolder } from '../store/sops/sops-keys.ts';
import type { Examined } from './examined.ts';
import { type Entry, entry } from './report.ts';

/** The most lines that are listed. */
const MAX_LINES = 8;

export function readSecrets({ fleet, files }: Examined, sops: SopsFolder): FleetSecrets {
  const machines = fleet.machines.map(({ name }) => name);
  return joinSecrets(files, fleet.secrets, implicitByName(sops, machines));
}

/** Returns an entry for each of the two that is in use. */
export function secretEntries({ files }: Examined, secrets: FleetSecrets): Entry[] {
  return [
    ...keeperEntry('sops', 'sops-nix', secrets, path => {
      if (files.kind(path) !== 'file') return 'there is no such file';
      const content = secrets.encrypted(path);
      return content?.complete && !content.encrypted ? 'it is not encrypted' : null;
    }),
    ...keeperEntry('age', 'agenix', secrets, path =>
      files.kind(path) === 'file' ? null : 'there is no such file',
    ),
  ];
}

/**
 * Returns the entry of a keeper, if it has secrets.
 * @param flawOf returns the problem with a file, or null if none is known
 */
function keeperEntry(
  keeper: SecretKeeper,
  name: string,
  secrets: FleetSecrets,
  flawOf: (path: string) => string | null,
): Entry[] {
  const ofKeeper = secrets.secrets.filter(secret => secret.keeper === keeper);
  if (ofKeeper.length === 0) return [];
  const paths = filesOf(secrets, keeper);
  const ofClan = ofKeeper.filter(({ implicitOn }) => implicitOn.length > 0).length;
  const text = [
    ...(ofKeeper.length > ofClan
      ? [`${counted(ofKeeper.length - ofClan, 'secret')} in ${counted(paths.length, 'file')}`]
      : []),
    ...(ofClan > 0 ? [`${counted(ofClan, 'secret')} of clan's sops/secrets`] : []),
  ].join(', ');
  const flaws = paths.flatMap(path => {
    const flaw = flawOf(path);
    return flaw === null ? [] : [`${path}: ${flaw}`];
  });
  if (flaws.length === 0) return [entry(name, 'found', text)];
  const more = flaws.length > MAX_LINES ? [`… and ${flaws.length - MAX_LINES} more`] : [];
  return [
    entry(name, 'problem', `${text}; ${counted(flaws.length, 'of them has', 'of them have')} problems`, {
      details: [...flaws.slice(0, MAX_LINES), ...more],
      advice: '`varsmith check` shows where they are named and what to do.',
    }),
  ];
}

/** Returns the files that certainly contain secrets of a keeper, sorted. */
function filesOf(secrets: FleetSecrets, keeper: SecretKeeper): string[] {
  const paths = new Set<string>();
  for (const { keeper: secretKeeper, definitions } of secrets.secrets)
    if (secretKeeper === keeper)
      for (const definition of definitions)
        for (const { path, certain } of secrets.filesOf(definition).files) if (certain) paths.add(path);
  return [...paths].sort();
}

/** Returns `opens 2 of 3 files of sops-nix` according to their recipients, or `null` if there are none. */
export function opensText(secrets: FleetSecrets, recipient: string): string | null {
  const sealed = filesOf(secrets, 'sops').flatMap(path => {
    const file = secrets.encrypted(path);
    return file?.encrypted ? [file.recipients] : [];
  });
  if (sealed.length === 0) return null;
  const opened = sealed.filter(keys => keys.some(key => sameKey(key) === sameKey(recipient))).length;
  return `opens ${opened} of ${counted(sealed.length, 'file')} of sops-nix`;
}
