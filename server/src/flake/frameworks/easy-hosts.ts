/**
 * easy-hosts: `easy-hosts.hosts.<name>` sets the class, architecture, tags and modules of a machine. Sibling options
 * add modules to all machines, or to those of a class, architecture or tag.
 */

import { inputs } from '../../modules/modules.ts';
import { attr, attrs, attrsOf, string, unknownSelect } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Spread, UnknownValue, Value } from '../../nix/eval/value.ts';
import {
  attributeValue,
  configurationsOf,
  entriesOf,
  fileIn,
  folderAt,
  foldersIn,
  type Host,
  itemsOf,
  pathTo,
  startOf,
} from './layout.ts';

/** The properties of a machine; `null` for one that is set to an unknown value. */
interface Facts {
  readonly class: string;
  readonly arch: string | null;
  readonly tags: readonly string[] | null;
}

export function easyHosts(cx: Evaluation, config: AttrsValue): AttrsValue {
  const hosts = new Map<string, Host>();
  const folders = new Map(constructed(cx, config).map(candidate => [candidate.name, candidate]));
  for (const { name, facts, path } of folders.values())
    hosts.set(name, {
      ...hostOf(cx, config, { name, facts, ownModules: [pathTo(cx, path)], host: null }),
      at: startOf(cx, path),
    });
  for (const host of written(cx, config, folders)) hosts.set(host.name, host);
  const outputs = configurationsOf([...hosts.values()]);
  const all = attributeValue(cx, config, 'hosts');
  const open = all?.kind === 'attrs' ? all.open : all?.kind === 'unknown' ? all : config.open;
  // There may be further hosts, of unknown classes.
  for (const name of open === null ? [] : ['nixosConfigurations', 'darwinConfigurations']) {
    const existing = outputs.get(name)?.value;
    const entries = existing?.kind === 'attrs' ? existing.entries : new Map<string, Attr>();
    outputs.set(name, attr(attrs(entries, null, open), null));
  }
  return attrs(outputs, config.origin);
}

/** Returns the machines that are written out. A machine that also has a folder combines both. */
function written(cx: Evaluation, config: AttrsValue, folders: ReadonlyMap<string, Constructed>): Host[] {
  const hosts = attributeValue(cx, config, 'hosts');
  if (hosts?.kind !== 'attrs') return [];
  return [...hosts.entries].flatMap(([name, entry]) => {
    const host = attributeValue(cx, hosts, name);
    if (entry.optional || host === null) return [];
    const folder = folders.get(name);
    const kind = textIn(cx, host, 'class', folder?.facts.class ?? 'nixos');
    if (kind === null) return [];
    const facts: Facts = {
      class: kind,
      arch: textIn(cx, host, 'arch', folder?.facts.arch ?? 'x86_64'),
      tags: tagsIn(cx, host),
    };
    const hostModules = folder === undefined ? pathOf(cx, host, name) : [pathTo(cx, folder.path)];
    return [{ ...hostOf(cx, config, { name, facts, ownModules: hostModules, host }), at: entry.at }];
  });
}

interface Constructed {
  readonly name: string;
  readonly path: string;
  readonly facts: Facts;
}

/**
 * Returns the machines of `autoConstruct`: every folder of `path`, below a folder per platform unless there is only
 * one platform.
 */
function constructed(cx: Evaluation, config: AttrsValue): Constructed[] {
  const isAuto = attributeValue(cx, config, 'autoConstruct');
  const path = attributeValue(cx, config, 'path');
  const folder = path === null ? null : folderAt(cx, path);
  if (isAuto?.kind !== 'bool' || !isAuto.value || folder === null) return [];
  const only = attributeValue(cx, config, 'onlySystem');
  const text = only?.kind === 'string' ? only.text : null;
  const platforms =
    text === null
      ? foldersIn(cx, folder).map(({ name, path }) => ({ name, path }))
      : [{ name: text, path: folder }];
  return platforms.flatMap(platform => {
    const [arch = '', kind = ''] = platform.name.split('-');
    const facts: Facts = { class: kind === 'linux' ? 'nixos' : kind, arch, tags: [] };
    return entriesOf(cx, platform.path).map(({ name, path }) => ({ name, path, facts }));
  });
}

