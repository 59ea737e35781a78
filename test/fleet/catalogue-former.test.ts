/**
 * The former generators against the history of clan-core: each as our own model reads it in the file and at the
 * commit that the data names. VARSMITH_CLAN_CORE names a clone with its history.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFleetBuilder } from '../../server/src/fleet/build/builder.ts';
import { CLAN_CORE_COMMIT } from '../../server/src/fleet/catalogue/catalogue-data.ts';
import { FORMER } from '../../server/src/fleet/catalogue/catalogue-former.ts';
import { createParser } from '../../server/src/nix/parse/parse.ts';
import { createFiles } from '../../server/src/workspace/files/files.ts';
import { folder } from '../workspace/support.ts';

const clone = process.env.VARSMITH_CLAN_CORE ?? '';
const isThere = clone !== '' && existsSync(join(clone, 'clanServices')) && hasHistory();

function git(...args: readonly string[]): string {
  return execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function hasHistory(): boolean {
  return git('rev-parse', '--is-shallow-repository').trim() === 'false';
}

/** A hole is a star. */
const starred = (text: string) => text.replace(/<\w+>|\$\{[^}]*\}/g, '*');

/** A generator in one line: its name and what is said of its files. */
function line(
  name: string,
  share: boolean | null,
  files: readonly {
    name: string;
    secret: boolean | null;
    deploy: boolean | null;
    neededFor: string | null;
  }[],
): string {
  const told = files.map(file => [starred(file.name), file.secret, file.deploy, file.neededFor].join(' '));
  return `${starred(name)} share=${share}: ${told.sort().join(', ')}`;
}

const parser = await createParser();

function declaredIn(text: string): string[] {
  const root = folder({ 'flake.nix': '{ }', 'former.nix': text });
  const files = createFiles({
    root,
    parse: source => parser.parse(source),
    excluded: () => false,
    search: true,
  });
  const { units } = createFleetBuilder(files, {
    isRegistryFile: () => false,
    isMatrixFile: () => false,
  }).build();
  return [...units.values()]
    .flatMap(({ definitions }) => definitions)
    .map(definition => {
      const body = definition.body();
      return line(definition.name, body.share, body.files);
    });
}

// An extra: it needs a clone that the project does not have.
if (!isThere)
  console.info('Former generators are not compared with clan-core: VARSMITH_CLAN_CORE names no clone.');

describe('former generators', () => {
  it('are not of the commit that the catalogue describes', () => {
    expect(FORMER.filter(({ commit }) => CLAN_CORE_COMMIT.startsWith(commit))).toEqual([]);
  });
});

if (isThere)
  describe('the history of clan-core', () => {
    it.each(FORMER)('has $name in $source at $commit', ({ name, share, files, source, commit, date }) => {
      expect(git('log', '-1', '--format=%cs', commit).trim()).toBe(date);
      expect(declaredIn(git('show', `${commit}:${source}`))).toContain(line(name, share, files));
    });
  });
