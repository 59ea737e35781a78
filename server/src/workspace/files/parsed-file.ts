/** A parsed Nix file whose tree can be dropped. Knows no disk. */
import type { Revision } from '../../nix/edit-log.ts';
import type { ParsedText, Reading } from '../../nix/parse/parse.ts';
import { lineStartsOf, type SourceFile } from '../../nix/source.ts';
import type { Expr, SyntaxTree } from '../../nix/syntax.ts';

/** Parses a text; `earlier` is as in `NixParser.parse`. */
export type ParseText = (text: string, earlier?: Reading | null) => ParsedText;

/**
 * A file that is parsed again if its tree has been dropped. A class, because its fields are read more often than any
 * others, and an object literal with a getter would keep its fields in a dictionary.
 */
export class ParsedFile implements SourceFile {
  readonly path: string;
  readonly text: string;
  readonly comments: SourceFile['comments'];
  readonly errors: SourceFile['errors'];
  readonly revision: Revision | undefined;
  private readonly parse: ParseText;
  private tree: Expr | null;
  private starts: readonly number[] | null = null;

  /** @param tree the tree of the text */
  constructor(path: string, text: string, tree: SyntaxTree, parse: ParseText, revision?: Revision) {
    this.path = path;
    this.text = text;
    this.comments = tree.comments;
    this.errors = tree.errors;
    this.revision = revision;
    this.parse = parse;
    this.tree = tree.root;
  }

  get root(): Expr {
    this.tree ??= this.parse(this.text).root;
    return this.tree;
  }

  get lineStarts(): readonly number[] {
    this.starts ??= lineStartsOf(this.text);
    return this.starts;
  }

  release(): void {
    this.tree = null;
  }
}

/** The number of texts of a file that keep their trees: the present one, and those that it is compared with. */
const MAX_TREES = 3;

/**
 * Returns a function that is told of each text that is parsed, and drops the tree of an earlier text of the file. Values
 * lead to it that were evaluated from that text and are still valid.
 */
export function droppingTrees(): (newest: ParsedFile) => void {
  /** The texts with trees of each file, the newest last. */
  const trees = new Map<string, ParsedFile[]>();
  return newest => {
    const kept = trees.get(newest.path) ?? [];
    trees.set(newest.path, kept);
    kept.push(newest);
    if (kept.length > MAX_TREES) kept.shift()?.release();
  };
}
