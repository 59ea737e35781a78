/**
 * Snowfall: `snowfall-lib.mkFlake { inherit inputs; src = ./.; … }`. Machines are the folders
 * `systems/<platform>/<name>`, each with all modules of `modules/nixos` or `modules/darwin`; homes are
 * `homes/<platform>/<user>@<machine>`.
 */

import { inputs } from '../../modules/modules.ts';
import { attr, attrs, attrsOf, list, string, symbol } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, Spread, Value } from '../../nix/eval/value.ts';
import {
  configurationsOf,
  defaultsBelow,
  fileIn,
  folderAt,
  foldersIn,
  type Host,
  itemsOf,
  pathsBy,
  pathTo,
  startOf,
  valueAt,
} from './layout.ts';
import { snowfallFiles } from './snowfall-files.ts';
import { snowfallLibrary } from './snowfall-lib.ts';

type Modules = readonly (Lazy | Spread)[];

/** Platforms of machines; those of images (`x86_64-iso`) do not match. */
const PLATFORM = /^[a-z0-9_]+-(linux|darwin)$/;

/** The arguments of a flake to Snowfall, and what follows from them. */
interface FlakeSources {
  readonly cx: Evaluation;
  /** Arguments of all modules. */
  readonly shared: Readonly<Record<string, Lazy>>;
  /** Returns the path of one of Snowfall's folders. */
  readonly below: (name: string) => string;
  /** Returns the flake's own modules of a kind, by name. */
  readonly modules: (kind: string) => ReadonlyMap<string, string>;
  /** Returns the modules that the argument lists under a name. */
  readonly written: (path: readonly string[], name: string) => Modules;
}

/**
 * Returns the outputs of the flake.
 * @param base the argument of `mkLib` if its `mkFlake` is called
 */
export function snowfall(
  cx: Evaluation,
  argument: Lazy,
  at: Origin | null,
  base: Lazy | null = null,
): Value | null {
  const args = cx.force(argument);
  if (args.kind !== 'attrs') return null;
  const settingAt = (path: readonly string[]): Value | null =>
    valueAt(cx, args, path) ?? (base === null ? null : valueAt(cx, cx.force(base), path));
  const src = settingAt(['src']);
  const from = settingAt(['snowfall', 'root']) ?? src;
  const root = from === null ? null : folderAt(cx, from);
  if (root === null) return null;
  const below = (name: string): string => (root === '' ? name : `${root}/${name}`);
  const namespace = settingAt(['snowfall', 'namespace']) ?? string('internal', null);
  const files = snowfallFiles(src === null ? null : folderAt(cx, src), root);
  const library = snowfallLibrary(cx, below('lib'), files, namespace, at);
  const sources: FlakeSources = {
    cx,
    shared: { inputs, namespace, ...(library === null ? {} : { lib: library }) },
    below,
    modules: kind => defaultsBelow(cx, below(`modules/${kind}`)),
    written(path, name) {
      const set = valueAt(cx, args, path);
      return set === null ? [] : itemsOf(cx, set, name);
    },
  };
  const homes = homesIn(sources);
  const outputs = configurationsOf([...machinesIn(sources, homes), ...homes]);
  for (const kind of ['nixos', 'darwin', 'home'])
    outputs.set(`${kind}Modules`, attr(pathsBy(cx, sources.modules(kind)), null));
  return attrs(outputs, at, symbol('snowfall', 'an output that Snowfall makes'));
}

/** Returns the flake's own modules of a kind, which all machines or homes of that kind have. */
function ownModules({ cx, modules }: FlakeSources, kind: string): Modules {
  return [...modules(kind).values()].map(file => pathTo(cx, file));
}

function homesIn(sources: FlakeSources): Host[] {
  const { cx, shared, below, written } = sources;
  return hostsBelow(cx, below('homes')).map(({ name, platform, file }): Host => {
    const [user = '', host = ''] = name.split('@');
    return {
      name,
      builder: 'homeManagerConfiguration',
      modules: [
        pathTo(cx, file),
        ...ownModules(sources, 'home'),
        ...written(['homes', 'users', name], 'modules'),
        ...written(['homes'], 'modules'),
      ],
      specialArgs: attrsOf({ ...shared, user: string(user, null), host: string(host, null) }, null),
      system: platform,
      at: startOf(cx, file),
    };
  });
}

/** Returns a module with the homes of a machine's users, if it has any. */
function homesOf(homes: readonly Host[], name: string, platform: string): Lazy[] {
  const users = homes.filter(home => {
    const host = home.name.split('@')[1];
    return host === undefined ? home.system === platform : host === name;
  });
  if (users.length === 0) return [];
  const entries = new Map(
    users.map(home => [
      home.name.split('@')[0] as string,
      attr(attrsOf({ imports: list(home.modules, home.at) }, home.at), home.at),
    ]),
  );
  return [attrsOf({ 'home-manager': attrsOf({ users: attrs(entries, null) }, null) }, null)];
}

function machinesIn(sources: FlakeSources, homes: readonly Host[]): Host[] {
  const { cx, shared, below, written } = sources;
  return hostsBelow(cx, below('systems')).map(({ name, platform, file }): Host => {
    const kind = platform.endsWith('-darwin') ? 'darwin' : 'nixos';
    return {
      name,
      builder: kind === 'darwin' ? 'darwinSystem' : 'nixosSystem',
      modules: [
        pathTo(cx, file),
        ...ownModules(sources, kind),
        ...written(['systems', 'hosts', name], 'modules'),
        ...written(['systems', 'modules'], kind),
        ...homesOf(homes, name, platform),
      ],
      specialArgs: attrsOf({ ...shared, host: string(name, null), system: string(platform, null) }, null),
      system: platform,
      at: startOf(cx, file),
    };
  });
}

function hostsBelow(
  cx: Evaluation,
  folder: string,
): { readonly name: string; readonly platform: string; readonly file: string }[] {
  return foldersIn(cx, folder)
    .filter(platform => PLATFORM.test(platform.name))
    .flatMap(platform =>
      foldersIn(cx, platform.path).flatMap(({ name, path }) => {
        const file = fileIn(cx, path, 'default.nix');
        return file === null ? [] : [{ name, platform: platform.name, file }];
      }),
    );
}
