// The dependency graph: what is in it, where it is laid out, and how it is written.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../server/src/checks/rule.ts';
import { type GraphCondition, type GraphKind, graphOf } from '../../server/src/editor/graph/graph.ts';
import { type Grouping, groupsOf } from '../../server/src/editor/graph/graph-groups.ts';
import { pictureOf } from '../../server/src/editor/graph/graph-picture.ts';
import { sceneOf } from '../../server/src/editor/graph/graph-scene.ts';
import { dotOf, mermaidOf } from '../../server/src/editor/graph/graph-text.ts';
import { circleOf } from '../../server/src/editor/layout/circles.ts';
import { type LayoutEdge, layoutOf } from '../../server/src/editor/layout/layered.ts';
import { errorsByGenerator } from '../../server/src/editor/shown/generator-errors.ts';
import type { Fleet } from '../../server/src/fleet/model/fleet.ts';
import { readContents } from '../../server/src/store/vars/read.ts';
import { check, judging } from '../checks/harness.ts';

const FLEET = {
  '.clan-flake': '',
  'flake.nix':
    '{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines.lea = { }; inventory.machines.tove = { }; }; }; }',
  'machines/lea/configuration.nix': '{ imports = [ ../../ca.nix ]; }',
  'machines/tove/configuration.nix': '{ clan.core.vars.generators.alone.files.x = { }; }',
  'ca.nix': `{
  clan.core.vars.generators.ca = { share = true; files.key = { }; files.crt.secret = false; };
  clan.core.vars.generators.middle = { dependencies = [ "ca" ]; files.key = { }; prompts.p = { }; };
  clan.core.vars.generators.leaf = { dependencies = [ "middle" "ca" "elsewhere" ]; files.key = { }; };
}
`,
  'vars/shared/ca/key/secret': '{}',
  'vars/shared/ca/crt/value': '',
  'vars/per-machine/lea/middle/other/secret': '{}',
  'vars/per-machine/tove/alone/x/secret': '{}',
};

function graphIn(texts: Readonly<Record<string, string>>, options = {}) {
  const { fleet, files } = check(texts);
  return graphOf(fleet, { fleet, files, stored: () => readContents(files) }, options);
}

describe('the graph', () => {
  test('has what is declared, what is depended on and what is stored', () => {
    const { nodes, edges } = graphIn(FLEET);
    expect(nodes.map(({ id, origin, share, state }) => [id, origin, share, state])).toEqual([
      ['alone', 'declared', false, 'present'],
      ['ca', 'declared', true, 'present'],
      ['elsewhere', 'undeclared', null, 'unknown'],
      ['leaf', 'declared', false, 'missing'],
      ['middle', 'declared', false, 'missing'],
    ]);
    expect(edges.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'ca → leaf',
      'ca → middle',
      'elsewhere → leaf',
      'middle → leaf',
    ]);
    expect(nodes[1]).toMatchObject({ machines: ['lea'], secrets: 1, publics: 1, prompts: 0 });
  });

  test('of one machine has what that is made from', () => {
    expect(graphIn(FLEET, { machine: 'tove' }).nodes.map(({ id }) => id)).toEqual(['alone']);
    expect(graphIn(FLEET, { machine: 'lea' }).nodes.map(({ id }) => id)).not.toContain('alone');
  });

  test('of one generator has what comes before and after it', () => {
    const { nodes } = graphIn(FLEET, { generator: 'middle' });
    expect(nodes.map(({ id }) => id)).toEqual(['ca', 'leaf', 'middle']);
  });

  test('marks the edges of circles', () => {
    const circle = FLEET['ca.nix'].replace('share = true;', 'dependencies = [ "leaf" ];');
    const { edges } = graphIn({ ...FLEET, 'ca.nix': circle });
    expect(edges.filter(({ inCycle }) => !inCycle).map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'elsewhere → leaf',
    ]);
  });
});

