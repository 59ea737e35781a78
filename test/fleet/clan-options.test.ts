/**
 * The table of clan-core's options for keeping vars against clan-core itself: read by our own model in a checkout, which
 * is named by VARSMITH_CLAN_CORE and should be at the commit that the table names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModuleOptions } from '../../server/src/fleet/machine-modules/option-statements.ts';
import { CLAN_OPTIONS, MACHINE_OPTIONS, treeOf } from '../../server/src/fleet/options/clan-options.ts';
import { textOf } from '../../server/src/modules/options/accepts.ts';
import { treeAt } from '../../server/src/modules/options/below.ts';
import type { OptionTree } from '../../server/src/modules/options/option.ts';
import { createEvaluation } from '../../server/src/nix/eval/evaluator.ts';
import { memoryFiles } from '../nix/support.ts';

const checkout = process.env.VARSMITH_CLAN_CORE ?? '';
const isThere = checkout !== '' && existsSync(join(checkout, 'nixosModules/clanCore/vars/interface.nix'));

/** Each option with what it takes, by its path. */
function listed(tree: OptionTree, path: readonly string[] = []): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, below] of tree.options) {
    const [option] = below.declared;
    const here = [...path, name];
    const inside = option?.type.kind === 'submodule' ? option.type.tree : below;
    if (option === undefined || inside.options.size > 0)
      for (const [inner, type] of listed(inside, here)) found.set(inner, type);
    else found.set(here.join('.'), textOf(option.type));
  }
  return found;
}

/** What a file of the checkout declares below a path. */
function declaredIn(file: string, path: readonly string[] = []): Map<string, string> {
  const files = memoryFiles({ [file]: readFileSync(join(checkout, file), 'utf8') });
  const cx = createEvaluation(files);
  const { tree } = readModuleOptions(cx, cx.importFile(file, null), () => null);
  const below = treeAt(tree, path);
  return below === null ? new Map() : listed(below, path);
}

const table = (options: Parameters<typeof treeOf>[0], root: string) =>
  listed(treeOf(options), root.split('.'));
const within = (all: ReadonlyMap<string, string>, prefix: string) =>
  new Map(
    [...all].flatMap(([name, type]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), type]] : [])),
  );

// An extra: it needs a checkout that the project does not have.
if (!isThere)
  console.info('The options of clan-core are not compared: VARSMITH_CLAN_CORE names no checkout.');

describe('the options for keeping vars', () => {
  it('of a machine and of its clan are the same below `settings`', () => {
    const machine = within(
      table(MACHINE_OPTIONS['clan.core.vars'], 'clan.core.vars'),
      'clan.core.vars.settings.',
    );
    expect(machine.size).toBeGreaterThan(5);
    expect(within(table(CLAN_OPTIONS['vars.settings'], 'vars.settings'), 'vars.settings.')).toEqual(machine);
  });
});

if (isThere)
  describe('the options of clan-core', () => {
    const vars = table(MACHINE_OPTIONS['clan.core.vars'], 'clan.core.vars');
    const secret = 'nixosModules/clanCore/vars/secret';

    it('are those of `settings`, with their types', () => {
      const declared = declaredIn('modules/clan/vars/settings-opts.nix');
      // What other modules set is not judged.
      const internal = ['fileModule', 'stores', 'publicStores'];
      const known = within(vars, 'clan.core.vars.settings.');
      expect([...known.keys()].sort()).toEqual([...declared.keys()].sort());
      for (const [name, type] of known)
        if (!internal.includes(name)) expect([name, type]).toEqual([name, declared.get(name)]);
    });

    it('are those of the interface of vars', () => {
      const names = new Set([...vars.keys()].map(name => name.split('.')[3]));
      const declared = [...declaredIn('nixosModules/clanCore/vars/interface.nix').keys()].map(
        name => name.split('.')[0],
      );
      const beside = ['enableConsistencyCheck', 'sops', 'password-store', 'age'];
      expect([...names].sort()).toEqual([...new Set([...declared, ...beside])].sort());
    });

    it.each([
      [`${secret}/age.nix`, 'clan.core.vars.age'],
      [`${secret}/password-store.nix`, 'clan.core.vars.password-store'],
      [`${secret}/sops/default.nix`, 'clan.core.vars.sops'],
      ['nixosModules/clanCore/sops.nix', 'clan.core.sops'],
    ])('are those of %s', (file, root) => {
      const known = root === 'clan.core.sops' ? table(MACHINE_OPTIONS[root], root) : vars;
      const sorted = (all: ReadonlyMap<string, string>) =>
        [...within(all, `${root}.`)].map(([name, type]) => `${name}: ${type}`).sort();
      expect(sorted(known)).toEqual(sorted(declaredIn(file, root.split('.'))));
    });

    it('are those of the secrets of a clan', () => {
      const known = table(CLAN_OPTIONS['secrets.age'], 'secrets.age');
      expect(within(known, 'secrets.')).toEqual(declaredIn('modules/clan/secrets.nix', ['age']));
    });
  });
