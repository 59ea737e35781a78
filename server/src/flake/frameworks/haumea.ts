/**
 * haumea: `haumea.lib.load { src = ./hosts; … }` makes a set of a folder, with an attribute for each file and
 * subfolder. Supports haumea's path and verbatim loaders and custom ones, also by file pattern; of the transformers,
 * custom ones and the one that lifts `default.nix`.
 */

import { lastNameOf } from '../../modules/steps.ts';
import { attr, attrs, list, string, symbol, unknownSelect } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, PathValue, UnknownValue, Value } from '../../nix/eval/value.ts';
import { attributeValue, entriesOf, folderAt, pathTo } from './layout.ts';

/** Makes a value of a file. `inputs` is what haumea passes to the file. */
type Loader = (file: PathValue, inputs: AttrsValue) => Value;
/** Chooses the loader for a file name: `null` for files that are left out, undefined if it is unknown. */
type Choice = (name: string) => Loader | null | undefined;
type Transformer = (cursor: readonly string[], set: Value) => Value;

interface Load {
  readonly choose: Choice;
  readonly transform: Transformer;
  readonly inputs: ReadonlyMap<string, Attr>;
  readonly at: Origin | null;
}

/** The audience of an attribute: everybody, files of the same tree, or files of the same folder. */
type Visibility = 'public' | 'root' | 'super';

interface Node {
  readonly visibility: Visibility;
  readonly content: Lazy | Folder;
  readonly at: Origin | null;
}

interface Folder {
  readonly kind: 'folder';
  children(): ReadonlyMap<string, Node>;
  /** Returns whether it is unknown if further files are loaded. */
  isOpen(): boolean;
}

const MORE = symbol('haumea', 'something that haumea loads');
const GIVEN = symbol('haumea.inputs', 'what haumea gives to files');

export function haumeaLoad(cx: Evaluation, argument: Lazy, at: Origin | null): Value | null {
  const args = cx.force(argument);
  const src = args.kind === 'attrs' ? attributeValue(cx, args, 'src') : null;
  if (args.kind !== 'attrs' || src === null) return null;
  const root = folderAt(cx, src);
  const choose = choiceOf(cx, args, at);
  const transform = transformerOf(cx, args, at);
  if (root === null || choose === null || transform === null) return null;
  const inputs = attributeValue(cx, args, 'inputs');
  const load = { choose, transform, inputs: inputs?.kind === 'attrs' ? inputs.entries : new Map(), at };
  const tree: Folder = folderNode(cx, load, root, [], () => tree);
  return view(cx, load, tree, [], null);
}

function choiceOf(cx: Evaluation, args: AttrsValue, at: Origin | null): Choice | null {
  if (!args.entries.has('loader')) return nixFiles(byDefault(cx, at));
  const loader = attributeValue(cx, args, 'loader');
  if (loader?.kind !== 'list') {
    const candidate = loader === null ? null : loaderOf(cx, loader, at);
    return candidate === null ? null : nixFiles(candidate);
  }
  const matchers: { readonly matches: Value; readonly loader: Loader }[] = [];
  for (const item of loader.items) {
    const matcher = item.kind === 'spread' ? null : cx.force(item);
    const matches = matcher === null ? null : attributeValue(cx, matcher, 'matches');
    const using = matcher === null ? null : attributeValue(cx, matcher, 'loader');
    const ownLoader = using === null ? null : loaderOf(cx, using, at);
    if (matches === null || ownLoader === null) return null;
    matchers.push({ matches, loader: ownLoader });
  }
  return name => {
    for (const matcher of matchers) {
      const is = cx.apply(matcher.matches, string(name, null), at);
      if (is.kind !== 'bool') return undefined;
      if (is.value) return matcher.loader;
    }
    return null;
  };
}

function nixFiles(loader: Loader): Choice {
  return name => (name.endsWith('.nix') ? loader : null);
}

function loaderOf(cx: Evaluation, loader: Value, at: Origin | null): Loader | null {
  if (loader.kind === 'lambda') return (file, inputs) => cx.applyAll(loader, [inputs, file], at);
  switch (loader.kind === 'unknown' ? lastNameOf(loader) : null) {
    case 'path':
      return file => file;
    case 'verbatim':
      return file => cx.importPath(file, at);
    case 'default':
      return byDefault(cx, at);
    default:
      return null;
  }
}

/** Returns the value of a file as the default loader does: a function is passed the inputs that it names. */
function byDefault(cx: Evaluation, at: Origin | null): Loader {
  return (file, inputs) => {
    const value = cx.importPath(file, at);
    if (value.kind !== 'lambda') return value;
    const names = (value.expr.formals ?? []).map(({ name }) => name.name);
    const asked = names.map((name): [string, Attr] => [
      name,
      inputs.entries.get(name) ?? attr(unknownSelect(GIVEN, name, null), null),
    ]);
    return cx.apply(value, attrs(new Map(asked), at), at);
  };
}

