// The page of the dependency graph in a real browser: what it shows, and what it says when somebody uses it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Choice, ToPage } from '../../client/src/webview/messages.ts';
import { graphOf } from '../../server/src/editor/graph/graph.ts';
import { groupsOf } from '../../server/src/editor/graph/graph-groups.ts';
import { legendEntries } from '../../server/src/editor/graph/graph-legend.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
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
const EVERYTHING: Choice = {
  ...{ machine: null, generator: null, kind: null, condition: null },
  ...{ grouping: null, open: null },
};

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
    legend: legendEntries(graph),
    isOther: false,
  };
}

interface Tool {
  readonly id: string;
  readonly top: number;
  readonly right: number;
  readonly width: number;
  /** The width of its text. */
  readonly needed: number;
}

/** The places of the visible tools, in the page. */
const TOOLS = `[...document.querySelectorAll('#toolbar :is(input, select, button)')]
  .filter(tool => tool.offsetWidth > 0)
  .map(tool => {
    const text = document.createElement('span');
    text.textContent = tool.selectedOptions?.[0]?.textContent ?? tool.textContent;
    text.style.font = getComputedStyle(tool).font;
    text.style.position = 'absolute';
    document.body.append(text);
    const needed = text.getBoundingClientRect().width;
    text.remove();
    const { top, right, width } = tool.getBoundingClientRect();
    return { id: tool.id, top, right, width, needed };
  })`;

