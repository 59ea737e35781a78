import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type KeptFiles, keptCode } from '../../../server/src/host/programs/kept-files.ts';
import { contentsOf, testFolder } from '../folders.ts';

const CODE = Buffer.from('compiled');

/** A home with code kept in it under the name `check`. */
function keptIn(home: string): { readonly kept: KeptFiles; readonly folder: string } {
  const kept = keptCode({ HOME: home }, 'linux') as KeptFiles;
  kept.write('check', CODE);
  return { kept, folder: join(home, '.cache/varsmith/code') };
}

describe('kept code', () => {
  it('is given back, and is for its owner alone', () => {
    const { kept, folder } = keptIn(testFolder());
    expect(kept.read('check')).toEqual(CODE);
    expect(kept.read('plan')).toBeNull();
    expect([folder, join(folder, 'check')].map(path => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  it.each([
    ['linux', {}, '.cache/varsmith/code/check'],
    ['darwin', {}, 'Library/Caches/varsmith/code/check'],
    ['linux', { XDG_CACHE_HOME: 'own' }, 'own/varsmith/code/check'],
  ])('lies where programs of %s keep what can be made anew (%o)', (platform, env, file) => {
    const home = testFolder({ 'Library/x': '' });
    const folders = Object.entries(env).map(([name, path]) => [name, join(home, path)]);
    keptCode({ HOME: home, ...Object.fromEntries(folders) }, platform)?.write('check', CODE);
    expect(existsSync(join(home, file))).toBe(true);
  });

  it('is replaced as a whole, and the oldest goes', () => {
    const { kept, folder } = keptIn(testFolder());
    utimesSync(join(folder, 'check'), 1, 1);
    for (let i = 0; i < 19; i++) kept.write(`other-${i}`, CODE);
    expect(kept.read('check')).toEqual(CODE);
    kept.write('other-0', Buffer.from('anew'));
    kept.write('last', CODE);
    expect([kept.read('check'), kept.read('other-0')]).toEqual([null, Buffer.from('anew')]);
    expect(readdirSync(folder)).toHaveLength(20);
  });
});

describe('nothing is taken', () => {
  it.each<readonly [string, (folder: string) => void]>([
    ['of what was cut off', folder => writeFileSync(join(folder, 'check'), 'comp')],
    [
      'of what was changed',
      folder => {
        const bytes = readFileSync(join(folder, 'check'));
        bytes[bytes.length - 1] = 0;
        writeFileSync(join(folder, 'check'), bytes);
      },
    ],
    ['from a folder that others may read', folder => chmodSync(folder, 0o755)],
    ['from a file that others may write', folder => chmodSync(join(folder, 'check'), 0o666)],
    [
      'behind a link',
      folder => {
        renameSync(join(folder, 'check'), join(folder, 'elsewhere'));
        symlinkSync('elsewhere', join(folder, 'check'));
      },
    ],
    [
      'from a folder behind a link',
      folder => {
        renameSync(folder, `${folder}-elsewhere`);
        symlinkSync(`${folder}-elsewhere`, folder);
      },
    ],
  ])('%s', (_, change) => {
    const { kept, folder } = keptIn(testFolder());
    change(folder);
    expect(kept.read('check')).toBeNull();
  });
});

describe('nothing is written', () => {
  it('where it is not wanted', () => {
    expect(keptCode({ HOME: testFolder(), VARSMITH_NO_CODE_CACHE: '1' })).toBeNull();
  });

  it('where there is no home', () => {
    const home = join(testFolder(), 'none');
    keptIn(home);
    expect(existsSync(home)).toBe(false);
  });

  it('into a folder that others may read', () => {
    const home = testFolder();
    mkdirSync(join(home, '.cache/varsmith/code'), { recursive: true, mode: 0o755 });
    keptIn(home);
    expect(contentsOf(home)).toEqual({});
  });

  it('where a file is in the way, and nothing is thrown', () => {
    const home = testFolder({ '.cache/varsmith': 'a file' });
    keptIn(home);
    expect(readFileSync(join(home, '.cache/varsmith'), 'utf8')).toBe('a file');
  });
});
