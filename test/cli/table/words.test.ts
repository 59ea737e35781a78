import { expect, test } from 'vitest';
import { rules } from '../../../server/src/checks/rules/index.ts';
import { varsmith } from '../support.ts';

test('help names every command', async () => {
  const { code, stdout } = await varsmith(['--help']);
  expect(code).toBe(0);
  for (const command of ['check', 'inspect', 'explain', 'rules', 'lsp'])
    expect(stdout).toContain(`  ${command} `);
});

test('every command has a help of its own', async () => {
  for (const command of ['check', 'inspect', 'explain', 'rules', 'lsp']) {
    const { code, stdout } = await varsmith([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: varsmith ${command}`);
    expect((await varsmith(['help', command])).stdout).toBe(stdout);
  }
});

test('no command is wrong usage', async () => {
  const { code, stdout, stderr } = await varsmith([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Usage: varsmith COMMAND');
});

test('the version', async () => {
  expect((await varsmith(['--version'])).stdout).toBe('1.2.3\n');
});

test('rules are listed one a line', async () => {
  const { code, stdout } = await varsmith(['rules']);
  expect(code).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split(/\s+/)[0]),
  ).toEqual(rules.map(({ id }) => id));
});

test('every rule is explained, with what is wrong and what is right', async () => {
  for (const { id, severity, summary, optional } of rules) {
    const { code, stdout } = await varsmith(['explain', id]);
    expect(code).toBe(0);
    expect(stdout.startsWith(`${id} (${severity}${optional ? ', off by default' : ''})\n${summary}\n`)).toBe(
      true,
    );
    expect(stdout).toContain('\nWrong: ');
    expect(stdout).toContain('\nRight: ');
    expect(stdout).toContain(`# varsmith: ignore ${id}`);
  }
});

test.each(['eval', 'eval/', 'eval/*'])('of the group %j it is explained which rules it has', async group => {
  const { code, stdout } = await varsmith(['explain', group]);
  const own = rules.filter(({ id }) => id.startsWith('eval/'));
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: own.map(({ id, summary }) => `${id}: ${summary}\n`).join(''),
  });
});

test('lsp runs the server', async () => {
  for (const args of [['lsp'], ['lsp', '--stdio']]) expect((await varsmith(args)).code).toBe(0);
});
