/** Edits of files, and the files that they are computed from. */
import type { Place } from '../nix/places.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Range } from '../nix/syntax.ts';

/** A replacement of text. An empty range inserts. */
export interface TextEdit extends Range {
  readonly file: string;
  readonly text: string;
}

/** The files of the workspace, for rules that write fixes and for comments that silence. */
export interface Sources {
  /** Returns the parsed file, or `null` if it does not exist or is not Nix. */
  parse(file: string): SourceFile | null;
}

/** Returns the edit that replaces the text at a place. */
export function editAt({ file, start, end }: Place, text: string): TextEdit {
  return { file, start, end, text };
}
