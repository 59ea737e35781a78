/** A parsed Nix file whose tree can be dropped. Knows no disk. */
import type { Revision } from '../../nix/edit-log.ts';
import { lineStartsOf, type SourceFile } from '../../nix/source.ts';
import type { Expr, SyntaxTree } from '../../nix/syntax.ts';

export type ParseText = (text: string) => SyntaxTree;

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

  constructor(path: string, text: string, parse: ParseText, revision?: Revision) {
    const { root, comments, errors } = parse(text);
    this.path = path;
    this.text = text;
    this.comments = comments;
    this.errors = errors;
    this.revision = revision;
    this.parse = parse;
    this.tree = root;
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
