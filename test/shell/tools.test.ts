/** Which package brings which command. */
import { describe, expect, it } from 'vitest';
import packagesData from '../../server/src/shell/programs/data/packages.json' with { type: 'json' };
import programs from '../../server/src/shell/programs/data/programs.json' with { type: 'json' };
import { isAlwaysThere, packageCommands, packagesWith } from '../../server/src/shell/programs/tools.ts';

describe('packages', () => {
  it('know their commands', () => {
    expect(packageCommands('openssl')?.commands.has('openssl')).toBe(true);
    expect(packageCommands('openssl.bin')?.commands.has('openssl')).toBe(true);
    expect(packageCommands('unixtools.xxd')?.commands.has('xxd')).toBe(true);
    expect(packageCommands('wireguard-tools')?.complete).toBe(true);
    expect(packageCommands('apacheHttpd')?.complete).toBe(false);
    expect(packageCommands('coreutils')?.commands.has('tr')).toBe(true);
    expect(packageCommands('no-such-package')).toBeNull();
    expect(packageCommands('toString')).toBeNull();
  });

  it('are found by command, the usual one first', () => {
    expect(packagesWith('openssl')[0]).toBe('openssl');
    expect(packagesWith('mkpasswd')[0]).toBe('mkpasswd');
    expect(packagesWith('step')[0]).toBe('step-cli');
    expect(packagesWith('htpasswd')).toEqual(['apacheHttpd']);
    expect(packagesWith('no-such-command')).toEqual([]);
    for (const name of ['constructor', '__proto__', 'toString']) expect(packagesWith(name)).toEqual([]);
    for (const command of ['openssl', 'xxd', 'yq', 'dig', 'tinc', 'ntfy', 'uuidgen']) {
      const [usual] = packagesWith(command);
      expect(packageCommands(usual ?? '')?.commands.has(command), command).toBe(true);
    }
  });

  it('leave out what is always there', () => {
    for (const name of ['cat', 'tr', 'install', 'echo', 'read', '[', 'timeout'])
      expect(isAlwaysThere(name)).toBe(true);
    for (const name of ['sed', 'grep', 'awk', 'find', 'xxd', 'bash', 'sh', 'which'])
      expect(isAlwaysThere(name)).toBe(false);
  });
});

describe('the tables', () => {
  const { packages, usual } = packagesData;

  it('have packages that bring the same as one that is known, and the end of a list only at its end', () => {
    const known = new Set(Object.keys(packages));
    for (const [name, brought] of Object.entries<string | string[]>(packages)) {
      if (typeof brought === 'string')
        expect({ name, same: known.has(brought) }).toEqual({ name, same: true });
      else expect({ name, open: brought.slice(0, -1).includes('…') }).toEqual({ name, open: false });
    }
  });

  it('have usual packages that bring their command', () => {
    const wrong = Object.entries(usual).filter(
      ([command, name]) => !packageCommands(name)?.commands.has(command),
    );
    expect(wrong).toEqual([]);
  });

  it('describe a program once', () => {
    const names = [
      ...programs.groups.flatMap(group => group.programs),
      ...Object.keys(programs.programs),
      ...Object.keys(programs.chosen),
    ];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('know an option of a program in one way', () => {
    const tools = [programs.groups, programs.programs, programs.chosen, programs.special].flatMap(
      Object.entries,
    );
    for (const [name, { options }] of tools) {
      const all: string[] = Object.values<string[]>(options ?? {}).flat();
      expect({ name, twice: all.filter((option, index) => all.indexOf(option) !== index) }).toEqual({
        name,
        twice: [],
      });
    }
  });
});