describe('what is asked for', () => {
  const so = (condition: GraphCondition) => graphIn(FLEET, { condition }).nodes.map(({ id }) => id);

  test('may be a kind of file, or a prompt', () => {
    const of = (kind: GraphKind) => graphIn(FLEET, { kind }).nodes.map(({ id }) => id);
    expect(of('secret')).toEqual(['alone', 'ca', 'leaf', 'middle']);
    expect(of('public')).toEqual(['ca']);
    expect(of('prompt')).toEqual(['middle']);
  });

  test('may be a state', () => {
    expect(so('missing')).toEqual(['leaf', 'middle']);
    expect(so('present')).toEqual(['alone', 'ca']);
    expect(so('cycle')).toEqual([]);
  });

  test('may be that stored files were made from other inputs', () => {
    const fleet = {
      ...FLEET,
      'machines/tove/configuration.nix':
        '{ clan.core.vars.generators.alone = { files.x = { }; validation = 2; }; }',
      'vars/per-machine/tove/alone/.validation-hash': 'of something else',
    };
    expect(graphIn(fleet, { condition: 'outdated' }).nodes.map(({ id }) => id)).toEqual(['alone']);
    expect(so('outdated')).toEqual([]);
  });

  test('may be errors, told by where they stand', () => {
    const texts = { ...FLEET, 'ca.nix': FLEET['ca.nix'].replace('"elsewhere"', '"nowhere"') };
    const { fleet, files, findings } = judging('generator/unknown-dependency').check(texts);
    const byFile = new Map<string, Finding[]>();
    for (const finding of findings)
      byFile.set(finding.at.file, [
        ...(byFile.get(finding.at.file) ?? []),
        { ...finding, severity: 'error' },
      ]);
    const errors = errorsByGenerator(fleet, byFile);
    const looked = { fleet, files, stored: () => readContents(files) };
    const { nodes } = graphOf(fleet, looked, { condition: 'error' }, errors);
    expect(nodes.map(({ id }) => id)).toContain('leaf');
    expect(nodes.map(({ id }) => id)).not.toContain('alone');
    expect(errorsByGenerator(fleet, new Map()).size).toBe(0);
  });

  test('may stand in the entry of a registry', () => {
    const place = (start: number, end: number) => ({ file: 'lib/registry.nix', start, end });
    const key = { generator: { value: 'mail', at: place(14, 18) }, entry: place(10, 90) };
    const fleet = { generators: [], registries: [{ keys: [key] }] } as unknown as Fleet;
    const error = { severity: 'error', at: place(20, 30) } as Finding;
    const outside = { severity: 'error', at: place(95, 99) } as Finding;
    const counts = errorsByGenerator(fleet, new Map([['lib/registry.nix', [error, outside]]]));
    expect([...counts]).toEqual([['mail', 1]]);
  });
});

describe("what clan-core's services bring", () => {
  const CLAN = {
    'flake.nix': `{
  outputs = { self, clan-core, ... }: clan-core.lib.clan {
    inherit self;
    inventory.machines = { lea = { }; tove = { }; };
    inventory.instances.sshd = {
      module = { name = "sshd"; input = "clan-core"; };
      roles.server.machines.lea = { };
    };
  };
}
`,
  };

  test('is in the graph, with what it is made from and the machines that have it', () => {
    const { nodes, edges } = graphIn(CLAN);
    const byName = new Map(nodes.map(node => [node.id, node]));
    expect(byName.get('openssh')).toMatchObject({ origin: 'brought', service: 'sshd', machines: ['lea'] });
    expect(edges.map(({ from, to }) => `${from} → ${to}`)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^openssh-ca → openssh-cert$/)]),
    );
  });

  test('and in that of a machine that has it, not in that of another', () => {
    const of = (machine: string) => graphIn(CLAN, { machine }).nodes.map(({ id }) => id);
    expect(of('lea')).toContain('openssh');
    expect(of('tove')).not.toContain('openssh');
  });
});

