/**
 * blueprint (numtide): `inputs.blueprint { inherit inputs; prefix = "nix"; }` makes outputs from folders. Every
 * folder of `hosts/` is a machine, and every folder of `modules/` a kind of modules.
 */

import { inputs, wellKnownArgument } from '../../modules/modules.ts';
import { attr, attrs, attrsOf, string, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import { thunk } from '../../nix/eval/thunks.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import {
  attributeValue,
  type Builder,
  configurationsOf,
  entriesOf,
  fileIn,
  folderAt,
  foldersIn,
  type Host,
  modulesIn,
  OUTPUT_OF,
  pathsBy,
  pathTo,
  startOf,
} from './layout.ts';

/** Files that determine the kind of a host; the first that its folder has counts. */
const BUILDERS: readonly (readonly [file: string, builder: Builder | null])[] = [
  ['configuration.nix', 'nixosSystem'],
  ['rpi-configuration.nix', 'nixosSystem'],
  ['darwin-configuration.nix', 'darwinSystem'],
  // A system other than NixOS or nix-darwin, which is not modelled as a machine.
  ['system-configuration.nix', null],
];

const flake: Lazy = wellKnownArgument('self') ?? inputs;

export function blueprint(cx: Evaluation, argument: Lazy, at: Origin | null): Value | null {
  const args = cx.force(argument);
  if (args.kind !== 'attrs') return null;
  const root = rootOf(cx, args);
  if (root === null) return null;
  const specialArgs = attrsOf({ inputs, flake }, null);
  const hosts: Host[] = [];
  const written = new Map<string, Map<string, Attr>>();
  for (const { name, path } of foldersIn(cx, below(root, 'hosts'))) {
    const defaultFile = fileIn(cx, path, 'default.nix');
    if (defaultFile !== null) addWritten(cx, written, name, defaultFile, at);
    else {
      const builder = BUILDERS.find(([file]) => fileIn(cx, path, file) !== null);
      if (builder === undefined || builder[1] === null) continue;
      const file = `${path}/${builder[0]}`;
      const entries = new Map(specialArgs.entries).set('hostName', attr(string(name, null), null));
      hosts.push({
        name,
        builder: builder[1],
        modules: [pathTo(cx, file), ...usersOf(cx, path)],
        specialArgs: attrs(entries, null),
        system: null,
        at: startOf(cx, file),
      });
    }
  }
  const outputs = configurationsOf(hosts);
  for (const [name, entries] of written) {
    const existing = outputs.get(name)?.value;
    const others = existing?.kind === 'attrs' ? existing.entries : [];
    outputs.set(name, attr(attrs(new Map([...others, ...entries]), null), null));
  }
  const modules = modulesOf(cx, below(root, 'modules'), at);
  outputs.set('modules', attr(attrs(modules, null), null));
  for (const kind of ['nixos', 'darwin', 'home'])
    outputs.set(`${kind}Modules`, modules.get(kind) ?? attr(attrs(new Map(), null), null));
  const library = below(root, 'lib');
  if (fileIn(cx, library, 'default.nix') !== null)
    outputs.set(
      'lib',
      attr(
        thunk(() => cx.apply(cx.importPath(pathTo(cx, library), at), specialArgs, at)),
        startOf(cx, library),
      ),
    );
  return attrs(outputs, at, symbol('blueprint', 'an output that blueprint makes'));
}

function below(root: string, name: string): string {
  return root === '' ? name : `${root}/${name}`;
}

function rootOf(cx: Evaluation, args: AttrsValue): string | null {
  const prefix = attributeValue(cx, args, 'prefix');
  if (prefix === null) return args.entries.has('prefix') ? null : '';
  if (prefix.kind === 'null') return '';
  if (prefix.kind === 'string' && prefix.text !== null) return joinPath('', prefix.text);
  return prefix.kind === 'path' ? folderAt(cx, prefix) : null;
}

/** Adds a host whose `hosts/<name>/default.nix` returns its own `{ class, value }`. */
function addWritten(
  cx: Evaluation,
  outputs: Map<string, Map<string, Attr>>,
  name: string,
  file: string,
  at: Origin | null,
): void {
  const args = attrsOf({ flake, inputs, hostName: string(name, null) }, null);
  const made = cx.apply(cx.importPath(pathTo(cx, file), at), args, at);
  const kind = attributeValue(cx, made, 'class');
  const value = attributeValue(cx, made, 'value');
  const builder: Builder | null = kind?.kind !== 'string' ? null : (CLASSES.get(kind.text ?? '') ?? null);
  if (builder === null || value === null) return;
  const output = OUTPUT_OF[builder];
  const attrs = outputs.get(output) ?? new Map<string, Attr>();
  outputs.set(output, attrs.set(name, attr(value, startOf(cx, file))));
}

const CLASSES: ReadonlyMap<string, Builder> = new Map([
  ['nixos', 'nixosSystem'],
  ['nix-darwin', 'darwinSystem'],
]);

/** Returns the home-manager modules of a host's users, from the users' folders. */
function usersOf(cx: Evaluation, host: string): Lazy[] {
  const users = new Map<string, string>();
  for (const { name, path, kind } of entriesOf(cx, `${host}/users`)) {
    const file = kind === 'directory' ? fileIn(cx, path, 'home-configuration.nix') : null;
    if (file !== null) users.set(name, file);
    else if (kind === 'file' && name.endsWith('.nix')) users.set(name.slice(0, -'.nix'.length), path);
  }
  if (users.size === 0) return [];
  return [attrsOf({ 'home-manager': attrsOf({ users: pathsBy(cx, users) }, null) }, null)];
}

function modulesOf(cx: Evaluation, folder: string, at: Origin | null): Map<string, Attr> {
  const kinds = new Map<string, Attr>();
  for (const kind of foldersIn(cx, folder)) {
    const entries = new Map<string, Attr>();
    for (const [name, file] of modulesIn(cx, kind.path, false)) {
      const path = pathTo(cx, file);
      entries.set(
        name,
        attr(
          thunk(() => publishedModule(cx, path, at)),
          path.origin,
        ),
      );
    }
    kinds.set(kind.name, attr(attrs(entries, null), null));
  }
  return kinds;
}

/**
 * Returns a module of the flake. A function of only `flake` and `inputs` is applied to those of the flake that
 * contains it.
 */
function publishedModule(cx: Evaluation, path: Lazy, at: Origin | null): Value {
  const module = cx.importPath(path, at);
  const formals = module.kind === 'lambda' ? module.expr.formals : null;
  if (formals === null || formals.some(({ name }) => name.name !== 'flake' && name.name !== 'inputs'))
    return cx.force(path);
  const args: Record<string, Lazy> = {};
  for (const { name } of formals) args[name.name] = name.name === 'flake' ? flake : inputs;
  return cx.apply(module, attrsOf(args, null), null);
}

/** Evaluates `blueprint.lib.importDir ./modules f`: applies `f` to each Nix file and folder in a folder, by name. */
export function importedFolder(cx: Evaluation, path: Lazy, fn: Lazy, at: Origin | null): Value | null {
  const folder = folderAt(cx, path);
  if (folder === null) return null;
  const entries = new Map<string, Attr>();
  for (const [name, file] of modulesIn(cx, folder, false)) {
    const value = pathTo(cx, file);
    const type = string(cx.files.kind(file) === 'directory' ? 'directory' : 'regular', null);
    entries.set(name, attr(attrsOf({ path: value, type }, null), value.origin));
  }
  return cx.apply(cx.force(fn), attrs(entries, at), at);
}
