/** Replaces a script that only stores an answer by `persist = true`. */

import { type FollowedScript, followed } from '../../checks/facts/followed-scripts.ts';
import { isCopy, writesOver } from '../../checks/facts/generator/prompt-copies.ts';
import { mayRunUnknownInOut } from '../../checks/facts/generator/script-io.ts';
import { removeOption } from '../../edits/edit-bindings.ts';
import { persistPrompt } from '../../edits/edit-options.ts';
import { removed } from '../../edits/edit-script.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { GeneratorBody } from '../../fleet/model/generators.ts';
import type { Range } from '../../shell/syntax.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Refactoring, WrittenGenerator } from './generator-at.ts';

export function persistPrompts(snapshot: Snapshot, written: WrittenGenerator): Refactoring[] {
  const { body } = written;
  const script = followed(body.script);
  if (script === null || mayRunUnknownInOut(script.flow)) return [];
  const copies = body.prompts.flatMap(({ name, persist }) => {
    const at = persist === false ? copyOf(script, body, name) : null;
    return at === null ? [] : [{ name, at }];
  });
  if (copies.length === 0) return [];
  const edits = [
    ...copies.map(({ name }) => persistPrompt(snapshot.files, body, name)),
    ...withoutCopies(snapshot, body, script, copies),
  ];
  if (!edits.every(edit => edit !== null)) return [];
  const names = copies.map(({ name }) => `"${name}"`).join(', ');
  return [{ title: `Keep ${names} with persist = true`, kind: 'rewrite', edits, moves: [] }];
}

/** Returns the statement that copies the prompt to the file of its name, if nothing else writes that file. */
function copyOf({ flow, tree }: FollowedScript, body: GeneratorBody, name: string): Range | null {
  // A persisted file is secret; a public one has to be written by a script.
  const file = body.files.find(
    generatorFile => generatorFile.name === name && generatorFile.nameKind === 'literal',
  );
  if (file?.secret !== true || file.conditional) return null;
  const [write, ...others] = writesOver(flow, name);
  if (write === undefined || others.length > 0 || !write.certain) return null;
  const command = isCopy(flow, write, name);
  return (
    tree.body.find(statement => statement.start === command?.start && statement.end === command.end) ?? null
  );
}

function withoutCopies(
  { files }: Snapshot,
  body: GeneratorBody,
  { tree, placeOf }: FollowedScript,
  copies: readonly { readonly at: Range }[],
): (TextEdit | null)[] {
  if (tree.body.length > copies.length)
    return copies.map(({ at }) => {
      const place = placeOf(at);
      return place === null ? null : removed(files, place);
    });
  // Without a script, its packages and dependencies are not needed either.
  const options = body
    .options()
    .filter(
      option => option.of === 'generator' && (option.name === 'script' || option.name === 'runtimeInputs'),
    );
  return options.map(option => (option.conditional ? null : removeOption(files, option.at)));
}