describe.skipIf(!hasBrowser)('the page', () => {
  let opened: GraphPage;
  beforeAll(async () => {
    opened = await openGraphPage();
  });
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
    await opened.page.locator('.group.folded', { hasText: 'no known machine' }).click();
    expect((await opened.said('choose')).at(-1)?.choice.open).toEqual(['*none']);
    await opened.show(graphMessage({ grouping: 'machine', open: ['*none'] }));
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
    await opened.show({ type: 'empty', message: 'Nothing matches the filter.', choice: EVERYTHING });
    expect(await opened.page.locator('#note').textContent()).toBe('Nothing matches the filter.');
  });

  const place = () => opened.page.locator('#sheet').getAttribute('style');
  const settled = () => opened.page.locator('#sheet.moving').waitFor({ state: 'detached' });
  const inView = (id: string) =>
    node(id).evaluate(part => {
      const [box, around] = [part, part.closest('#canvas') as typeof part].map(one =>
        one.getBoundingClientRect(),
      );
      if (!box || !around) return false;
      return (
        box.left >= around.left &&
        box.right <= around.right &&
        box.top >= around.top &&
        box.bottom <= around.bottom
      );
    });

  test('what is seen stays where it is when the focus comes to something that is seen', async () => {
    await opened.page.keyboard.press('Tab');
    await opened.page.locator('#fit').click();
    const before = await place();
    await node('ca').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'])
      await opened.page.keyboard.press(key);
    expect(await place()).toBe(before);
  });

  test('it moves no further than is needed to see what has the focus', async () => {
    await opened.page.locator('#fit').click();
    await node('middle').focus();
    for (let turn = 0; turn < 6; turn++) await opened.page.keyboard.press('+');
    await settled();
    expect(await inView('leaf')).toBe(false);
    // Of the text: borders become thicker with the focus.
    const middle = await node('middle').locator('text').first().boundingBox();
    await opened.page.keyboard.press('ArrowRight');
    await settled();
    expect(await focused()).toBe('leaf');
    expect(await inView('leaf')).toBe(true);
    const moved = await node('middle').locator('text').first().boundingBox();
    expect(moved?.y).toBeCloseTo(middle?.y ?? 0, 0);
    const leaf = await node('leaf').boundingBox();
    const canvas = await opened.page.locator('#canvas').boundingBox();
    const right = (canvas?.x ?? 0) + (canvas?.width ?? 0) - (leaf?.x ?? 0) - (leaf?.width ?? 0);
    expect(right).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(26);
    await opened.page.locator('#fit').click();
  });

  test('in a page of another size, all is shown again; what was zoomed to stays in view', async () => {
    await opened.page.locator('#fit').click();
    await opened.page.setViewportSize({ width: 640, height: 800 });
    for (const id of ['ca', 'middle', 'leaf', 'other']) await expect.poll(() => inView(id)).toBe(true);
    await node('leaf').focus();
    for (let turn = 0; turn < 6; turn++) await opened.page.keyboard.press('+');
    await opened.page.keyboard.press('ArrowLeft');
    await opened.page.setViewportSize({ width: 500, height: 500 });
    await expect.poll(() => inView('middle')).toBe(true);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
    await opened.page.locator('#fit').click();
  });

  test('what is found comes so near that its name can be read', async () => {
    for (let turn = 0; turn < 12; turn++) await opened.page.locator('#out').click();
    await opened.page.locator('#sheet.very-far').waitFor();
    await opened.page.locator('#search').fill('leaf');
    await opened.page.keyboard.press('Enter');
    await settled();
    expect(await node('leaf').locator('text').first().isVisible()).toBe(true);
    expect((await node('leaf').boundingBox())?.height).toBeGreaterThan(40);
    expect(await inView('leaf')).toBe(true);
    await opened.page.keyboard.press('Escape');
    await opened.page.locator('#fit').click();
  });

  test('F shows only what leads to a generator and comes of it; F and Escape show all again', async () => {
    await node('middle').focus();
    await opened.page.keyboard.press('f');
    expect((await opened.said('choose')).at(-1)?.choice).toMatchObject({ generator: 'middle', open: null });
    await opened.show(graphMessage({ generator: 'middle' }));
    await opened.page.locator('#focus[aria-pressed="true"]', { hasText: 'Only middle' }).waitFor();
    await node('ca').focus();
    await opened.page.keyboard.press('Escape');
    expect((await opened.said('choose')).at(-1)?.choice.generator).toBe(null);
  });

  test('the tools stay on one line at 1,000 points, and none is cut off', async () => {
    await opened.show(graphMessage({ grouping: 'machine', open: [] }));
    await opened.page.setViewportSize({ width: 1000, height: 700 });
    const boxes = await opened.page
      .locator('#toolbar :is(input, select, button):visible')
      .evaluateAll(tools => tools.map(tool => tool.getBoundingClientRect().toJSON()));
    expect(boxes.length).toBeGreaterThan(9);
    expect(Math.max(...boxes.map(({ top }) => top)) - Math.min(...boxes.map(({ top }) => top))).toBeLessThan(
      6,
    );
    expect(Math.max(...boxes.map(({ right }) => right))).toBeLessThanOrEqual(1000);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
  });

  test('where they have no room on one line, they go on below, each as wide as its text', async () => {
    await opened.page.setViewportSize({ width: 480, height: 700 });
    const tools = (await opened.page.evaluate(TOOLS)) as readonly Tool[];
    expect(new Set(tools.map(({ top }) => Math.round(top / 20))).size).toBeGreaterThan(1);
    for (const { right, width, needed } of tools) {
      expect(right).toBeLessThanOrEqual(480);
      expect(width).toBeGreaterThan(needed);
    }
    // The three that zoom stay side by side.
    expect(
      new Set(tools.filter(({ id }) => ['out', 'in', 'fit'].includes(id)).map(({ top }) => top)).size,
    ).toBe(1);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
  });

  test('what has the focus has a ring around it, which no thick border is taken for', async () => {
    await node('other').focus();
    const ring = (id: string) =>
      opened.page.evaluate(`getComputedStyle(document.querySelector('.node[data-id="${id}"]')).outlineStyle`);
    expect(await ring('other')).toBe('solid');
    // This one is shared.
    expect(await ring('ca')).toBe('none');
  });

  test('a canvas of another shape is told, unless somebody has gone near a part', async () => {
    await opened.page.locator('#fit').click();
    const before = (await opened.said('shaped')).length;
    await opened.page.setViewportSize({ width: 500, height: 800 });
    await expect.poll(async () => (await opened.said('shaped')).length).toBe(before + 1);
    expect((await opened.said('shaped')).at(-1)?.aspect).toBeLessThan(1);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
    await expect.poll(async () => (await opened.said('shaped')).length).toBe(before + 2);
  });

  test('says that it is loading until there is something to show', async () => {
    const fresh = await openGraphPage();
    expect(await fresh.page.locator('#note').textContent()).toBe('Loading…');
    await fresh.show(graphMessage());
    await fresh.page.locator('#note').waitFor({ state: 'hidden' });
    await fresh.close();
  });

  test('a group that is opened stays under the mouse, and nothing else becomes smaller', async () => {
    await opened.page.locator('#fit').click();
    await opened.show(graphMessage({ grouping: 'machine', open: [] }));
    const folded = opened.page.locator('.group.folded', { hasText: 'no known machine' });
    await folded.click();
    const before = await folded.boundingBox();
    await opened.show(graphMessage({ grouping: 'machine', open: ['*none'] }));
    const open = opened.page.locator('.group.open');
    await open.waitFor();
    await settled();
    const after = await open.boundingBox();
    expect(Math.abs((after?.x ?? 0) - (before?.x ?? 0))).toBeLessThan(6);
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(6);
  });

  test('a small picture of the whole shows where one is, and leads elsewhere', async () => {
    await opened.page.locator('#fit').click();
    await opened.page.locator('#minimap').waitFor({ state: 'hidden' });
    await node('ca').focus();
    for (let turn = 0; turn < 8; turn++) await opened.page.keyboard.press('+');
    await opened.page.locator('#minimap').waitFor();
    await settled();
    const before = await place();
    const box = await opened.page.locator('#minimap').boundingBox();
    await opened.page.mouse.click(
      (box?.x ?? 0) + (box?.width ?? 0) - 4,
      (box?.y ?? 0) + (box?.height ?? 0) - 4,
    );
    await settled();
    expect(await place()).not.toBe(before);
    expect((await opened.said('open')).length).toBeLessThan(3);
    await opened.page.locator('#fit').click();
  });

  test('keeps what a window that is opened anew needs', async () => {
    await opened.show(graphMessage({ machine: 'tove' }));
    await opened.page.waitForFunction("window.kept?.choice.machine === 'tove'");
    expect(await opened.page.evaluate('window.kept')).toMatchObject({
      ...{ root: 'file:///fleet', choice: { machine: 'tove' } },
      seen: { scale: expect.any(Number), isWhole: true },
    });
  });
});