describe('groups', () => {
  const members = (by: Grouping) =>
    groupsOf(graphIn(FLEET), by).map(
      ({ label, nodes }) => `${label}: ${nodes.map(({ id }) => id).join(' ')}`,
    );

  test('are by the machine that alone has it, or by the module that declares it', () => {
    expect(members('machine')).toEqual(['lea: leaf middle']);
    expect(members('service')).toEqual(['ca: ca leaf middle']);
  });

  test('are frames where they are open, and one box each where they are folded', () => {
    const scene = (open: readonly string[]) =>
      sceneOf(graphIn(FLEET), {
        sizeOf: () => ({ width: 100, height: 40 }),
        groupSizeOf: () => ({ width: 120, height: 40 }),
        ...{ grouping: 'machine', open: new Set(open) },
      });
    const folded = scene([]);
    // What would be alone in its group stands for itself.
    expect(folded.groups.map(({ group }) => group.id)).toEqual(['lea']);
    expect(folded.generators.map(({ node, box }) => [node.id, box.width])).toEqual([
      ['ca', 100],
      ['alone', 100],
      ['elsewhere', 100],
    ]);
    expect(folded.lines.map(({ from, to, count }) => `${from} → ${to} (${count})`)).toEqual([
      'ca → lea (2)',
      'elsewhere → lea (1)',
    ]);
    const open = scene(['lea']);
    expect(open.lines.map(({ from, to }) => `${from} → ${to}`).sort()).toEqual([
      'ca → leaf',
      'ca → middle',
      'elsewhere → leaf',
      'middle → leaf',
    ]);
    const frame = open.groups.find(({ group }) => group.id === 'lea')?.box;
    const inside = open.generators.filter(({ node }) => ['leaf', 'middle'].includes(node.id));
    expect(inside).toHaveLength(2);
    for (const { box } of inside) {
      expect(box.x).toBeGreaterThan(frame?.x ?? 0);
      expect(box.y + box.height).toBeLessThan((frame?.y ?? 0) + (frame?.height ?? 0));
    }
  });

  test('are clusters in texts', () => {
    expect(dotOf(graphIn(FLEET), 'machine')).toMatch(/subgraph cluster_1 \{\n {4}label="lea";\n {4}"leaf"/);
    expect(mermaidOf(graphIn(FLEET), 'machine')).toContain('subgraph s1["lea"]');
  });
});

test('what hangs together with nothing has as many columns as the canvas has room for', () => {
  const names = Array.from(
    { length: 22 },
    (_, index) => `clan.core.vars.generators.secret-${index}.files.x = { };`,
  );
  const graph = graphIn({ 'a.nix': `{ ${names.join(' ')} }` });
  const columns = (aspect: number) => {
    const { generators, width, height } = sceneOf(graph, {
      sizeOf: () => ({ width: 150, height: 24 }),
      groupSizeOf: () => ({ width: 120, height: 40 }),
      ...{ grouping: null, open: null, aspect },
    });
    return { count: new Set(generators.map(({ box }) => box.x)).size, shape: width / height };
  };
  expect(columns(0.2).count).toBe(1);
  expect(columns(1.8).count).toBeGreaterThan(2);
  expect(columns(6).count).toBeGreaterThan(columns(1.8).count);
  // Shown as a whole, it fills the canvas in one direction and at least half of it in the other.
  for (const aspect of [0.5, 1, 1.8, 4, 6]) {
    expect(columns(aspect).shape / aspect).toBeGreaterThan(0.5);
    expect(columns(aspect).shape / aspect).toBeLessThan(2);
  }
});

test('a layer that would be too high goes on beside itself', () => {
  const nodes = ['root', ...Array.from({ length: 60 }, (_, index) => `leaf-${index}`)].map(id => ({
    ...{ id, width: 100, height: 40 },
  }));
  const edges = nodes.slice(1).map(({ id }) => ({ from: 'root', to: id }));
  const { height, nodes: placed } = layoutOf(nodes, edges);
  expect(new Set(placed.map(({ x }) => x)).size).toBeGreaterThan(3);
  expect(height).toBeLessThan(60 * 54 * 0.5);
});

test('what hangs together with nothing stands close, whatever stands beside it', () => {
  const heights = { high: 300, one: 60, two: 60, three: 60 };
  const nodes = Object.entries(heights).map(([id, height]) => ({ id, width: 100, height }));
  const { nodes: placed, height } = layoutOf(nodes, []);
  const [high, one, two, three] = [...placed].sort((a, b) => a.x - b.x || a.y - b.y);
  expect([high?.id, one?.id, two?.id, three?.id]).toEqual(['high', 'one', 'three', 'two']);
  expect(height).toBe(300);
});

const NAMES = [...'abcdefghij'];
const anyEdges = fc.array(fc.record({ from: fc.constantFrom(...NAMES), to: fc.constantFrom(...NAMES) }), {
  maxLength: 25,
});

/** Everything that can be reached, the slow way. */
function reaches(edges: readonly LayoutEdge[], from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = edges.filter(edge => edge.from === from).map(edge => edge.to);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...edges.filter(edge => edge.from === at).map(edge => edge.to));
  }
  return seen.has(to);
}

