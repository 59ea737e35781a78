// What git does to stored values, as the doctor says it.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { IN_TERMINAL } from '../../server/src/doctor/actions.ts';
import { examine } from '../../server/src/doctor/examine.ts';
import { examinedIn } from '../../server/src/workspace/doctor-view.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';

const engine = await loadEngine();

const FLAKE = `{
  outputs = { clan-core, self, ... }: {
    clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; };
  };
}
`;
const STORED = {
  'flake.nix': FLAKE,
  'vars/per-machine/lea/mail/password/secret': '{}',
  'vars/shared/ca/cert/value': 'x',
};

async function said(
  attributes: string | null,
  { files = STORED as Readonly<Record<string, string>>, git = true, trusted = true } = {},
) {
  const root = folder({ ...files, ...(attributes === null ? {} : { '.gitattributes': attributes }) });
  if (git) execFileSync('git', ['init', '-q'], { cwd: root });
  const around = { env: process.env, home: folder({}), platform: 'linux', trusted, names: IN_TERMINAL };
  const { sections } = await examine(examinedIn(createWorkspace({ root, engine }), []), around, '1.2.3');
  return sections.flatMap(({ entries }) => entries).find(({ name }) => name === 'git attributes');
}

test('without attributes, they are asked for', async () => {
  expect(await said(null)).toMatchObject({
    standing: 'absent',
    advice: 'Put into .gitattributes: `vars/** -text -merge`.',
  });
  expect(await said('vars/** -text\n')).toMatchObject({ standing: 'absent' });
});

test.each(['vars/** -text -merge\n', '* binary\n', 'vars/** binary\n'])('%j is enough', async attributes => {
  expect(await said(attributes)).toMatchObject({ standing: 'found', advice: null });
});

test.each(['* text=auto\n', '*.nix text\nvars/** text eol=crlf\n'])(
  '%j changes what is stored',
  async attributes => {
    expect(await said(attributes)).toMatchObject({
      standing: 'problem',
      text: 'git may change the line endings of 2 stored files',
      details: ['vars/per-machine/lea/mail/password/secret', 'vars/shared/ca/cert/value'],
    });
  },
);

test('only those that are concerned are named', async () => {
  const found = await said('* text=auto\nvars/per-machine/** binary\n');
  expect(found?.details).toEqual(['vars/shared/ca/cert/value']);
});

test('nothing is asked where nothing is stored, git keeps nothing, or no program may be run', async () => {
  expect(await said(null, { files: { 'flake.nix': FLAKE } })).toBeUndefined();
  expect(await said(null, { git: false })).toBeUndefined();
  expect(await said(null, { trusted: false })).toBeUndefined();
});
