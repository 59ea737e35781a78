/**
 * haumea: `haumea.lib.load { src = ./hosts; … }` makes a set of a folder, with an attribute for each file and folder.
 * Known are the loaders that give a file's
 * path or what it says by itself, and those that are written out; of transformers, only that which lifts `default.nix`.
 */
import { attr, attrs, symbol } from '../../nix/construct.ts';
import { force } from '../../nix/evaluate.ts';
import type { Evaluation } from '../../nix/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, PathValue, Value } from '../../nix/value.ts';
import { lastNameOf } from '../steps.ts';
import { entriesOf, folderAt, given, pathTo } from './layout.ts';

/** What is made of a file; null for loaders that nothing is known of. */
type Loader = (file: PathValue) => Lazy;

export function haumeaLoad(cx: Evaluation, argument: Lazy, at: Origin | null): Value | null {
  const args = force(cx, argument);
  const src = args.kind === 'attrs' ? given(cx, args, 'src') : null;
  if (args.kind !== 'attrs' || src === null) return null;
  const loader = loaderOf(cx, args, at);
  const root = folderAt(cx, src);
  if (loader === null || root === null) return null;
  const transformer = args.entries.get('transformer');
  const lifts = transformer === undefined ? false : liftsDefault(force(cx, transformer.value));
  return lifts === null ? null : loaded(cx, root, loader, lifts, at);
}

function loaderOf(cx: Evaluation, args: AttrsValue, at: Origin | null): Loader | null {
  const loader = given(cx, args, 'loader');
  if (loader?.kind === 'lambda') {
    const more = given(cx, args, 'inputs');
    const entries = more?.kind === 'attrs' ? more.entries : new Map<string, Attr>();
    const own = attrs(entries, at, symbol('haumea', 'what haumea gives to files'));
    return file => cx.delay(() => cx.applyAll(loader, [own, file], at));
  }
  switch (loader?.kind === 'unknown' ? lastNameOf(loader) : null) {
    case 'path':
      return file => file;
    case 'verbatim':
      return file => cx.delay(() => cx.importPath(file, at));
    default:
      return null;
  }
}

/** `transformers.liftDefault`: what `default.nix` of a folder says is the folder's own. Null for other transformers. */
function liftsDefault(value: Value): boolean | null {
  if (value.kind === 'list' && value.items.length === 0) return false;
  return value.kind === 'unknown' && lastNameOf(value) === 'liftDefault' ? true : null;
}

function loaded(
  cx: Evaluation,
  folder: string,
  loader: Loader,
  lifts: boolean,
  at: Origin | null,
): AttrsValue {
  const entries = new Map<string, Attr>();
  for (const { name, path, kind } of entriesOf(cx, folder)) {
    // What begins with a dot is left out, and what begins with `_` is not for others.
    if (/^[._]/.test(name)) continue;
    if (kind === 'directory')
      entries.set(
        name,
        attr(
          cx.delay(() => loaded(cx, path, loader, lifts, at)),
          at,
        ),
      );
    else if (name.endsWith('.nix')) {
      const file = pathTo(cx, path);
      entries.set(name.slice(0, -'.nix'.length), attr(loader(file), file.origin));
    }
  }
  const own = entries.get('default');
  if (!lifts || own === undefined) return attrs(entries, at);
  entries.delete('default');
  const value = force(cx, own.value);
  // Only a set can be put beside the others.
  for (const [name, entry] of value.kind === 'attrs' ? value.entries : []) entries.set(name, entry);
  return attrs(entries, at, value.kind === 'unknown' ? value : null);
}