test('a name is in a cycle exactly if it reaches itself; those that reach each other share one', () => {
  fc.assert(
    fc.property(anyEdges, edges => {
      const circles = circleOf(NAMES, edges);
      for (const a of NAMES) {
        expect(circles.has(a)).toBe(reaches(edges, a, a));
        for (const b of NAMES)
          if (circles.has(a) && circles.has(b))
            expect(circles.get(a) === circles.get(b)).toBe(
              a === b || (reaches(edges, a, b) && reaches(edges, b, a)),
            );
      }
    }),
  );
});

test('nodes never touch, and edges run from left to right unless they close a circle', () => {
  fc.assert(
    fc.property(
      anyEdges,
      fc.array(fc.integer({ min: 20, max: 200 }), { minLength: 10, maxLength: 10 }),
      (edges, widths) => {
        const nodes = NAMES.map((id, index) => ({
          id,
          width: widths[index] as number,
          height: 40 + 25 * (index % 4),
        }));
        const unique = [...new Map(edges.map(edge => [`${edge.from}${edge.to}`, edge])).values()];
        const layout = layoutOf(nodes, unique);
        expect(layout.nodes.map(({ id }) => id).sort()).toEqual(NAMES);
        expect(layout.edges).toHaveLength(unique.length);
        for (const a of layout.nodes) {
          expect(a.x).toBeGreaterThanOrEqual(-0.001);
          expect(a.x + a.width).toBeLessThanOrEqual(layout.width + 0.001);
          expect(a.y + a.height).toBeLessThanOrEqual(layout.height + 0.001);
          for (const b of layout.nodes) {
            if (a.id >= b.id) continue;
            const apart =
              a.x + a.width <= b.x + 0.001 ||
              b.x + b.width <= a.x + 0.001 ||
              a.y + a.height <= b.y + 0.001 ||
              b.y + b.height <= a.y + 0.001;
            expect({ a, b, apart }).toEqual({ a, b, apart: true });
          }
        }
        const circles = circleOf(NAMES, unique);
        const left = new Map(layout.nodes.map(({ id, x }) => [id, x]));
        for (const { from, to } of unique)
          if (circles.get(from) === undefined || circles.get(from) !== circles.get(to))
            expect(left.get(from)).toBeLessThan(left.get(to) as number);
        expect(layoutOf(nodes, unique)).toEqual(layout);
      },
    ),
  );
});

test('pictures and texts hold any name, and nothing of it is markup', () => {
  const name = 'a<script>"\'&\\n]\u0001😀';
  const node = {
    id: name,
    origin: 'declared' as const,
    share: true,
    machines: [],
    secrets: 1,
    publics: 0,
    prompts: 0,
    state: 'unknown' as const,
    outdated: null,
    errors: 0,
    service: null,
    domain: null,
    nix: null,
    at: null,
  };
  const graph = {
    nodes: [node],
    edges: [{ from: name, to: name, inCycle: true, at: { file: 'a', start: 0, end: 0 } }],
  };
  const { svg } = pictureOf(graph);
  expect(svg).not.toContain('<script>');
  expect(svg).not.toContain('\u0001');
  expect(svg).toContain('a&#60;script&#62;&#34;&#39;&#38;\\n]\u{FFFD}😀');
  expect(dotOf(graph)).toContain('"a<script>\\"\'&\\\\n]\u{FFFD}😀" -> ');
  expect(mermaidOf(graph)).toContain('a#60;script#62;#34;#39;#38;#92;n#93;');
});