/** Returns the transformers as a single one that applies them in order, or `null` if one of them is unknown. */
function transformerOf(cx: Evaluation, args: AttrsValue, at: Origin | null): Transformer | null {
  if (!args.entries.has('transformer')) return (_, set) => set;
  const transformer = attributeValue(cx, args, 'transformer');
  const items =
    transformer?.kind === 'list' ? transformer.items : transformer === null ? [null] : [transformer];
  const steps: Transformer[] = [];
  for (const item of items) {
    const value = item === null || item.kind === 'spread' ? null : cx.force(item);
    if (value?.kind === 'lambda')
      steps.push((cursor, set) => {
        const names = list(
          cursor.map(name => string(name, null)),
          at,
        );
        return cx.applyAll(value, [names, set], at);
      });
    else if (value?.kind === 'unknown' && lastNameOf(value) === 'liftDefault')
      steps.push((_, set) => lifted(cx, set));
    else return null;
  }
  return (cursor, set) => steps.reduce((before, step) => step(cursor, before), set);
}

/** Moves the attributes of `default.nix` up to its folder. */
function lifted(cx: Evaluation, set: Value): Value {
  const defaultEntry = set.kind === 'attrs' ? set.entries.get('default') : undefined;
  if (set.kind !== 'attrs' || defaultEntry === undefined) return set;
  const entries = new Map(set.entries);
  entries.delete('default');
  const value = cx.force(defaultEntry.value);
  // Only a set can be merged with the other attributes.
  for (const [name, entry] of value.kind === 'attrs' ? value.entries : []) entries.set(name, entry);
  return attrs(entries, set.origin, value.kind === 'unknown' ? value : set.open);
}

function folderNode(
  cx: Evaluation,
  load: Load,
  folder: string,
  names: readonly string[],
  tree: () => Folder,
): Folder {
  let nodes: Map<string, Node> | null = null;
  let open = false;
  const read = (): Map<string, Node> => {
    if (nodes !== null) return nodes;
    nodes = new Map();
    for (const { name: full, path, kind } of entriesOf(cx, folder)) {
      if (full.startsWith('.')) continue;
      const [, marks = '', name = ''] = /^(_{0,2})(.+)$/.exec(full) ?? [];
      const visibility = marks === '' ? 'public' : marks === '_' ? 'root' : 'super';
      if (kind === 'directory') {
        const content = folderNode(cx, load, path, [...names, name], tree);
        nodes.set(name, { visibility, content, at: load.at });
        continue;
      }
      const loader = load.choose(full);
      if (loader === undefined) open = true;
      if (loader === undefined || loader === null) continue;
      const file = pathTo(cx, path);
      const content: Lazy = cx.delay(() =>
        loader(
          file,
          ownOf(cx, load, names, tree, () => content),
        ),
      );
      nodes.set(name.replace(/\.[^.]+$/, ''), { visibility, content, at: file.origin });
    }
    return nodes;
  };
  return { kind: 'folder', children: read, isOpen: () => read() !== null && open };
}

/** Returns the arguments of a file in a folder: the inputs, the file itself, and the tree as seen from that folder. */
function ownOf(
  cx: Evaluation,
  load: Load,
  names: readonly string[],
  tree: () => Folder,
  self: () => Lazy,
): AttrsValue {
  const root = cx.delay(() => view(cx, load, tree(), [], names));
  const above = cx.delay(() =>
    names.reduce<Value>((set, name) => cx.select(set, name, load.at), cx.force(root)),
  );
  const entries = new Map(load.inputs);
  for (const [name, value] of Object.entries({ root, self: self(), super: above }))
    entries.set(name, attr(value, load.at));
  return attrs(entries, load.at, GIVEN);
}

/**
 * Returns a folder as the set that files see.
 * @param from the folder that looks at the tree; null from outside of it
 */
function view(
  cx: Evaluation,
  load: Load,
  folder: Folder,
  cursor: readonly string[],
  from: readonly string[] | null,
): Value {
  const entries = new Map<string, Attr>();
  for (const [name, { visibility, content, at }] of folder.children()) {
    const isSeen =
      visibility === 'public' ||
      (from !== null && (visibility === 'root' || cursor.every((step, index) => from[index] === step)));
    if (!isSeen) continue;
    const inner =
      content.kind === 'folder' ? cx.delay(() => view(cx, load, content, [...cursor, name], from)) : content;
    entries.set(name, attr(inner, at));
  }
  const open: UnknownValue | null = folder.isOpen() ? MORE : null;
  return load.transform(cursor, attrs(entries, load.at, open));
}
