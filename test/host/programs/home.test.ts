import { expect, it, vi } from 'vitest';
import { stateFolder, stateFolderIfAny } from '../../../server/src/host/files/state-folder.ts';
import { homeIn } from '../../../server/src/host/programs/home.ts';

const { none } = vi.hoisted(() => ({
  none: () => {
    throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT');
  },
}));
vi.mock(import('node:os'), async original => ({ ...(await original()), homedir: none }));

it('a user whom the system does not know has the home that the environment names, or none', () => {
  expect([homeIn({ HOME: '/home/ada' }), homeIn({})]).toEqual(['/home/ada', null]);
});

it('without a home and without git nothing is noted, and nothing can be written', () => {
  const place = { root: '/fleet', env: {}, home: null };
  expect(stateFolderIfAny(place, null)).toBeNull();
  expect(() => stateFolder(place, null)).toThrow('no home folder');
  expect(stateFolderIfAny({ ...place, env: { XDG_STATE_HOME: '/state' } }, null)).toMatch(
    /^\/state\/varsmith\//,
  );
});
