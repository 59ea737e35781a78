/**
 * lite-config: `lite-config.hosts.<name>.system` declares the machines. Each has the module of its name in
 * `hostModuleDir`, or its `hostModule`, and the `systemModules` of all.
 * Source: yelite/lite-config, flake-module.nix.
 */

import { inputs } from '../../modules/modules.ts';
import { attr, attrs, attrsOf, bool, string } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy, Spread, Value } from '../../nix/eval/value.ts';
import { attributeValue, configurationsOf, folderAt, type Host, itemsOf, pathTo } from './layout.ts';

export function liteConfig(cx: Evaluation, config: AttrsValue): AttrsValue {
  const written = attributeValue(cx, config, 'hosts');
  const hosts = written?.kind === 'attrs' ? written : null;
  const machines = [...(hosts?.entries.keys() ?? [])].flatMap(name =>
    hostOf(cx, config, hosts as AttrsValue, name),
  );
  const outputs = configurationsOf(machines);
  const open = hosts?.open ?? (written?.kind === 'unknown' ? written : config.open);
  // There may be further hosts, of unknown systems.
  for (const name of open === null ? [] : ['nixosConfigurations', 'darwinConfigurations']) {
    const output = outputs.get(name)?.value;
    const entries = output?.kind === 'attrs' ? output.entries : new Map<string, Attr>();
    outputs.set(name, attr(attrs(entries, null, open), null));
  }
  return attrs(outputs, config.origin);
}

function hostOf(cx: Evaluation, config: AttrsValue, hosts: AttrsValue, name: string): Host[] {
  const host = attributeValue(cx, hosts, name);
  const system = host === null ? null : attributeValue(cx, host, 'system');
  if (host === null || system?.kind !== 'string' || system.text === null) return [];
  const isDarwin = system.text.endsWith('-darwin');
  const hostName = attrsOf({ networking: attrsOf({ hostName: string(name, null) }, null) }, null);
  const modules: (Lazy | Spread)[] = [
    ...ownModule(cx, config, host, name),
    hostName,
    ...itemsOf(cx, config, 'systemModules'),
  ];
  const hostPlatform = attrsOf(
    { system, isDarwin: bool(isDarwin, null), isLinux: bool(!isDarwin, null) },
    null,
  );
  return [
    {
      name,
      at: hosts.entries.get(name)?.at ?? null,
      builder: isDarwin ? 'darwinSystem' : 'nixosSystem',
      modules,
      specialArgs: attrsOf({ inputs, hostPlatform }, null),
      system: system.text,
    },
  ];
}

/** Returns the machine's own module: the one that it sets, or the one of its name in the common folder. */
function ownModule(
  cx: Evaluation,
  config: AttrsValue,
  host: Value,
  name: string,
): readonly (Lazy | Spread)[] {
  const module = attributeValue(cx, host, 'hostModule');
  if (module !== null && module.kind !== 'null') return [module];
  const directory = attributeValue(cx, config, 'hostModuleDir');
  const folder = directory === null ? null : folderAt(cx, directory);
  if (folder !== null) return [pathTo(cx, folder === '' ? name : `${folder}/${name}`)];
  return directory?.kind === 'unknown' ? [{ kind: 'spread', of: directory }] : [];
}
