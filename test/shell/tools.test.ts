/** Which package brings which command. */
import { describe, expect, it } from 'vitest';
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
