// The table of commands is what the commands themselves take: the help, completions and the manual page say what is true.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOADERS } from '../../../server/src/cli/main.ts';
import type { CommandSpec } from '../../../server/src/cli/table/command-spec.ts';
import { COMMANDS } from '../../../server/src/cli/table/command-table.ts';
import { TEMPLATE_CHOICES } from '../../../server/src/editor/scaffold/scaffold-templates.ts';
import { LIMIT_NAMES } from '../../../server/src/host/sandbox/limits.ts';
import { varsmith } from '../support.ts';

const FLEET = join(__dirname, '../../../examples/fleet');

/** A call with a word for each position. */
const called = ({ name, positions }: CommandSpec, ...options: readonly string[]) =>
  varsmith([
    ...name.split(' '),
    ...positions.map(({ from }) => (from === 'folder' ? FLEET : 'x')),
    ...options,
  ]);

it('has every command that can be called, and no other', () => {
  const words = new Set(COMMANDS.map(({ name }) => name.split(' ')[0]));
  expect([...words].sort()).toEqual(Object.keys(LOADERS).sort());
});

it.each(COMMANDS)('$name takes what the table says', async command => {
  expect((await called(command, '--no-such-option')).stderr).toContain(
    'There is no option "--no-such-option".',
  );
  const letters = command.options.flatMap(({ short }) => short ?? []);
  expect(new Set(letters).size).toBe(letters.length);
  for (const line of command.usage)
    for (const [, name] of line.matchAll(/(?<!\w)--([a-z][a-z-]*)/g))
      expect(command.options.map(option => option.name)).toContain(name);
});

const worded = COMMANDS.flatMap(command =>
  command.options.flatMap(({ name, value }) =>
    Array.isArray(value?.from) ? [{ command, name, words: value.from as readonly string[] }] : [],
  ),
);

describe('of an option with a choice', () => {
  it.each(worded.filter(({ name }) => name !== 'limit'))(
    '$command.name --$name the table has all words',
    async ({ command, name, words }) => {
      const { code, stderr } = await called(command, `--${name}`, 'no-such-word');
      expect(code).toBe(2);
      expect(stderr).toContain(`it takes ${words.join(', ')}.`);
    },
  );

  it('limits have their names', () => {
    const limits = worded.filter(({ name }) => name === 'limit').map(({ words }) => words);
    expect(limits.length).toBeGreaterThan(0);
    for (const words of limits) expect(words).toEqual(LIMIT_NAMES.map(name => `${name}=`));
  });

  it('templates have their names', () => {
    const templates = worded.filter(({ name }) => name === 'template').map(({ words }) => words);
    for (const words of templates) expect(words).toEqual(TEMPLATE_CHOICES.map(({ id }) => id));
  });
});

describe('the help', () => {
  it.each(COMMANDS)('of $name names every option, in lines of at most 120 characters', async command => {
    const { code, stdout } = await varsmith([...command.name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: varsmith ${command.name}`);
    for (const { name, short, hidden } of command.options)
      if (!hidden) expect(stdout).toContain(`  ${short === undefined ? '' : `-${short}, `}--${name}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
