/** What package.json promises to VS Code agrees with the code and with the files that ship. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { emptyState } from '../../client/src/views/fleet-words.ts';
import raw from '../../package.json' with { type: 'json' };
import texts from '../../package.nls.json' with { type: 'json' };
import { resolved, textKeys } from '../../scripts/lib/manifest.mjs';
import { settingsPage } from '../../scripts/lib/settings-page.mjs';
import { readDisplaySettings } from '../../server/src/lsp/display-settings.ts';
import { DEFAULT_SETTINGS } from '../../server/src/workspace/settings/settings.ts';
import grammar from '../../syntaxes/nix.tmLanguage.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const manifest = resolved(raw, texts);
const { contributes } = manifest;
const settings: readonly [string, { markdownDescription: string; default: unknown; scope: string }][] =
  Object.entries(contributes.configuration.properties);

test('every command of the palette is declared, in one category', () => {
  expect(contributes.commands.map(({ command }) => command)).toEqual([
    'varsmith.checkWorkspace',
    'varsmith.showGraph',
    'varsmith.showAround',
    'varsmith.previewEnvironment',
    'varsmith.addSecret',
    'varsmith.addSopsSecret',
    'varsmith.convertToVars',
    'varsmith.undoConversion',
    'varsmith.newGenerator',
    'varsmith.newService',
    'varsmith.initFleet',
    'varsmith.generate',
    'varsmith.regenerate',
    'varsmith.tryGenerator',
    'varsmith.verify',
    'varsmith.setValue',
    'varsmith.copyPublicValue',
    'varsmith.makeKey',
    'varsmith.doctor',
    'varsmith.askNix',
    'varsmith.reportDisagreement',
    'varsmith.openExample',
    'varsmith.revealInFleet',
    'varsmith.filterFleet',
    'varsmith.clearFilter',
    'varsmith.showLacking',
    'varsmith.showAll',
    'varsmith.deployMachine',
    'varsmith.restartServer',
    'varsmith.showLog',
    'varsmith.openGenerator',
    'varsmith.revealInSource',
    'varsmith.openStored',
  ]);
  expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(['Varsmith']));
});

test.each(settings)('the setting %s is ours, described, and has a default', (name, setting) => {
  expect(name).toMatch(/^varsmith\./);
  expect(setting.markdownDescription).toMatch(/\.$/);
  expect(setting).toHaveProperty('default');
  expect(['resource', 'window']).toContain(setting.scope);
});

test('the server reads the same settings, with the same defaults', () => {
  const promised = Object.fromEntries(
    settings.map(([name, setting]) => [name.replace('varsmith.', ''), setting.default]),
  );
  // These are the extension's own.
  const own = ['trace.server', 'server.memory', 'engine', 'commit', 'timeLimit', 'limits', 'nix.ask'];
  const shared = Object.fromEntries(Object.entries(promised).filter(([name]) => !own.includes(name)));
  // The store names a program, which belongs to the repository and not to an editor.
  const { store: _store, limits: _limits, ...read } = DEFAULT_SETTINGS;
  expect(shared).toEqual({ ...read, ...readDisplaySettings(null) });
});

test('there are fewer than twenty settings', () => {
  expect(settings.length).toBeLessThan(20);
});

test('the language is contributed under the id and extension the other Nix extensions use', () => {
  expect(contributes.languages).toMatchObject([{ id: 'nix', extensions: ['.nix'] }]);
  const [nix, ...injections] = contributes.grammars;
  expect(nix).toMatchObject({ language: 'nix', scopeName: grammar.scopeName });
  expect(injections.filter(each => 'language' in each || each.injectTo?.join() !== 'source.nix')).toEqual([]);
});

test('the files the manifest names exist', () => {
  const named = [
    manifest.icon,
    contributes.viewsContainers.activitybar[0]?.icon,
    contributes.languages[0]?.configuration,
    ...contributes.grammars.map(({ path }) => path),
    ...contributes.walkthroughs.flatMap(({ steps }) => steps).map(({ media }) => media.svg),
  ];
  for (const file of named) expect(existsSync(join(root, file ?? 'not named')), file).toBe(true);
});

test('an untrusted workspace is analysed, and the manifest says that nothing is run there', () => {
  expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
});

test('in a browser, what starts programs is not offered', () => {
  expect(manifest.capabilities.virtualWorkspaces.supported).toBe('limited');
  const offered = contributes.commands.filter(
    ({ enablement }) => !enablement?.includes('!varsmith.inBrowser'),
  );
  const programs = offered.filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted'));
  expect(programs.map(({ command }) => command)).toEqual([]);
});

test('the page of settings is current; "npm run docs" writes it', () => {
  expect(readFileSync(join(root, 'docs/settings.md'), 'utf8')).toBe(settingsPage(manifest));
});

test('the walkthrough has six steps, and every command that texts name is there', () => {
  expect(contributes.walkthroughs.map(({ steps }) => steps.length)).toEqual([6]);
  const texts = JSON.stringify([contributes.walkthroughs, contributes.viewsWelcome]);
  const named = [...texts.matchAll(/command:(varsmith[\w.]+)/g)].map(match => match[1]);
  const views = contributes.views.varsmith.map(({ id }) => `${id}.focus`);
  const known = new Set([...contributes.commands.map(({ command }) => command), ...views]);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(name => !known.has(name ?? ''))).toEqual([]);
});

describe('where a view is empty, one text says why', () => {
  const states = ['failed', 'filtered', 'noFleet', 'noMachines'] as const satisfies ReturnType<
    typeof emptyState
  >[];
  const views = contributes.views.varsmith.map(({ id }) => id);
  /** The texts of a view whose condition holds. */
  const texts = (view: string, folders: number, state: string) =>
    contributes.viewsWelcome
      .filter(
        one =>
          one.view === view &&
          holds(one.when, { workspaceFolderCount: `${folders}`, 'varsmith.empty': state }),
      )
      .map(({ contents }) => contents);

  test.each(views)('%s', view => {
    for (const state of states) expect(texts(view, 1, state), state).toHaveLength(1);
    expect(texts(view, 0, 'noFleet')).toHaveLength(1);
    expect(texts(view, 1, 'failed').join()).toContain('(command:varsmith.restartServer)');
    expect(texts(view, 1, 'filtered').join()).toContain('(command:varsmith.clearFilter)');
    for (const state of ['noFleet', 'noMachines'])
      expect(texts(view, 1, state).join()).toContain('(command:varsmith.initFleet)');
  });
});

