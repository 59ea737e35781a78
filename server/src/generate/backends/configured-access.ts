/**
 * Reads from the configuration how secrets are stored and who their readers are besides machines. The result is
 * used for writing, so it must be certain.
 */
import type { AccessSetting } from '../../fleet/model/secrets.ts';
import type { AdminRecipients } from '../../store/age/age-writes.ts';
import { StoreFailure } from '../../store/store-failure.ts';

/**
 * Returns `clan.core.sops.defaultGroups` by machine. A setting in a module that several machines may import
 * applies to all, because clan keeps groups once they are added.
 *
 * @throws StoreFailure `unsupported` from the returned function if only Nix can determine them
 */
export function groupsFrom(settings: readonly AccessSetting[]): (machine: string) => readonly string[] {
  const groups = settings.filter(setting => setting.option === 'defaultGroups');
  return machine => {
    const ofMachine = groups.filter(group => group.machine === null || group.machine === machine);
    return [
      ...new Set(ofMachine.flatMap(setting => certain(setting, 'clan.core.sops.defaultGroups'))),
    ].sort();
  };
}

/**
 * Returns the admins that the configuration names.
 *
 * @throws StoreFailure `unsupported` if only Nix can determine them
 */
export function adminsFrom(settings: readonly AccessSetting[]): AdminRecipients {
  const of = (option: AccessSetting['option']) => settings.filter(setting => setting.option === option);
  const hosts: Record<string, string[]> = {};
  for (const accessSetting of of('recipients.hosts')) {
    const names = certain(accessSetting, 'vars.settings.recipients.hosts');
    if (accessSetting.machine === null) throw needsNix('vars.settings.recipients.hosts', accessSetting);
    const list = hosts[accessSetting.machine] ?? [];
    hosts[accessSetting.machine] = [...new Set([...list, ...names])];
  }
  return {
    hosts,
    default: [
      ...new Set(
        of('recipients.default').flatMap(setting => certain(setting, 'vars.settings.recipients.default')),
      ),
    ],
  };
}

/** The password store programs that clan supports. */
export type PassCommand = 'pass' | 'passage';

/**
 * Returns `clan.core.vars.password-store.passCommand`, which must be the same for the whole fleet. A setting in
 * a module that several machines may import applies to all.
 *
 * @throws StoreFailure `unsupported` if only Nix can determine it, or machines differ
 */
export function passCommandFrom(
  settings: readonly AccessSetting[],
  machines: readonly string[],
): PassCommand {
  const option = 'clan.core.vars.password-store.passCommand';
  const all = settings.filter(setting => setting.option === 'passCommand');
  const commands = new Set<string>();
  for (const machine of machines.length === 0 ? [''] : machines) {
    const ofMachine = all.filter(setting => setting.machine === null || setting.machine === machine);
    for (const accessSetting of ofMachine)
      for (const name of certain(accessSetting, option)) commands.add(name);
    // Clan's default.
    if (ofMachine.length === 0) commands.add('passage');
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
    `The value of ${option} in ${at.file} cannot be determined without Nix, so the store of secrets and their recipients are uncertain. Write the value out there, or use "clan vars".`,
  );
}