interface HostSources {
  readonly name: string;
  readonly facts: Facts;
  /** The machine's own modules. */
  readonly ownModules: readonly Lazy[];
  /** The machine's entry below `hosts`. */
  readonly host: Value | null;
}

/** Returns a machine with the modules and arguments that its class, architecture and tags add. */
function hostOf(
  cx: Evaluation,
  config: AttrsValue,
  { name, facts, ownModules, host }: HostSources,
): Omit<Host, 'at'> {
  const others = attributeValue(cx, config, 'additionalClasses');
  const renamed = others === null ? null : attributeValue(cx, others, facts.class);
  const kind = renamed?.kind === 'string' ? renamed.text : facts.class;
  // The order matters: of arguments with the same name the last one counts.
  const sources = [
    attributeValue(cx, config, 'shared'),
    host,
    ...(facts.tags ?? []).map(tag => called(cx, config, 'perTag', tag)),
    called(cx, config, 'perClass', facts.class),
    facts.arch === null ? null : called(cx, config, 'perArch', facts.arch),
  ].flatMap(source => source ?? []);
  const modules: (Lazy | Spread)[] = [
    ...ownModules,
    ...sources.flatMap(source => itemsOf(cx, source, 'modules')),
  ];
  if (facts.tags === null) modules.push(hidden(name, 'tags'));
  if (facts.arch === null && config.entries.has('perArch')) modules.push(hidden(name, 'arch'));
  const isDarwin = kind === 'darwin';
  return {
    name,
    builder: isDarwin ? 'darwinSystem' : 'nixosSystem',
    modules,
    specialArgs: argumentsOf(cx, sources),
    system: facts.arch === null ? null : `${facts.arch}-${isDarwin ? 'darwin' : 'linux'}`,
  };
}

function argumentsOf(cx: Evaluation, sources: readonly Value[]): AttrsValue {
  let args = attrsOf({}, null);
  for (const source of sources) {
    const more = attributeValue(cx, source, 'specialArgs');
    if (more?.kind === 'attrs') args = { ...more, entries: new Map([...args.entries, ...more.entries]) };
    // An unknown set may replace any of the arguments.
    else if (more !== null) args = attrsOf({}, null);
  }
  return args;
}

function hidden(name: string, what: string): Spread {
  return {
    kind: 'spread',
    of: unknownSelect(inputs.open as UnknownValue, `easy-hosts.${name}.${what}`, null),
  };
}

/**
 * Returns what an option's function returns for a class, an architecture or a tag, or `null` if it fails or is not
 * set.
 */
function called(cx: Evaluation, config: AttrsValue, option: string, argument: string): Value | null {
  const fn = attributeValue(cx, config, option);
  const value = fn === null ? null : cx.apply(fn, string(argument, null), null);
  return value?.kind === 'failure' ? null : value;
}

/** Returns the machine's own module: its `path` if that is set, otherwise the default location. */
function pathOf(cx: Evaluation, host: Value, name: string): Lazy[] {
  const path = attributeValue(cx, host, 'path');
  if (path !== null && path.kind !== 'null') return [path];
  return ['hosts', 'systems'].flatMap(folder => {
    const file = fileIn(cx, `${folder}/${name}`, 'default.nix');
    return file === null ? [] : [pathTo(cx, file)];
  });
}

function textIn(cx: Evaluation, host: Value, name: string, otherwise: string): string | null {
  const value = attributeValue(cx, host, name);
  if (value === null) return isOpen(host, name) ? null : otherwise;
  return value.kind === 'string' ? value.text : null;
}

function tagsIn(cx: Evaluation, host: Value): readonly string[] | null {
  const value = attributeValue(cx, host, 'tags');
  if (value === null) return isOpen(host, 'tags') ? null : [];
  if (value.kind !== 'list') return null;
  const tags: string[] = [];
  for (const item of value.items) {
    const tag = item.kind === 'spread' ? null : cx.resolve(item);
    if (tag?.kind !== 'string' || tag.text === null) return null;
    tags.push(tag.text);
  }
  return tags;
}

function isOpen(host: Value, name: string): boolean {
  return host.kind !== 'attrs' || host.open !== null || host.entries.has(name);
}
