// varsmith.json on the command line.

import { describe, expect, test } from 'vitest';
import { folder } from '../../workspace/support.ts';
import { brokenFleet, MATRIX } from '../fleets.ts';
import { varsmith } from '../support.ts';

async function rulesFound(settings: object): Promise<Record<string, string>> {
  const root = brokenFleet({ 'varsmith.json': JSON.stringify(settings) });
  const { stdout, stderr } = await varsmith(['check', root, '--format', 'json']);
  expect(stderr).toBe('');
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; severity: string; file: string }[] };
  return Object.fromEntries(findings.map(({ rule, severity, file }) => [`${rule} ${file}`, severity]));
}

test('severities are set by rule and by group', async () => {
  const found = await rulesFound({
    rules: { 'registry/*': 'hint', 'registry/unknown-key': 'info', 'eval/*': 'off' },
  });
  expect(found[`registry/unknown-key ${MATRIX}`]).toBe('info');
  expect(found[`registry/duplicate-key ${MATRIX}`]).toBe('hint');
  expect(Object.keys(found).filter(key => key.startsWith('eval/'))).toEqual([]);
});

test('paths are left out, for one rule or for all', async () => {
  const key = `registry/unknown-key ${MATRIX}`;
  expect(await rulesFound({ rules: { 'registry/unknown-key': { exclude: ['lib/'] } } })).not.toHaveProperty([
    key,
  ]);
  const found = await rulesFound({ exclude: ['modules/hosts/lea2/'] });
  expect(Object.keys(found).filter(each => each.includes('lea2/'))).toEqual([]);
  expect(found).toHaveProperty([key]);
});

describe('a mistake in it', () => {
  test.each(['check', 'rules'])('ends %s with code 2, and says where', async command => {
    const text = '{\n  "rules": {\n    "registry/unkown-key": "off",\n    "use/*": "loud"\n  }\n}\n';
    const { code, stdout, stderr } = await varsmith([command, brokenFleet({ 'varsmith.json': text })]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      [
        'varsmith: varsmith.json:3:5: There is no rule "registry/unkown-key". Did you mean "registry/unknown-key"? `varsmith rules` lists them.',
        'varsmith: varsmith.json:4:14: "use/*" must be off, error, warning, info or hint.',
        '',
      ].join('\n'),
    );
  });
  test('is only noted where nothing depends on it', async () => {
    const { code, stderr } = await varsmith([
      'inspect',
      folder({ 'flake.nix': '{ }', 'varsmith.json': '{' }),
    ]);
    expect(code).toBe(0);
    expect(stderr).toBe(
      'varsmith: varsmith.json:1:2: varsmith.json is not JSON: a name in double quotes is missing.\n',
    );
  });
});

test('no settings file writes to the terminal', async () => {
  const root = brokenFleet({ 'varsmith.json': String.raw`{ "rules": { "\u001b[2J": "off" } }` });
  for (const command of ['check', 'inspect'])
    expect((await varsmith([command, root], { terminal: true })).stderr).not.toContain('\u001b[2J');
});

test('a rule that is asked for and switched off is mentioned', async () => {
  const root = brokenFleet({ 'varsmith.json': '{ "rules": { "registry/*": "off" } }' });
  const { stderr } = await varsmith(['check', root, '--rule', 'registry/unknown-key']);
  expect(stderr).toBe('varsmith: registry/unknown-key is turned off by varsmith.json.\n');
});

test('an optional rule says how it is switched on, and is on then', async () => {
  const script =
    '{ pkgs, ... }: { clan.core.vars.generators.g = { files.a = { }; script = "echo a > $out/a"; }; }';
  const rule = 'generator/unquoted-path';
  const run = async (settings: string) => {
    const root = folder({ 'flake.nix': '{ }', 'm.nix': script, 'varsmith.json': settings });
    return varsmith(['check', root, '--rule', rule, '--format', 'lines']);
  };
  const off = await run('{ }');
  expect(off.stdout).not.toContain(rule);
  expect(off.stderr).toBe(
    'varsmith: generator/unquoted-path is off by default: { "rules": { "generator/unquoted-path": "hint" } } in varsmith.json turns it on.\n',
  );
  expect((await run(`{ "rules": { "${rule}": "hint" } }`)).stdout).toContain(rule);
});

describe('rules', () => {
  test('shows severities as they are set, with the own ones behind', async () => {
    const root = brokenFleet({ 'varsmith.json': '{ "rules": { "registry/unknown-key": "off" } }' });
    const { stdout } = await varsmith(['rules'], { cwd: root });
    expect(stdout).toMatch(/^registry\/unknown-key +off +.* \(error by default\)$/m);
    expect(stdout).toMatch(/^registry\/duplicate-key +warning +[^(]*$/m);
  });
  test('works outside of any fleet', async () => {
    const { code, stdout } = await varsmith(['rules'], { cwd: '/' });
    expect(code).toBe(0);
    expect(stdout).not.toContain('by default');
  });
});

test.each([
  ['registry/unkown-key', 'registry/unknown-key'],
  ['unknown-key', 'registry/unknown-key'],
  ['unkown-key', 'registry/unknown-key'],
  ['use/unknown-key', 'sops/unknown-key'],
])('explain %s: did you mean %s?', async (typed, meant) => {
  const { code, stderr } = await varsmith(['explain', typed]);
  expect(code).toBe(2);
  expect(stderr).toContain(`There is no rule "${typed}". Did you mean "${meant}"?`);
});
