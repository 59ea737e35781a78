/** The fix that makes a public file secret, which is the default. */

import { removeOption } from '../../../edits/edit-bindings.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import type { GeneratorBody, GeneratorFile, WrittenOption } from '../../../fleet/model/generators.ts';
import type { Fix } from '../../rule.ts';

/** Returns where the `secret` option of a file is set, or null if it is not. */
export function writtenSecret(body: GeneratorBody, file: GeneratorFile): WrittenOption | null {
  const isOfFile = ({ of, owner, name }: WrittenOption) =>
    of === 'file' && owner === file.name && name === 'secret';
  return body.options().find(isOfFile) ?? null;
}

/** Returns the fix that removes `secret = false`, or none if that is not what is written. */
export function secretFixes(sources: Sources, written: WrittenOption | null): readonly Fix[] {
  if (written === null || written.conditional || written.kind !== 'bool') return [];
  const edit = removeOption(sources, written.at);
  return edit === null ? [] : [{ title: 'Make it secret', edits: [edit], preferred: true, guess: true }];
}
