// Everything in the graph's page can be seen and is named, in the four themes that VS Code brings: measured in a browser.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ToPage } from '../../client/src/webview/messages.ts';
import type { Graph, GraphNode } from '../../server/src/editor/graph/graph.ts';
import { legendEntries } from '../../server/src/editor/graph/graph-legend.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
import { hasAxe, violationsIn } from '../workbench/axe.mjs';
import { lowContrast, strokesOf } from '../workbench/contrast.mjs';
import { type GraphPage, hasBrowser, openGraphPage } from '../workbench/graph-page.mjs';
import { THEMES } from '../workbench/themes.mjs';

const PLAIN: Omit<GraphNode, 'id'> = {
  ...{ origin: 'declared', share: false, machines: ['lea'], secrets: 1, publics: 0, prompts: 0 },
  ...{ state: 'present', errors: 0, service: null, domain: null, nix: null, outdated: null, at: null },
};
const at = { file: 'a.nix', start: 0, end: 0 };
const witnesses = ['nix', 'contradicted'] as const;
const states = ['present', 'partial', 'outdated', 'missing', 'unreadable', 'unknown'] as const;

/** One of each kind, with lines and without. */
const GRAPH: Graph = {
  nodes: [
    ...states.flatMap(state => [
      { ...PLAIN, id: `linked-${state}`, state },
      { ...PLAIN, id: `single-${state}`, state, share: true },
    ]),
    { ...PLAIN, id: 'linked-error', errors: 2 },
    { ...PLAIN, id: 'single-error', errors: 1 },
    ...witnesses.flatMap(witness => [
      { ...PLAIN, id: `linked-${witness}`, nix: { witness, sentence: 'Nix says so.' } },
      { ...PLAIN, id: `single-${witness}`, errors: 1, nix: { witness, sentence: 'Nix says so.' } },
    ]),
    { ...PLAIN, id: 'linked-shared', share: true, state: 'unknown' },
    { ...PLAIN, id: 'linked-brought', origin: 'brought', service: 'sshd' },
    { ...PLAIN, id: 'linked-undeclared', origin: 'undeclared', state: 'unknown' },
  ],
  edges: [
    { from: 'linked-present', to: 'linked-partial', inCycle: false, at },
    { from: 'linked-present', to: 'linked-outdated', inCycle: false, at },
    { from: 'linked-shared', to: 'linked-missing', inCycle: false, at },
    { from: 'linked-brought', to: 'linked-unknown', inCycle: false, at },
    { from: 'linked-undeclared', to: 'linked-unknown', inCycle: false, at },
    { from: 'linked-error', to: 'linked-missing', inCycle: true, at },
    { from: 'linked-missing', to: 'linked-error', inCycle: true, at },
  ],
};

function message(open: readonly string[] | null): ToPage {
  const grouping = open === null ? null : 'machine';
  return {
    type: 'graph',
    picture: pictureOf(GRAPH, { theme: 'none', grouping, open: open && new Set(open) }).svg,
    machines: ['lea'],
    generators: GRAPH.nodes.length,
    groups: open === null ? [] : ['*shared', 'lea'],
    choice: {
      ...{ machine: null, generator: null, kind: null, condition: null },
      ...{ grouping, open },
    },
    root: 'file:///fleet',
    owners: {},
    legend: legendEntries(GRAPH),
    isOther: true,
  };
}

describe.skipIf(!hasBrowser)('the page in the theme', () => {
  let opened: GraphPage;
  beforeAll(async () => {
    opened = await openGraphPage();
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    await opened.page.locator('#search').fill('');
    await opened.show(message(null));
    await opened.page.locator('.node').first().waitFor();
  });

  test.each(THEMES)('%s: marks stand out by 3:1, texts by 4.5:1', async theme => {
    await opened.theme(theme);
    expect(await lowContrast(opened.page)).toEqual([]);
    await opened.page.locator('#search').fill('linked');
    await opened.page.keyboard.press('Enter');
    expect(await opened.page.locator('.node.found').count()).toBe(12);
    expect(await lowContrast(opened.page)).toEqual([]);
    await opened.page.locator('.node[data-id="linked-error"]').focus();
    expect(await lowContrast(opened.page)).toEqual([]);
    for (const open of [['lea'], []]) {
      await opened.show(message(open));
      await opened.page
        .locator(open.length > 0 ? '.group.open' : '.group.folded')
        .first()
        .waitFor();
      expect(await lowContrast(opened.page)).toEqual([]);
    }
  });

  test.skipIf(!hasAxe).each(THEMES)('%s: nothing keeps anybody out', async theme => {
    await opened.theme(theme);
    expect(await violationsIn(opened.page)).toEqual([]);
    await opened.page.locator('#search').fill('linked');
    expect(await violationsIn(opened.page)).toEqual([]);
    await opened.show(message(['lea']));
    await opened.page.locator('.group.open').first().waitFor();
    expect(await violationsIn(opened.page)).toEqual([]);
  });

  test('each state has a shape of its own, and so have errors, witnesses and circles', async () => {
    const marks = await opened.page
      .locator('#sheet .mark')
      .evaluateAll(found =>
        found.map(mark => [String(mark.getAttribute('class')).split(' ')[2], mark.innerHTML] as const),
      );
    const shapes = new Map(marks);
    expect([...shapes.keys()].sort()).toEqual([...states, 'error', ...witnesses].sort());
    expect(new Set(shapes.values()).size).toBe(9);
    const dashes = await strokesOf(opened.page, [
      ...['.edge:not(.cycle)', '.edge.cycle'],
      ...['.own.declared rect', '.brought rect', '.undeclared rect'],
    ]);
    expect(dashes[0]).not.toBe(dashes[1]);
    expect(new Set(dashes.slice(2)).size).toBe(3);
  });

  test('the legend names all that is in the picture', async () => {
    expect(await opened.page.locator('#legend li').allTextContents()).toEqual([
      ...[
        'generated',
        'partly generated',
        'outdated',
        'missing',
        'not readable yet',
        'unknown',
        'with errors',
      ],
      ...['only Nix says', 'Nix disagrees'],
      ...['shared', 'of a service', 'not declared here', 'is used to make', 'in a cycle'],
    ]);
  });

  test('nothing moves by itself', async () => {
    await opened.page.locator('#search').fill('linked');
    await opened.page.keyboard.press('Enter');
    expect(await opened.page.evaluate('document.getAnimations().length')).toBe(0);
  });
});
