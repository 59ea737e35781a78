// The page of the dependency graph in a real browser: what it shows, and what it says when somebody uses it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Choice, ToPage } from '../../client/src/webview/messages.ts';
import { graphOf } from '../../server/src/editor/graph.ts';
import { groupsOf } from '../../server/src/editor/graph-groups.ts';
import { pictureOf } from '../../server/src/editor/graph-picture.ts';
import { check } from '../checks/harness.ts';
import { type GraphPage, hasBrowser, openGraphPage } from '../workbench/graph-page.mjs';

const FLEET = {
  'a.nix': `{
  clan.core.vars.generators.ca = { share = true; files.key = { }; };
  clan.core.vars.generators.middle = { dependencies = [ "ca" ]; files.key = { }; };
  clan.core.vars.generators.leaf = { dependencies = [ "middle" ]; files.crt.secret = false; };
  clan.core.vars.generators.other.files.x = { };
}
`,
};
const EVERYTHING: Choice = { machine: null, kind: null, condition: null, grouping: null, open: null };

function graphMessage(choice: Partial<Choice> = {}, more = ''): ToPage & { type: 'graph' } {
  const { fleet } = check({ 'a.nix': FLEET['a.nix'].replace('\n}\n', `\n${more}}\n`) });
  const graph = graphOf(fleet, null);
  const all = { ...EVERYTHING, ...choice };
  const grouping = all.grouping === 'auto' ? null : all.grouping;
  const open = all.open === null ? null : new Set(all.open);
  return {
    type: 'graph',
    picture: pictureOf(graph, { theme: 'none', grouping, open }).svg,
    machines: ['lea', 'tove'],
    generators: graph.nodes.length,
    groups: grouping === null ? [] : groupsOf(graph, grouping).map(({ id }) => id),
    choice: all,
    root: 'file:///fleet',
    owners: { leaf: 'lea' },
    isOther: false,
  };
}

describe.skipIf(!hasBrowser)('the page', () => {
  let opened: GraphPage;
  beforeAll(async () => {
    opened = await openGraphPage();
  }, 60_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    await opened.show(graphMessage());
    await opened.page.locator('.node').first().waitFor();
  });

  const focused = () => opened.page.evaluate("document.activeElement?.getAttribute('data-id')");
  const node = (id: string) => opened.page.locator(`.node[data-id="${id}"]`);

  test('names every generator for a screen reader, and breaks no policy', async () => {
    expect(await node('middle').getAttribute('aria-label')).toBe('middle; 1 secret; made from ca');
    expect(await opened.page.locator('#count').textContent()).toBe('4 generators');
    expect(opened.errors).toEqual([]);
  });

  test('one generator is reached by Tab, the others by arrows along the lines', async () => {
    expect(await opened.page.locator('.node[tabindex="0"]').count()).toBe(1);
    await node('ca').focus();
    await opened.page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('middle');
    await opened.page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('leaf');
    await opened.page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('middle');
    expect(await opened.page.locator('.node[tabindex="0"]').getAttribute('data-id')).toBe('middle');
  });

  test('Enter opens the declaration of what has the focus, a click that of what is under it', async () => {
    await node('leaf').focus();
    await opened.page.keyboard.press('Enter');
    await node('other').click();
    expect((await opened.said('open')).slice(-2).map(({ id }) => id)).toEqual(['leaf', 'other']);
  });

  test('the menu of the editor is told of the generator and its machine', async () => {
    await node('leaf').hover();
    const context = JSON.parse((await node('leaf').getAttribute('data-vscode-context')) ?? '{}');
    expect(context).toMatchObject({
      webviewSection: 'generator',
      ...{ kind: 'generator', root: 'file:///fleet', machine: 'lea', generator: { name: 'leaf' } },
    });
  });

  test('what is found is marked and counted; Enter goes on to the next', async () => {
    await opened.page.locator('#search').fill('l');
    expect(await opened.page.locator('#count').textContent()).toBe('2 of 4 generators found');
    await opened.page.keyboard.press('Enter');
    const first = await opened.page.locator('.node[tabindex="0"]').getAttribute('data-id');
    await opened.page.keyboard.press('Enter');
    const second = await opened.page.locator('.node[tabindex="0"]').getAttribute('data-id');
    expect([first, second].sort()).toEqual(['leaf', 'middle']);
    await opened.page.keyboard.press('Escape');
    expect(await opened.page.locator('.node.found').count()).toBe(0);
  });

  test('a choice in the toolbar is said', async () => {
    await opened.page.locator('#machines').selectOption('tove');
    await opened.page.locator('#kinds').selectOption('public');
    await opened.page.locator('#conditions').selectOption('outdated');
    expect((await opened.said('choose')).at(-1)?.choice).toEqual({
      ...EVERYTHING,
      ...{ machine: 'tove', kind: 'public', condition: 'outdated' },
    });
  });

  test('a folded group opens by click, and an open one folds', async () => {
    await opened.show(graphMessage({ grouping: 'machine', open: [] }));
    await opened.page.locator('.group.folded', { hasText: 'shared' }).click();
    expect((await opened.said('choose')).at(-1)?.choice.open).toEqual(['*shared']);
    await opened.show(graphMessage({ grouping: 'machine', open: ['*shared'] }));
    await opened.page.locator('.group.open').click({ position: { x: 20, y: 12 } });
    expect((await opened.said('choose')).at(-1)?.choice.open).toEqual([]);
    expect(await opened.page.locator('.group.open').getAttribute('aria-expanded')).toBe('true');
  });

  test('while somebody types, what is seen and what has the focus stay', async () => {
    await node('middle').focus();
    await opened.page.keyboard.press('+');
    await opened.page.locator('#sheet.moving').waitFor({ state: 'detached' });
    const before = await opened.page.locator('#sheet').getAttribute('style');
    await opened.show(graphMessage({}, '  clan.core.vars.generators.zz.files.x = { };\n'));
    await node('zz').waitFor();
    expect(await focused()).toBe('middle');
    expect(await opened.page.locator('#sheet').getAttribute('style')).toBe(before);
  });

  test('a picture is turned into points', async () => {
    const { fleet } = check(FLEET);
    await opened.show({ type: 'rasterize', svg: pictureOf(graphOf(fleet, null)).svg });
    await opened.page.waitForFunction("said.some(({ type }) => type === 'png')");
    const [png] = await opened.said('png');
    expect(
      Buffer.from(png?.data ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  test('says why there is nothing to see', async () => {
    await opened.show({ type: 'empty', message: 'Nothing is like that.', choice: EVERYTHING });
    expect(await opened.page.locator('#note').textContent()).toBe('Nothing is like that.');
  });
});
