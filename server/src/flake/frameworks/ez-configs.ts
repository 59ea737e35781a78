/**
 * ez-configs: files of `nixos-configurations/` and `darwin-configurations/` are machines, files of `nixos-modules/` and
 * its kin modules; `default` of those is of every machine that does not refuse it.
 */
import { attr, attrs, attrsOf } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';
import {
  configurationsOf,
  folderAt,
  given,
  givenAt,
  type Host,
  modulesIn,
  pathsBy,
  pathTo,
  startOf,
} from './layout.ts';

export function ezConfigs(cx: Evaluation, config: AttrsValue): AttrsValue {
  /** Where something is, unless that is not known. */
  function folder(kind: string, what: 'modules' | 'configurations'): string | null {
    const own = givenAt(cx, config, [kind, `${what}Directory`]);
    if (own !== null) return folderAt(cx, own);
    const root = given(cx, config, 'root');
    const found = root === null ? null : folderAt(cx, root);
    return found === null ? null : `${found === '' ? '' : `${found}/`}${kind}-${what}`;
  }
  const found = (kind: string, what: 'modules' | 'configurations'): Map<string, string> => {
    const at = folder(kind, what);
    return at === null ? new Map() : modulesIn(cx, at, true);
  };

  const users = found('home', 'configurations');
  const homes = found('home', 'modules');

  /** The modules of the users that a machine has. */
  function usersOf(settings: AttrsValue | null, platform: 'darwin' | 'linux'): Lazy[] {
    const names = settings === null ? null : given(cx, settings, 'userHomeModules');
    if (names?.kind !== 'list') return [];
    const entries = names.items.flatMap(item => {
      const name = item.kind === 'spread' ? null : cx.resolve(item);
      const text = name?.kind === 'string' ? name.text : null;
      const file = text === null ? undefined : users.get(text);
      if (text === null || file === undefined) return [];
      const own = [file, ...(importsDefault(text) ? shared(platform) : [])].map(one => pathTo(cx, one));
      return [
        [
          text,
          attr(attrsOf({ imports: { kind: 'list', items: own, origin: null } }, null), startOf(cx, file)),
        ] as const,
      ];
    });
    return [attrsOf({ 'home-manager': attrsOf({ users: attrs(new Map(entries), null) }, null) }, null)];
  }
  const shared = (platform: 'darwin' | 'linux') =>
    ['default', platform].flatMap(name => homes.get(name) ?? []);
  const importsDefault = (user: string) => {
    const said = givenAt(cx, config, ['home', 'users', user, 'importDefault']);
    return said === null || (said.kind === 'bool' && said.value);
  };

  const hosts = (['nixos', 'darwin'] as const).flatMap(kind => {
    const everybodys = found(kind, 'modules').get('default');
    const said = givenAt(cx, config, [kind, 'specialArgs']) ?? given(cx, config, 'globalArgs');
    const ezModules = attr(pathsBy(cx, found(kind, 'modules')), null);
    const others = said?.kind === 'attrs' ? said.entries : [];
    const specialArgs = attrs(new Map([...others, ['ezModules', ezModules] as const]), null);
    return [...found(kind, 'configurations')].map(([name, file]): Host => {
      const said = givenAt(cx, config, [kind, 'hosts', name]);
      const settings = said?.kind === 'attrs' ? said : null;
      const wants = settings === null ? null : given(cx, settings, 'importDefault');
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
    outputs.set(`${kind}Modules`, attr(pathsBy(cx, found(kind, 'modules')), null));
  return attrs(outputs, config.origin);
}
