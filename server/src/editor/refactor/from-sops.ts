/**
 * Turns a sops-nix secret into a generator that prompts for the value: owner and mode are kept, and readers of
 * its path read that of the generator's file. `varsmith convert` also moves the value.
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
  // Fast path: most files do not mention secrets, and the editor asks whenever the cursor moves.
  if (!mentionsSecrets(snapshot.files.text(file) ?? '')) return [];
  const facts = fleet.secrets;
  const definition = facts
    .find(fact => fact.file === file)
    ?.definitions.find(({ at }) => at.file === file && at.start <= offset && offset <= at.end);
  if (definition === undefined || !isConvertible(definition)) return [];
  // Modules of machines can have generators, modules of users cannot.
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

function isConvertible({
  keeper,
  nameKind,
  conditional,
  complete,
  definedOptions,
  via,
}: SecretDefinition): boolean {
  if (keeper !== 'sops' || nameKind !== 'literal' || conditional || !complete || via.length > 0) return false;
  return definedOptions.every(option => SOURCES.has(option) || KEPT.has(option) || TRANSLATED.has(option));
}