/** A condition of the manifest, as far as ours go: equalities joined by `&&`, those by `||`. */
function holds(when: string, values: Readonly<Record<string, string>>): boolean {
  return when.split(' || ').some(part =>
    part.split(' && ').every(one => {
      const [name = '', operator, value] = one.split(' ');
      return (operator === '==') === (values[name] === value);
    }),
  );
}

test('every menu names a command that is declared', () => {
  const known = new Set(contributes.commands.map(({ command }) => command));
  const named = Object.values(contributes.menus).flatMap(items => items.map(({ command }) => command));
  expect(named.filter(name => !known.has(name))).toEqual([]);
});

describe('texts can be translated', () => {
  test('each key of the manifest has a text, and each text a place', () => {
    expect([...new Set(textKeys(raw))].sort()).toEqual(Object.keys(texts).sort());
  });

  test('no text stands in the manifest itself', () => {
    /** Patterns and conditions are none, nor is the category, which is the product's name. */
    const left = textsIn(raw.contributes).filter(
      ([name, text]) =>
        !/^(when|enablement|regexp|category)$/.test(name) && !text.startsWith('%') && / /.test(text),
    );
    expect(left).toEqual([]);
    const shown = /^(title|name|description|markdownDescription|contents|contextualTitle|altText)$/;
    const words = textsIn([raw.contributes.commands, raw.contributes.views, raw.contributes.walkthroughs]);
    expect(words.filter(([name, text]) => shown.test(name) && !text.startsWith('%'))).toEqual([]);
  });
});

/** All texts below a value, with the name of the property that holds each. */
function textsIn(value: unknown, name = ''): [name: string, text: string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => textsIn(each, Array.isArray(value) ? name : key));
}
