/** Builds the command line that renames the thing at a place, for editors without rename support. */
import { indexOf } from '../names/fleet-index.ts';
import type { Subject } from '../names/subjects.ts';
import { pointedAt } from '../secrets/places.ts';
import type { Snapshot } from '../snapshot.ts';

/** Returns `varsmith rename KIND OLD NEW`, or null if the command line does not support the kind. */
export function renameCommand(snapshot: Snapshot, file: string, offset: number, to: string): string | null {
  const subject = pointedAt(snapshot, indexOf(snapshot), file, offset)?.subject;
  const named = subject ? namedBy(subject) : null;
  return named === null ? null : `varsmith rename ${named} ${to}`;
}

function namedBy(subject: Subject): string | null {
  switch (subject.kind) {
    case 'generator':
      return `generator ${subject.name}`;
    case 'file':
      return `file ${subject.generator}/${subject.file}`;
    case 'prompt':
      return `prompt ${subject.generator}/${subject.prompt}`;
    case 'key':
      return `key ${subject.key}`;
    case 'machine':
    case 'row':
      return `machine ${subject.machine}`;
    default:
      return null;
  }
}
