/**
 * easy-hosts: `easy-hosts.hosts.<name>` says class, architecture, tags and modules of a machine; modules of all
 * machines, of a class, an architecture or a tag stand beside.
 */
import { attr, attrs, attrsOf, string, unknownSelect } from '../../nix/construct.ts';
import { apply } from '../../nix/evaluate.ts';
import type { Evaluation } from '../../nix/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Spread, UnknownValue, Value } from '../../nix/value.ts';
import { inputs } from '../modules.ts';
import {
  configurationsOf,
  entriesOf,
  fileIn,
  folderAt,
  foldersIn,
  given,
  givenAt,
  type Host,
  itemsOf,
  pathTo,
  startOf,
} from './layout.ts';

type Modules = readonly (Lazy | Spread)[];

/** What a machine is, as far as it is said; null: it is said and not known. */
interface Facts {
  readonly class: string | null;
  readonly arch: string | null;
  readonly tags: readonly string[] | null;
}

export function easyHosts(cx: Evaluation, config: AttrsValue): AttrsValue {
  const hosts = new Map<string, Host>();
  for (const found of [...constructed(cx, config), ...written(cx, config)]) hosts.set(found.name, found);
  const outputs = configurationsOf([...hosts.values()]);
  const all = given(cx, config, 'hosts');
  const open = all?.kind === 'attrs' ? all.open : all?.kind === 'unknown' ? all : config.open;
  // Whatever hosts there are besides are of a class that is not known.
  for (const name of open === null ? [] : ['nixosConfigurations', 'darwinConfigurations']) {
    const known = outputs.get(name)?.value;
    const entries = known?.kind === 'attrs' ? known.entries : new Map<string, Attr>();
    outputs.set(name, attr(attrs(entries, null, open), null));
  }
  return attrs(outputs, config.origin);
}

function written(cx: Evaluation, config: AttrsValue): Host[] {
  const hosts = given(cx, config, 'hosts');
  if (hosts?.kind !== 'attrs') return [];
  return [...hosts.entries].flatMap(([name, entry]) => {
    const host = given(cx, hosts, name);
    if (entry.optional || host === null) return [];
    const facts: Facts = {
      class: textIn(cx, host, 'class', 'nixos'),
      arch: textIn(cx, host, 'arch', 'x86_64'),
      tags: tagsIn(cx, host),
    };
    const made = hostOf(cx, config, name, facts, [
      ...pathOf(cx, host, name),
      ...itemsOf(cx, host, 'modules'),
    ]);
    return made === null ? [] : [{ ...made, at: entry.at }];
  });
}

/** `autoConstruct`: every folder of `path` is a machine, below one for each platform unless there is only one. */
function constructed(cx: Evaluation, config: AttrsValue): Host[] {
  const isAuto = given(cx, config, 'autoConstruct');
  const path = given(cx, config, 'path');
  const folder = path === null ? null : folderAt(cx, path);
  if (isAuto?.kind !== 'bool' || !isAuto.value || folder === null) return [];
  const only = given(cx, config, 'onlySystem');
  const one = only?.kind === 'string' ? only.text : null;
  const platforms =
    one === null
      ? foldersIn(cx, folder).map(({ name, path }) => ({ name, path }))
      : [{ name: one, path: folder }];
  return platforms.flatMap(platform => {
    const [arch = '', kind = ''] = platform.name.split('-');
    return entriesOf(cx, platform.path).flatMap(({ name, path }) => {
      const facts: Facts = { class: kind === 'linux' ? 'nixos' : kind, arch, tags: [] };
      const made = hostOf(cx, config, name, facts, [pathTo(cx, path)]);
      return made === null ? [] : [{ ...made, at: startOf(cx, path) }];
    });
  });
}

function hostOf(
  cx: Evaluation,
  config: AttrsValue,
  name: string,
  facts: Facts,
  own: Modules,
): Omit<Host, 'at'> | null {
  if (facts.class === null) return null;
  const others = given(cx, config, 'additionalClasses');
  const renamed = others === null ? null : given(cx, others, facts.class);
  const kind = renamed?.kind === 'string' ? renamed.text : facts.class;
  const shared = given(cx, config, 'shared');
  const modules: (Lazy | Spread)[] = [...own];
  if (shared !== null) modules.push(...itemsOf(cx, shared, 'modules'));
  for (const tag of facts.tags ?? []) modules.push(...modulesFor(cx, config, 'perTag', tag));
  if (facts.tags === null) modules.push(hidden(name, 'tags'));
  modules.push(...modulesFor(cx, config, 'perClass', facts.class));
  if (facts.arch !== null) modules.push(...modulesFor(cx, config, 'perArch', facts.arch));
  else if (config.entries.has('perArch')) modules.push(hidden(name, 'arch'));
  const isDarwin = kind === 'darwin';
  const specialArgs = givenAt(cx, config, ['shared', 'specialArgs']);
  return {
    name,
    builder: isDarwin ? 'darwinSystem' : 'nixosSystem',
    modules,
    specialArgs: specialArgs?.kind === 'attrs' ? specialArgs : attrsOf({}, null),
    system: facts.arch === null ? null : `${facts.arch}-${isDarwin ? 'darwin' : 'linux'}`,
  };
}

function hidden(name: string, what: string): Spread {
  return {
    kind: 'spread',
    of: unknownSelect(inputs.open as UnknownValue, `easy-hosts.${name}.${what}`, null),
  };
}

function modulesFor(cx: Evaluation, config: AttrsValue, option: string, argument: string): Modules {
  const fn = given(cx, config, option);
  if (fn === null) return [];
  const value = apply(cx, fn, string(argument, null), null);
  return value.kind === 'failure' ? [] : itemsOf(cx, value, 'modules');
}

/** The machine's own module: where it says, or where everybody has it. */
function pathOf(cx: Evaluation, host: Value, name: string): Lazy[] {
  const path = given(cx, host, 'path');
  if (path !== null && path.kind !== 'null') return [path];
  return ['hosts', 'systems'].flatMap(folder => {
    const file = fileIn(cx, `${folder}/${name}`, 'default.nix');
    return file === null ? [] : [pathTo(cx, file)];
  });
}

function textIn(cx: Evaluation, host: Value, name: string, otherwise: string): string | null {
  const value = given(cx, host, name);
  if (value === null) return isOpen(host, name) ? null : otherwise;
  return value.kind === 'string' ? value.text : null;
}

function tagsIn(cx: Evaluation, host: Value): readonly string[] | null {
  const value = given(cx, host, 'tags');
  if (value === null) return isOpen(host, 'tags') ? null : [];
  if (value.kind !== 'list') return null;
  const tags: string[] = [];
  for (const item of value.items) {
    const tag = item.kind === 'spread' ? null : cx.force(item);
    if (tag?.kind !== 'string' || tag.text === null) return null;
    tags.push(tag.text);
  }
  return tags;
}

function isOpen(host: Value, name: string): boolean {
  return host.kind !== 'attrs' || host.open !== null || host.entries.has(name);
}
