import { describe, expect, it } from 'vitest';
import {
  ALLOW,
  ARCHITECTURES,
  EAFNOSUPPORT,
  ENOSYS,
  EPERM,
  FILTERED,
  filterBytes,
} from '../../../scripts/lib/seccomp.mjs';
import { filterFor } from '../../../server/src/host/sandbox/seccomp.ts';

const [UNIX, INET, INET6, NETLINK, ALG, VSOCK] = [1, 2, 10, 16, 38, 40];
const NEWUSER = 0x10000000;
const THREAD = 0x3d0f00;

/** Runs a filter as the kernel does. @param first the first argument, of up to 64 bits */
function verdict(filter: Buffer, audit: number, number: number, first: number | bigint = 0): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(audit, 4);
  data.writeBigUInt64LE(BigInt(first), 16);
  let loaded = 0;
  for (let at = 0; at * 8 < filter.length; at++) {
    const [code, yes, no] = [
      filter.readUInt16LE(at * 8),
      filter[at * 8 + 2] as number,
      filter[at * 8 + 3] as number,
    ];
    const value = filter.readUInt32LE(at * 8 + 4);
    if (code === 0x20) loaded = data.readUInt32LE(value);
    else if (code === 0x05) at += value;
    else if (code === 0x15) at += loaded === value ? yes : no;
    else if (code === 0x35) at += loaded >= value ? yes : no;
    else if (code === 0x45) at += (loaded & value) !== 0 ? yes : no;
    else if (code === 0x06) return value;
    else throw new Error(`code ${code}`);
  }
  throw new Error('the program has no end');
}

describe.each(['x64', 'arm64'] as const)('the filter of calls for %s', arch => {
  const filter = filterFor(arch) as Buffer;

  it('is what its source makes (node scripts/seccomp.mjs writes it anew)', () => {
    expect(filter.equals(filterBytes(arch))).toBe(true);
  });

  it.each(FILTERED[arch].map(name => ({ name, ...ARCHITECTURES[name] })))(
    'knows the calls of $name',
    ({ audit, refused, absent, byFamily, byFlags }) => {
      const ask = (number: number, first?: number | bigint) => verdict(filter, audit, number, first);
      for (const number of Object.values(refused)) expect(ask(number)).toBe(EPERM);
      for (const number of Object.values(absent)) expect(ask(number)).toBe(ENOSYS);
      for (const number of Object.values(byFamily)) {
        for (const family of [UNIX, INET, INET6]) expect(ask(number, family)).toBe(ALLOW);
        for (const family of [0, NETLINK, 17, ALG, VSOCK, 46]) expect(ask(number, family)).toBe(EAFNOSUPPORT);
        // The kernel looks at 32 bits of it.
        expect(ask(number, 0xffffffff00000028n)).toBe(EAFNOSUPPORT);
      }
      for (const number of Object.values(byFlags)) {
        for (const flags of [0, 17, THREAD]) expect(ask(number, flags)).toBe(ALLOW);
        expect(ask(number, NEWUSER)).toBe(EPERM);
        expect(ask(number, NEWUSER | THREAD)).toBe(EPERM);
      }
      const named = [refused, absent, byFamily, byFlags].flatMap(calls => Object.values(calls));
      const others = Array.from({ length: 480 }, (_, number) => number).filter(
        number => !named.includes(number),
      );
      expect(others.filter(number => ask(number, VSOCK) !== ALLOW)).toEqual([]);
    },
  );

  it('refuses every call of an architecture that it does not know', () => {
    for (const audit of [0, 0xc0000015, 0x800000b7]) expect(verdict(filter, audit, 1)).toBe(EPERM);
    const foreign = arch === 'x64' ? ARCHITECTURES.aarch64 : ARCHITECTURES.x86_64;
    expect(verdict(filter, foreign.audit, 1)).toBe(EPERM);
  });
});

describe('the filter of calls', () => {
  it('has none of those that x86-64 has a second time under other numbers', () => {
    const { audit, refused } = ARCHITECTURES.x86_64;
    const filter = filterFor('x64') as Buffer;
    for (const number of [0, 41, refused.keyctl as number])
      expect(verdict(filter, audit, 0x40000000 + number)).toBe(ENOSYS);
    // What a call is that somebody who traces has taken back.
    expect(verdict(filter, audit, -1)).toBe(ENOSYS);
  });

  it('is none where there is no such table', () => {
    expect(filterFor('riscv64')).toBeNull();
  });
});
