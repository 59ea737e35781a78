/**
 * flakelight: `flakelight ./. { … }` makes outputs from a module and the files of `nix/`. A machine is an argument of
 * `nixosSystem`, by its name in `nixosConfigurations`.
 */

import { moduleSets } from '../../modules/clan-modules.ts';
import { inputs } from '../../modules/modules.ts';
import { certain } from '../../modules/read.ts';
import { attr, attrs, attrsOf, string, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Origin, Value } from '../../nix/eval/value.ts';
import {
  attributeValue,
  entriesOf,
  fileIn,
  folderAt,
  itemsOf,
  modulesIn,
  pathsBy,
  pathTo,
  startOf,
  systemOf,
} from './layout.ts';

/** The arguments of functions in its modules and files. */
const ARGUMENTS = attrsOf({ inputs }, null);
const MORE = symbol('flakelight', 'something that flakelight makes');

export function flakelight(cx: Evaluation, src: Lazy, module: Lazy, at: Origin | null): Value | null {
  const root = folderAt(cx, src);
  if (root === null) return null;
  const { sets, gap } = moduleSets(cx, module, name => (name === 'inputs' ? inputs : null));
  const folder = nixFolder(cx, sets, root);
  const machines = new Map<string, Attr>();
  let open = gap === null ? null : MORE;
  const add = (value: Value): void => {
    if (value.kind !== 'attrs') {
      open = MORE;
      return;
    }
    open ??= value.open;
    for (const [name, entry] of value.entries)
      machines.set(name, attr(machine(cx, name, entry), entry.at, entry.optional));
  };
  for (const { set } of sets) {
    const entry = set.entries.get('nixosConfigurations');
    if (entry !== undefined) add(called(cx, entry.value));
  }
  const modules = new Map<string, Attr>();
  if (folder !== null) {
    for (const name of ['nixosConfigurations', 'nixos']) {
      const writtenModule = written(cx, folder, name, at);
      if (writtenModule !== null) add(writtenModule);
    }
    for (const [name, entry] of pathsBy(cx, modulesOf(cx, folder, 'nixosModules')).entries)
      modules.set(name, entry);
  }
  for (const { set } of sets) {
    const only = certain(set, 'nixosModule');
    if (only !== null) modules.set('default', only);
    const named = attributeValue(cx, set, 'nixosModules');
    for (const [name, entry] of named?.kind === 'attrs' ? named.entries : []) modules.set(name, entry);
  }
  return attrs(
    new Map([
      ['nixosConfigurations', attr(attrs(machines, at, open), at)],
      ['nixosModules', attr(attrs(modules, at), at)],
    ]),
    at,
    MORE,
  );
}

/** Returns the folder whose files define options, or `null` if it is unknown. */
function nixFolder(
  cx: Evaluation,
  sets: readonly { readonly set: AttrsValue }[],
  root: string,
): string | null {
  for (const { set } of sets) {
    const entry = set.entries.get('nixDir');
    if (entry !== undefined) return folderAt(cx, entry.value);
  }
  return root === '' ? 'nix' : `${root}/nix`;
}

function called(cx: Evaluation, lazy: Lazy): Value {
  const value = cx.resolve(cx.force(lazy));
  return value.kind === 'lambda' ? cx.apply(value, ARGUMENTS, null) : value;
}

/**
 * Returns the value of the option that a folder defines under a name: a file, a folder with a `default.nix`, or a
 * folder with a file for each attribute.
 */
function written(cx: Evaluation, folder: string, name: string, at: Origin | null): Value | null {
  const file = fileIn(cx, folder, `${name}.nix`) ?? fileIn(cx, `${folder}/${name}`, 'default.nix');
  if (file !== null) return called(cx, cx.importPath(pathTo(cx, file), at));
  const modules = modulesOf(cx, folder, name);
  if (modules.size === 0) return null;
  const entries = new Map<string, Attr>();
  for (const [key, path] of modules)
    entries.set(
      key,
      attr(
        cx.delay(() => cx.importPath(pathTo(cx, path), at)),
        startOf(cx, path),
      ),
    );
  return attrs(entries, null);
}

function modulesOf(cx: Evaluation, folder: string, name: string): Map<string, string> {
  if (!entriesOf(cx, folder).some(entry => entry.name === name)) return new Map();
  return new Map(
    [...modulesIn(cx, `${folder}/${name}`, true)].map(([key, path]) => [key.replace(/^_/, ''), path]),
  );
}

/** Returns a machine as a system. An entry holds either the arguments of `nixosSystem` or a finished system. */
function machine(cx: Evaluation, name: string, entry: Attr): Lazy {
  return cx.delay(() => {
    const value = called(cx, entry.value);
    if (value.kind !== 'attrs') return value;
    const system = attributeValue(cx, value, 'system');
    const args = attributeValue(cx, value, 'specialArgs');
    const specialArgs = attrsOf({ inputs, hostname: string(name, null) }, null);
    return systemOf(
      {
        builder: 'nixosSystem',
        modules: itemsOf(cx, value, 'modules'),
        specialArgs:
          args?.kind === 'attrs'
            ? { ...args, entries: new Map([...specialArgs.entries, ...args.entries]) }
            : specialArgs,
        system: system?.kind === 'string' ? system.text : null,
      },
      entry.at,
    );
  });
}
