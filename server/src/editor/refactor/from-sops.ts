/**
 * A secret of sops-nix becomes a generator that asks for the value: what it says of owner and mode goes along, and
 * those who read its path read that of the generator's file. `varsmith convert` takes the value along as well.
 */
import { mayBeSame } from '../../checks/facts/generator/script-io.ts';
import type { SecretDefinition } from '../../fleet/model/secrets.ts';
import { mentionsSecrets } from '../../fleet/secrets/secrets.ts';
import { generatorName, isGeneratorName } from '../convert/plan.ts';
import { usedAnew } from '../convert/rewrite-uses.ts';
import { writtenSecret } from '../convert/secret-syntax.ts';
import { declaredAnew, KEPT, SOURCES, TRANSLATED } from '../convert/to-generator.ts';
import { indexOf } from '../names/fleet-index.ts';
import { machineFiles } from '../names/machine-files.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Refactoring } from './generator-at.ts';

export function fromSops(snapshot: Snapshot, file: string, offset: number): Refactoring[] {
  const { fleet } = snapshot;
  // Most files have nothing to do with it, and the editor asks at each step of the cursor.
  if (!mentionsSecrets(snapshot.files.text(file) ?? '')) return [];
  const facts = fleet.secrets;
  const definition = facts
    .find(fact => fact.file === file)
    ?.definitions.find(({ at }) => at.file === file && at.start <= offset && offset <= at.end);
  if (definition === undefined || !isConvertible(definition)) return [];
  // A module of a user has no generators; that of a machine has.
  const isOfMachine = machineFiles(fleet).has(file);
  const same = facts
    .flatMap(fact => fact.definitions)
    .filter(secretDefinition => mayBeSame(secretDefinition.name, definition.name));
  const generator = generatorName(definition.name);
  if (!fleet.isClan || !isOfMachine || same.length !== 1 || !isGeneratorName(generator)) return [];
  if (indexOf(snapshot).generators.has(generator)) return [];
  const written = writtenSecret(snapshot, definition);
  const anew = { name: generator, share: false, multiline: false };
  const declared = written === null ? null : declaredAnew([{ written, generator: anew }]);
  if (declared === null) return [];
  const uses = facts
    .flatMap(fact => fact.uses)
    .filter(use => use.of !== 'template' && mayBeSame(use.name, definition.name))
    .map(use => usedAnew(snapshot, use, definition.name, generator));
  const read = uses.filter(edit => typeof edit !== 'string');
  if (read.length < uses.length) return [];
  return [
    {
      title: `Convert to a generator "${generator}" that asks for the value`,
      kind: 'rewrite',
      edits: [...declared, ...read],
      moves: [],
    },
  ];
}

function isConvertible({ keeper, nameKind, conditional, complete, given, via }: SecretDefinition): boolean {
  if (keeper !== 'sops' || nameKind !== 'literal' || conditional || !complete || via.length > 0) return false;
  return given.every(option => SOURCES.has(option) || KEPT.has(option) || TRANSLATED.has(option));
}
