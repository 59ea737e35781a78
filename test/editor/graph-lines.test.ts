// Lines of the graph's picture run behind no box but those that they connect: in random graphs, however they are grouped
// and folded, and in the example fleets.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Graph, type GraphNode, graphOf } from '../../server/src/editor/graph/graph.ts';
import type { Box } from '../../server/src/editor/graph/graph-boxes.ts';
import { groupsOf } from '../../server/src/editor/graph/graph-groups.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
import { type Scene, type SceneOptions, sceneOf } from '../../server/src/editor/graph/graph-scene.ts';
import type { Point } from '../../server/src/editor/layout/shapes.ts';
import { check } from '../checks/harness.ts';
import { runs } from '../support/runs.ts';

const NAMES = Array.from({ length: 24 }, (_, index) => `n${index}`);
const MACHINES = ['lea', 'tove', 'emily', 'otto'];

function nodeOf(id: string, index: number, machine: number): GraphNode {
  return {
    ...{ id, origin: 'declared', share: index % 7 === 0, machines: [MACHINES[machine] as string] },
    ...{
      secrets: 1,
      publics: 0,
      prompts: 0,
      state: 'unknown',
      errors: 0,
      service: null,
      domain: null,
      nix: null,
      outdated: null,
      at: null,
    },
  };
}

/** Acyclic ones and others. */
const anyGraph = fc
  .record({
    machines: fc.array(fc.nat(3), { minLength: NAMES.length, maxLength: NAMES.length }),
    links: fc.array(fc.tuple(fc.nat(NAMES.length - 1), fc.nat(NAMES.length - 1)), { maxLength: 45 }),
    acyclic: fc.boolean(),
  })
  .map(({ machines, links, acyclic }): Graph => {
    const pairs = links.map(([a, b]) => (acyclic ? [Math.min(a, b), Math.max(a, b)] : [a, b]));
    const unique = new Map(pairs.filter(([a, b]) => a !== b).map(pair => [pair.join(), pair]));
    return {
      nodes: NAMES.map((id, index) => nodeOf(id, index, machines[index] as number)),
      edges: [...unique.values()].map(([from, to]) => ({
        ...{ from: NAMES[from as number] as string, to: NAMES[to as number] as string, inCycle: false },
        at: { file: 'a', start: 0, end: 0 },
      })),
    };
  });

const SIZES: Pick<SceneOptions, 'sizeOf' | 'groupSizeOf'> = {
  sizeOf: (node, isCompact) => ({
    width: 60 + ((node.id.charCodeAt(1) * 37) % 140),
    height: isCompact ? 24 : 44,
  }),
  groupSizeOf: ({ label }) => ({ width: 90 + label.length * 6, height: 44 }),
};

/** Points along the soft line that is drawn through the points of a line: a cubic that is level at both ends. */
function drawn(points: readonly Point[]): Point[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] as Point;
    return Array.from({ length: 33 }, (_, step) => {
      const t = step / 32;
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
      const middle = (from.x + to.x) / 2;
      return { x: a * from.x + (b + c) * middle + d * to.x, y: (a + b) * from.y + (c + d) * to.y };
    });
  });
}

const isInside = ({ x, y }: Point, box: Box) =>
  x > box.x + 0.5 && x < box.x + box.width - 0.5 && y > box.y + 0.5 && y < box.y + box.height - 0.5;

function hits(scene: Scene): string[] {
  const boxes = [
    ...scene.generators.map(({ node, box }) => ({ names: [node.id], box })),
    ...scene.groups.map(({ group, isOpen, box }) => ({
      // A line leaves and enters the frames around its ends.
      names: isOpen ? group.nodes.map(({ id }) => id) : [group.id],
      box,
    })),
  ];
  return scene.lines.flatMap(({ from, to, points }) =>
    boxes
      .filter(({ names }) => !names.includes(from) && !names.includes(to))
      .filter(({ box }) => drawn(points).some(point => isInside(point, box)))
      .map(({ names }) => `${from} → ${to} behind ${names.join(' ')}`),
  );
}

