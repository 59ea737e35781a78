/** Finds the names in a file that refer to sops-nix and agenix secrets, their templates and encrypted files. */
import { derivedIndex } from '../../checks/memory/derived.ts';
import { perObject } from '../../checks/memory/kept.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { SecretDefinition, SecretFacts, SecretUse } from '../../fleet/model/secrets.ts';
import type { Place } from '../../nix/places.ts';
import { groupBy } from '../../std.ts';
import type { Subject, Target } from './subjects.ts';

/** Returns the targets, in no particular order. Reads what the fleet knows of secrets. */
export function secretTargets(fleet: Fleet, file: string): readonly Target[] {
  return byFile(fleet).get(file)?.flatMap(targetsOf) ?? [];
}

/** Returns the files with targets for secrets. */
export function filesWithSecrets(fleet: Fleet): Iterable<string> {
  return byFile(fleet).keys();
}

const byFile = derivedIndex(({ secrets }) =>
  groupBy(
    secrets.filter(facts => !isEmpty(facts)),
    ({ file }) => file,
  ),
);

function isEmpty({ definitions, templates, uses, defaults, ageRules }: SecretFacts): boolean {
  return definitions.length + templates.length + uses.length + defaults.length === 0 && ageRules === null;
}

/** Cached, because an edit leaves most files unchanged. */
const targetsOf = perObject(
  ({ definitions, templates, uses, defaults, ageRules }: SecretFacts): readonly Target[] => [
    ...definitions.flatMap(definitionTargets),
    ...templates.map(({ name, at }) => target(at, { kind: 'template', template: name }, 'declaration')),
    ...uses.flatMap(useTargets),
    ...defaults.flatMap(({ source }) => fileTargets(source)),
    ...(ageRules?.rules ?? []).map(({ path, at }) =>
      target(at, { kind: 'encrypted-file', path }, 'declaration'),
    ),
  ],
);

function target(at: Place, subject: Subject, role: Target['role']): Target {
  return { at, subject, role, inScript: false };
}

function definitionTargets({ keeper, name, at, key, source }: SecretDefinition): Target[] {
  const subject: Subject = { kind: 'secret', keeper, secret: name };
  return [
    target(at, subject, 'declaration'),
    ...(key === null ? [] : [target(key.at, subject, 'field')]),
    ...fileTargets(source),
  ];
}

function fileTargets(source: SecretDefinition['source']): Target[] {
  const path = source?.path ?? null;
  return source === null || path === null ? [] : [target(source.at, { kind: 'encrypted-file', path }, 'use')];
}

function useTargets({ keeper, of, name, nameAt, attributeAt }: SecretUse): Target[] {
  const subject: Subject =
    of === 'template' ? { kind: 'template', template: name } : { kind: 'secret', keeper, secret: name };
  return [
    target(nameAt, subject, 'use'),
    ...(attributeAt === null ? [] : [target(attributeAt, subject, 'field')]),
  ];
}
