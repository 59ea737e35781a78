/**
 * ez-configs: files in `nixos-configurations/` and `darwin-configurations/` are machines, and files in
 * `nixos-modules/` and its siblings are modules. The module `default` belongs to every machine that does not opt out.
 */
import { attr, attrs, attrsOf } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';
import {
  attributeValue,
  configurationsOf,
  folderAt,
  type Host,
  modulesIn,
  pathsBy,
  pathTo,
  startOf,
  valueAt,
} from './layout.ts';

export function ezConfigs(cx: Evaluation, config: AttrsValue): AttrsValue {
  /** Returns the folder of the modules or configurations of a kind, or `null` if it is unknown. */
  function folder(kind: string, what: 'modules' | 'configurations'): string | null {
    const directory = valueAt(cx, config, [kind, `${what}Directory`]);
    if (directory !== null) return folderAt(cx, directory);
    const root = attributeValue(cx, config, 'root');
    const entries = root === null ? null : folderAt(cx, root);
    return entries === null ? null : `${entries === '' ? '' : `${entries}/`}${kind}-${what}`;
  }
  const filesOf = (kind: string, what: 'modules' | 'configurations'): Map<string, string> => {
    const at = folder(kind, what);
    return at === null ? new Map() : modulesIn(cx, at, true);
  };

  const users = filesOf('home', 'configurations');
  const homes = filesOf('home', 'modules');

  /** Returns the home-manager modules of a machine's users. */
  function usersOf(settings: AttrsValue | null, platform: 'darwin' | 'linux'): Lazy[] {
    const names = settings === null ? null : attributeValue(cx, settings, 'userHomeModules');
    if (names?.kind !== 'list') return [];
    const entries = names.items.flatMap(item => {
      const name = item.kind === 'spread' ? null : cx.resolve(item);
      const text = name?.kind === 'string' ? name.text : null;
      const file = text === null ? undefined : users.get(text);
      if (text === null || file === undefined) return [];
      const files = [file, ...(importsDefault(text) ? shared(platform) : [])].map(file => pathTo(cx, file));
      return [
        [
          text,
          attr(attrsOf({ imports: { kind: 'list', items: files, origin: null } }, null), startOf(cx, file)),
        ] as const,
      ];
    });
    return [attrsOf({ 'home-manager': attrsOf({ users: attrs(new Map(entries), null) }, null) }, null)];
  }
  const shared = (platform: 'darwin' | 'linux') =>
    ['default', platform].flatMap(name => homes.get(name) ?? []);
  const importsDefault = (user: string) => {
    const setting = valueAt(cx, config, ['home', 'users', user, 'importDefault']);
    return setting === null || (setting.kind === 'bool' && setting.value);
  };

  const hosts = (['nixos', 'darwin'] as const).flatMap(kind => {
    const everybodys = filesOf(kind, 'modules').get('default');
    const setting = valueAt(cx, config, [kind, 'specialArgs']) ?? attributeValue(cx, config, 'globalArgs');
    const ezModules = attr(pathsBy(cx, filesOf(kind, 'modules')), null);
    const others = setting?.kind === 'attrs' ? setting.entries : [];
    const specialArgs = attrs(new Map([...others, ['ezModules', ezModules] as const]), null);
    return [...filesOf(kind, 'configurations')].map(([name, file]): Host => {
      const setting = valueAt(cx, config, [kind, 'hosts', name]);
      const settings = setting?.kind === 'attrs' ? setting : null;
      const wants = settings === null ? null : attributeValue(cx, settings, 'importDefault');
      const isShared = wants === null || (wants.kind === 'bool' && wants.value);
      return {
        name,
        builder: kind === 'nixos' ? 'nixosSystem' : 'darwinSystem',
        modules: [
          pathTo(cx, file),
          ...(isShared && everybodys !== undefined ? [pathTo(cx, everybodys)] : []),
          ...usersOf(settings, kind === 'nixos' ? 'linux' : 'darwin'),
        ],
        specialArgs,
        system: null,
        at: startOf(cx, file),
      };
    });
  });
  const outputs = configurationsOf(hosts);
  for (const kind of ['nixos', 'darwin', 'home'])
    outputs.set(`${kind}Modules`, attr(pathsBy(cx, filesOf(kind, 'modules')), null));
  return attrs(outputs, config.origin);
}
