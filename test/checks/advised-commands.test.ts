// Commands that findings, documentation and refusals advise: ours exist with these options and know the names in the examples that
// draw them, those of others are in a table.

import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { messageWithCure } from '../../server/src/checks/cure.ts';
import { examplesOf } from '../../server/src/checks/examples/shown-examples.ts';
import { rules } from '../../server/src/checks/rules/index.ts';
import { COMMANDS } from '../../server/src/cli/table/command-table.ts';
import { varsmith } from '../cli/support.ts';
import { folder } from '../workspace/support.ts';
import { check } from './harness.ts';

const SERVER = resolve(__dirname, '../../server/src');

/** What may follow the name of a program of others: subcommands, and options where there are none. */
const FOREIGN: Readonly<Record<string, RegExp>> = {
  agenix: /^(-e|-r|--rekey|-d|rekey|generate)\b/,
  clan: /^(vars$|vars (generate|fix|get|set|list|check|keygen|upload|export|import)|machines (delete|create|update|list|install)|secrets( (groups|users|machines|key|set|get|list)\b.*)?|flakes|facts)\b/,
  git: /^(add|rm|mv|restore|checkout|commit|status|update-index|config|fetch|merge|log|-C)\b/,
  nix: /^(flake (lock|update|check|metadata|show)|build|run|eval|shell|develop|fmt|profile)\b/,
  sops: /^(encrypt|decrypt|updatekeys|rotate|set|unset|edit|exec-env|exec-file|-d|-e|-i|--extract)\b|^[\w./-]+\.\w+$|^FILE$|^metadata not found$/,
};

/** The commands in backticks, without quotation marks inside of Nix code. */
function* advised(text: string): Iterable<readonly [program: string, rest: string]> {
  for (const [, command = ''] of text.matchAll(/`((?:varsmith|agenix|clan|git|nix|sops) [^`\n]+)`/g)) {
    const space = command.indexOf(' ');
    yield [command.slice(0, space), command.slice(space + 1)];
  }
}

/** Returns what is wrong with a command line of ours, or null. */
function mistakeIn(rest: string): string | null {
  const words = rest.split(/\s+/).filter(word => word !== '');
  const spec = [words.slice(0, 2).join(' '), words[0] ?? '']
    .map(name => COMMANDS.find(command => command.name === name))
    .find(command => command !== undefined);
  if (spec === undefined)
    return COMMANDS.some(({ name }) => name.startsWith(`${words[0]} `)) ? null : `no command ${words[0]}`;
  for (const word of words.slice(spec.name.split(' ').length)) {
    const option = /^--?([a-z][\w-]*)/.exec(word)?.[1];
    if (option === undefined) continue;
    const exists = spec.options.some(({ name, short }) => (word.startsWith('--') ? name : short) === option);
    if (!exists && option !== 'help' && option !== 'json') return `${spec.name} has no option ${word}`;
  }
  return null;
}

function mistakes(where: string, text: string): string[] {
  return [...advised(text)].flatMap(([program, rest]) => {
    const mistake =
      program === 'varsmith' ? mistakeIn(rest) : FOREIGN[program]?.test(rest) ? null : 'not in the table';
    return mistake === null ? [] : [`${where}: ${program} ${rest}: ${mistake}`];
  });
}

describe('commands that are advised', () => {
  it.each(rules.map(rule => [rule.id, rule] as const))('%s', (_, rule) => {
    const said = examplesOf(rule).bad.flatMap(example =>
      check(example.files, { ...example, rules: [rule] }).findings.flatMap(finding => [
        messageWithCure(finding),
        ...finding.related.map(({ message }) => message),
        ...finding.fixes.map(({ title }) => title),
      ]),
    );
    expect([rule.documentation, ...said].flatMap(text => mistakes(rule.id, text))).toEqual([]);
  });

  it('of ours are accepted where they are advised', { timeout: 240_000 }, async () => {
    const cases = rules.flatMap(rule =>
      examplesOf(rule).bad.flatMap(example => {
        const { findings } = check(example.files, { ...example, rules: [rule] });
        const commands = findings.flatMap(finding =>
          [...advised(messageWithCure(finding))].flatMap(([program, rest]) =>
            program === 'varsmith' && !/[A-Z]{3}/.test(rest) ? [rest] : [],
          ),
        );
        return [...new Set(commands)].map(rest => ({ rule: rule.id, example, rest }));
      }),
    );
    expect(cases.length).toBeGreaterThan(3);
    const refused: string[] = [];
    for (const { rule, example, rest } of cases) {
      const root = folder({ 'flake.nix': '{ }\n', ...example.files });
      for (const [path, target] of Object.entries(example.links ?? {})) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        symlinkSync(target, join(root, path));
      }
      const args = rest.split(' ').map(word => word.replace(/^'(.*)'$/, '$1'));
      const dry = args[0] === 'generate' ? ['--dry-run'] : [];
      const { code, stderr } = await varsmith([...args, ...dry], { cwd: root, env: { HOME: root } });
      // Without a key nothing is stored; 2 would be a name or an option that does not exist there.
      if (code === 2) refused.push(`${rule}, "${example.title}": varsmith ${rest}: ${stderr}`);
    }
    expect(refused).toEqual([]);
  });

  it('by refusals, notes and reports exist', () => {
    const files = readdirSync(SERVER, { recursive: true, encoding: 'utf8' }).filter(path =>
      path.endsWith('.ts'),
    );
    let count = 0;
    const wrong = files.flatMap(path => {
      const text = readFileSync(join(SERVER, path), 'utf8');
      // In quotation marks inside of a text, with holes.
      const lines = [...text.matchAll(/"varsmith ([a-z]+[^"\n]*)"/g)].map(([, rest = '']) => rest);
      const ticks = [...text.matchAll(/\\`varsmith ([a-z]+[^`\n\\]*)\\`/g)].map(([, rest = '']) => rest);
      return [...lines, ...ticks].flatMap(rest => {
        count++;
        const mistake = mistakeIn(rest.replace(/\$\{[^}]*\}/g, 'X'));
        return mistake === null || rest.startsWith('${') ? [] : [`${path}: varsmith ${rest}: ${mistake}`];
      });
    });
    expect(count).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });
});
