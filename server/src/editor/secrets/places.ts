/**
 * Finds places of sops-nix and agenix secrets: where a use, a declaration, a key or an encrypted file leads,
 * and all places that refer to each of them, including those in encrypted files.
 */

import type { EnclosingNames, SecretDefinition } from '../../fleet/model/secrets.ts';
import { findKey } from '../../fleet/secrets/secrets-keys.ts';
import { type Place, placeKey } from '../../nix/places.ts';
import { uniqueBy } from '../../std.ts';
import type { FleetIndex } from '../names/fleet-index.ts';
import type { Subject, Target } from '../names/subjects.ts';
import type { Snapshot } from '../snapshot.ts';
import {
  ageRulesOf,
  allKeys,
  fileOfClan,
  nearest,
  secretNamed,
  secretsIn,
  secretsUsing,
  templatesNamed,
  usesOf,
} from './joined.ts';

export type SecretSubject = Subject & {
  readonly kind: 'secret' | 'template' | 'encrypted-file' | 'encrypted-key';
};

export function isOfSecrets(subject: Subject): subject is SecretSubject {
  const { kind } = subject;
  return kind === 'secret' || kind === 'template' || kind === 'encrypted-file' || kind === 'encrypted-key';
}

/** Returns the key at an offset of an encrypted YAML or JSON file, or null in other files. */
function keyTargetAt(snapshot: Snapshot, file: string, offset: number): Target | null {
  if (!/\.(ya?ml|json)$/.test(file)) return null;
  const secrets = secretsIn(snapshot);
  const isTaken = secrets.secrets.some(({ definitions }) =>
    definitions.some(definition => secrets.filesOf(definition).files.some(({ path }) => path === file)),
  );
  const content = isTaken ? secrets.encrypted(file) : null;
  const pathOfKey = allKeys(content?.keys ?? [], '').find(
    ({ key }) => key.at.start <= offset && offset <= key.at.end,
  );
  if (pathOfKey === undefined) return null;
  const subject: Subject = { kind: 'encrypted-key', path: file, key: pathOfKey.path };
  return { at: pathOfKey.key.at, subject, role: 'declaration', inScript: false };
}

/**
 * Returns the places that a target leads to, most likely first: a use leads to the declaration, a declaration
 * to the encrypted file.
 */
export function secretPlaces(snapshot: Snapshot, { at, role, subject }: Target): readonly Place[] {
  if (!isOfSecrets(subject)) return [];
  const { fleet } = snapshot;
  switch (subject.kind) {
    case 'secret': {
      const secret = secretNamed(snapshot, subject.keeper, subject.secret);
      const definitions = secret?.definitions ?? [];
      if (role !== 'use') {
        const sameFile = definitions.filter(
          definition => samePlace(definition.at, at) || samePlace(definition.key?.at ?? null, at),
        );
        const encrypted = sameFile.flatMap(definition => encryptedPlaces(snapshot, definition));
        if (encrypted.length > 0) return encrypted;
      }
      if (definitions.length > 0)
        return nearest(fleet, placeFrom(snapshot, at), definitions).map(definition => definition.at);
      return secret === null ? [] : filePlaces(snapshot, fileOfClan(fleet, subject.secret));
    }
    case 'template':
      return nearest(fleet, placeFrom(snapshot, at), templatesNamed(snapshot, subject.template)).map(
        template => template.at,
      );
    case 'encrypted-file': {
      const rules = ageRulesOf(secretsIn(snapshot), subject.path);
      const file = filePlaces(snapshot, subject.path);
      return role === 'declaration' ? file : [...rules.map(rule => rule.at), ...file];
    }
    case 'encrypted-key':
      return secretsUsing(secretsIn(snapshot), subject.path, subject.key).map(taker => taker.at);
  }
}

