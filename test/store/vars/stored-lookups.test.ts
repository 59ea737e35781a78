import { describe, expect, it } from 'vitest';
import { storedFilesIn, storedLookups } from '../../../server/src/store/vars/stored-lookups.ts';
import { storeFiles } from '../support.ts';

describe('what is stored, asked one by one', () => {
  const files = storeFiles({
    'infra/vars/shared/ca/key/secret': '{}',
    'infra/vars/shared/ca/crt/value': 'x',
    'infra/vars/shared/ca/.validation-hash': 'abc\n',
    'infra/secrets/clan-vars/per-machine/web/tls/key/key.age': 'x',
    'infra/secrets/clan-vars/per-machine/web/tls/sub/key/key.age': 'x',
  });

  it('sops keeps secrets beside the public values', () => {
    const { has, validation } = storedLookups(storedFilesIn(files), 'infra', 'sops');
    expect([has('shared/ca', 'key', true), has('shared/ca', 'crt', false)]).toEqual([true, true]);
    expect([has('shared/ca', 'key', false), has('shared/ca', 'crt', true)]).toEqual([false, false]);
    expect([validation('shared/ca'), validation('per-machine/web/tls')]).toEqual(['abc', null]);
  });

  it('age keeps them in a folder of their own', () => {
    const { has } = storedLookups(storedFilesIn(files), 'infra', 'age');
    expect(['key', 'sub/key', 'other'].map(file => has('per-machine/web/tls', file, true))).toEqual([
      true,
      true,
      false,
    ]);
    expect(has('shared/ca', 'key', true)).toBe(false);
  });

  it('other stores are asked', () => {
    const { has } = storedLookups(
      storedFilesIn(files),
      'infra',
      (key, file) => `${key}/${file}` === 'shared/ca/key',
    );
    expect([has('shared/ca', 'key', true), has('shared/ca', 'crt', true)]).toEqual([true, false]);
  });
});