/** Both ends lie on the boxes that the line connects. */
function looseEnds({ generators, groups, lines }: Scene): string[] {
  const boxes = new Map<string, Box>([
    ...groups.map(({ group, box }) => [group.id, box] as const),
    ...generators.map(({ node, box }) => [node.id, box] as const),
  ]);
  const touches = (box: Box | undefined, point: Point | undefined) =>
    box !== undefined &&
    point !== undefined &&
    (Math.abs(point.x - box.x) < 0.01 || Math.abs(point.x - box.x - box.width) < 0.01) &&
    point.y >= box.y &&
    point.y <= box.y + box.height;
  return lines
    .filter(
      ({ from, to, points }) =>
        from !== to && !(touches(boxes.get(from), points[0]) && touches(boxes.get(to), points.at(-1))),
    )
    .map(({ from, to }) => `${from} → ${to}`);
}

describe('no line runs behind a box', () => {
  test.each(['none', 'machine, all open', 'machine, some open', 'machine, folded'] as const)(
    'in any graph: %s',
    way => {
      fc.assert(
        fc.property(anyGraph, graph => {
          const grouping = way === 'none' ? null : 'machine';
          const ids = groupsOf(graph, 'machine').map(({ id }) => id);
          const open =
            way === 'machine, some open'
              ? new Set(ids.filter((_, index) => index % 2 === 0))
              : way === 'machine, folded'
                ? new Set<string>()
                : null;
          const scene = sceneOf(graph, { ...SIZES, grouping, open });
          expect(hits(scene)).toEqual([]);
          expect(looseEnds(scene)).toEqual([]);
          for (const { y } of scene.lines.flatMap(({ points }) => points)) {
            expect(y).toBeGreaterThanOrEqual(-0.001);
            expect(y).toBeLessThanOrEqual(scene.height + 0.001);
          }
          const shown = scene.lines.reduce((sum, { count }) => sum + count, 0);
          const isFolded = (name: string) =>
            open !== null &&
            !open.has(
              groupsOf(graph, 'machine').find(({ nodes }) => nodes.some(({ id }) => id === name))?.id ?? '',
            );
          const inside = graph.edges.filter(
            ({ from, to }) =>
              grouping !== null &&
              isFolded(from) &&
              groupsOf(graph, 'machine').some(({ nodes }) =>
                [from, to].every(end => nodes.some(({ id }) => id === end)),
              ),
          );
          expect(shown).toBe(graph.edges.length - inside.length);
        }),
        { numRuns: runs(60) },
      );
    },
  );

  test.each(['fleet', 'broken-fleet'])('in the example %s', name => {
    const root = join(import.meta.dirname, '../../examples', name);
    const texts = Object.fromEntries(
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile() && entry.name.endsWith('.nix'))
        .map(entry => {
          const path = join(entry.parentPath, entry.name);
          return [path.slice(root.length + 1), readFileSync(path, 'utf8')];
        }),
    );
    const graph = graphOf(check({ ...texts, '.clan-flake': '' }).fleet, null);
    expect(graph.nodes.length).toBeGreaterThan(3);
    for (const grouping of [null, 'machine', 'service'] as const) {
      const scene = sceneOf(graph, { ...SIZES, grouping, open: null });
      expect(hits(scene)).toEqual([]);
      expect(looseEnds(scene)).toEqual([]);
    }
  });
});

test('what hangs together with nothing is a compact list below, with one line each', () => {
  const generators = Array.from(
    { length: 30 },
    (_, index) => `  clan.core.vars.generators.x${index}.files.y = { };\n`,
  );
  const linked = `  clan.core.vars.generators.a.files.y = { };\n  clan.core.vars.generators.b = { dependencies = [ "a" ]; files.y = { }; };\n`;
  const graph = graphOf(check({ 'a.nix': `{\n${generators.join('')}${linked}}\n` }).fleet, null);
  const { svg } = pictureOf(graph, { theme: 'none' });
  expect(svg.match(/class="node [^"]*compact"/g)).toHaveLength(30);
  expect(svg).toContain('30 without dependencies');
  const scene = sceneOf(graph, { ...SIZES, grouping: null, open: null });
  const bottom = Math.max(
    ...scene.generators.filter(one => !one.isCompact).map(({ box }) => box.y + box.height),
  );
  for (const { isCompact, box } of scene.generators) if (isCompact) expect(box.y).toBeGreaterThan(bottom);
});

test('a picture that stands by itself says what its marks mean, and only those that it has', () => {
  const { fleet } = check({ 'a.nix': '{ clan.core.vars.generators.a.files.y = { }; }' });
  const { svg } = pictureOf(graphOf(fleet, null));
  const [, legend = ''] = svg.split('class="legend"');
  expect([...legend.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text)).toEqual(['unknown']);
});