/** Returns a place with the attribute names before the read. */
function placeFrom(snapshot: Snapshot, at: Place): { readonly at: Place; readonly above: EnclosingNames } {
  const use = secretsIn(snapshot).uses.find(
    ({ nameAt, attributeAt }) => samePlace(nameAt, at) || samePlace(attributeAt, at),
  );
  // The evaluator does not distinguish the two configurations, but the text does.
  const isOfMachine = use !== undefined && snapshot.files.text(at.file)?.startsWith('osConfig', use.at.start);
  return { at, above: isOfMachine ? ['osConfig'] : (use?.above ?? []) };
}

/** Returns the key in the encrypted file, or the file itself if there is no key. */
function encryptedPlaces(snapshot: Snapshot, definition: SecretDefinition): readonly Place[] {
  const secrets = secretsIn(snapshot);
  const key = secrets.keyOf(definition);
  if (key?.key != null) return [key.key.at];
  return secrets.filesOf(definition).files.flatMap(({ path }) => filePlaces(snapshot, path));
}

function filePlaces({ files }: Snapshot, path: string): Place[] {
  return files.kind(path) === 'file' ? [{ file: path, start: 0, end: 0 }] : [];
}

function samePlace(place: Place | null, other: Place): boolean {
  return (
    place !== null && place.file === other.file && place.start === other.start && place.end === other.end
  );
}

/** Returns all places that refer to a subject, those in encrypted files last. */
export function secretOccurrences(
  snapshot: Snapshot,
  index: FleetIndex,
  subject: SecretSubject,
): readonly Target[] {
  const inNix = index.occurrencesOf(subject);
  switch (subject.kind) {
    case 'secret': {
      const { keeper, secret: name } = subject;
      const definitions = secretNamed(snapshot, keeper, name)?.definitions ?? [];
      return unique([
        ...inNix,
        ...definitions.map(({ at }) => target(at, subject, 'declaration')),
        ...usesOf(snapshot, { keeper, of: 'secret', name }).map(use => target(use.nameAt, subject, 'use')),
        ...definitions.flatMap(definition =>
          keyPlaces(snapshot, definition).map(at => target(at, subject, 'declaration')),
        ),
      ]);
    }
    case 'template': {
      const { template: name } = subject;
      return unique([
        ...inNix,
        ...templatesNamed(snapshot, name).map(({ at }) => target(at, subject, 'declaration')),
        ...usesOf(snapshot, { keeper: 'sops', of: 'template', name }).map(use =>
          target(use.nameAt, subject, 'use'),
        ),
      ]);
    }
    case 'encrypted-file':
      return inNix;
    case 'encrypted-key': {
      const { path, key } = subject;
      const takers = secretsUsing(secretsIn(snapshot), path, key);
      const names = new Set(takers.map(({ name }) => name));
      const content = secretsIn(snapshot).encrypted(path);
      const encryptedKey = content === null ? null : findKey(content, key).key;
      return unique([
        ...(encryptedKey === null ? [] : [target(encryptedKey.at, subject, 'declaration')]),
        ...takers.map(({ at }) => target(at, subject, 'use')),
        ...[...names].flatMap(name =>
          usesOf(snapshot, { keeper: 'sops', of: 'secret', name }).map(use =>
            target(use.nameAt, subject, 'use'),
          ),
        ),
      ]);
    }
  }
}

/** Returns the place of a secret's key in the encrypted file. */
function keyPlaces(snapshot: Snapshot, definition: SecretDefinition): Place[] {
  const key = secretsIn(snapshot).keyOf(definition);
  return key?.kind === 'found' && key.key !== null ? [key.key.at] : [];
}

function target(at: Place, subject: Subject, role: Target['role']): Target {
  return { at, subject, role, inScript: false };
}

/** Removes duplicate places, preserving order. */
function unique(targets: readonly Target[]): Target[] {
  return uniqueBy(targets, ({ at }) => placeKey(at));
}

/** Returns the target at an offset, in a Nix file or an encrypted file. */
export function pointedAt(
  snapshot: Snapshot,
  index: FleetIndex,
  file: string,
  offset: number,
): Target | null {
  return index.targetAt(file, offset) ?? keyTargetAt(snapshot, file, offset);
}
