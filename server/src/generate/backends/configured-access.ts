/** How secrets are kept and whom they are for beside their machines, as the configuration says: for writing, so it must be certain. */
import type { AccessSetting } from '../../fleet/model/secrets.ts';
import type { AdminRecipients } from '../../store/age/age-writes.ts';
import { StoreFailure } from '../../store/store-failure.ts';

/**
 * `clan.core.sops.defaultGroups` by machine. A setting in a module that several machines may have counts for all: clan
 * keeps groups once they are there.
 *
 * @throws StoreFailure `unsupported` from the function where only Nix can tell
 */
export function groupsFrom(settings: readonly AccessSetting[]): (machine: string) => readonly string[] {
  const groups = settings.filter(one => one.option === 'defaultGroups');
  return machine => {
    const own = groups.filter(one => one.machine === null || one.machine === machine);
    return [...new Set(own.flatMap(one => certain(one, 'clan.core.sops.defaultGroups')))].sort();
  };
}

/** @throws StoreFailure `unsupported` where only Nix can tell */
export function adminsFrom(settings: readonly AccessSetting[]): AdminRecipients {
  const of = (option: AccessSetting['option']) => settings.filter(one => one.option === option);
  const hosts: Record<string, string[]> = {};
  for (const one of of('recipients.hosts')) {
    const names = certain(one, 'vars.settings.recipients.hosts');
    if (one.machine === null) throw needsNix('vars.settings.recipients.hosts', one);
    const list = hosts[one.machine] ?? [];
    hosts[one.machine] = [...new Set([...list, ...names])];
  }
  return {
    hosts,
    default: [
      ...new Set(of('recipients.default').flatMap(one => certain(one, 'vars.settings.recipients.default'))),
    ],
  };
}

/** The programs of password stores that clan knows. */
export type PassCommand = 'pass' | 'passage';

/**
 * `clan.core.vars.password-store.passCommand`: one for the whole fleet. A setting in a module that several machines may
 * have counts for all.
 *
 * @throws StoreFailure `unsupported` where only Nix can tell, and where machines differ
 */
export function passCommandFrom(
  settings: readonly AccessSetting[],
  machines: readonly string[],
): PassCommand {
  const option = 'clan.core.vars.password-store.passCommand';
  const all = settings.filter(one => one.option === 'passCommand');
  const commands = new Set<string>();
  for (const machine of machines.length === 0 ? [''] : machines) {
    const own = all.filter(one => one.machine === null || one.machine === machine);
    for (const one of own) for (const name of certain(one, option)) commands.add(name);
    // Clan's own default.
    if (own.length === 0) commands.add('passage');
  }
  const [only, other] = [...commands];
  if (other !== undefined)
    throw new StoreFailure(
      'unsupported',
      `Machines with different password stores are not supported: ${option} is both "${only}" and "${other}".`,
    );
  if (only === 'pass' || only === 'passage') return only;
  throw new StoreFailure('unsupported', `${option} is "${only}": clan knows "pass" and "passage".`);
}

function certain(setting: AccessSetting, option: string): readonly string[] {
  if (setting.names === null) throw needsNix(option, setting);
  return setting.names;
}

function needsNix(option: string, { at }: AccessSetting): StoreFailure {
  return new StoreFailure(
    'unsupported',
    `Only Nix can tell ${option} as ${at.file} sets it, so it is not certain where secrets go and whom they are for. Write it out there, or use "clan vars".`,
  );
}
