import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NixAnswer } from '../../server/src/fleet/model/nix-answer.ts';
import { type Asked, type AskOptions, askAbout } from '../../server/src/workspace/nix-witness.ts';
import { testFolder } from '../host/folders.ts';
import { failing, generator, METADATA, machine, printing, type StandIn, withNix } from './stand-in.ts';

const KEY = { secret: { ok: true }, deploy: { ok: true }, owner: { ok: 'root' }, group: { failed: true } };
const SSH = generator({ files: { ok: { 'id.pub': KEY } }, script: { ok: 'ssh-keygen' } });

async function ask(standIn: StandIn, options: Partial<AskOptions> = {}) {
  const { env, home } = withNix(standIn);
  const root = testFolder();
  const again = () => askAbout(root, { env, ...options });
  return { asked: await again(), again, log: () => readFileSync(join(home, 'asked'), 'utf8') };
}

function answerOf(asked: Asked): NixAnswer {
  if ('absent' in asked) throw new Error(asked.absent);
  return asked.answer;
}

describe('a fleet is asked', () => {
  it('machine by machine, for metadata', async () => {
    const positions = {
      ok: [{ name: 'ssh', at: { file: '/nix/store/source/hosts/a.nix', line: 3, column: 5 } }],
    };
    const { asked, log } = await ask({ machines: { a: printing(machine({ ssh: SSH }, { positions })) } });
    const { version, revision, machines } = answerOf(asked);
    expect({ version, revision }).toEqual({ version: '2.26.3', revision: METADATA.revision });
    expect(machines).toEqual([
      {
        ...{ name: 'a', class: 'nixos', milliseconds: expect.any(Number), isKept: false, failures: [] },
        facts: {
          ...{
            hasVars: true,
            generatorNames: ['ssh'],
            sops: new Map(),
            age: new Map(),
            templates: [],
            withoutOption: ['sops', 'age'],
            tags: null,
          },
          generators: new Map([
            [
              'ssh',
              {
                ...{
                  share: false,
                  dependencies: [],
                  prompts: new Map(),
                  runtimeInputs: [],
                  script: 'ssh-keygen',
                },
                validation: null,
                definedAt: [{ file: 'hosts/a.nix', line: 3, column: 5 }],
                files: new Map([
                  [
                    'id.pub',
                    {
                      ...{
                        secret: true,
                        deploy: true,
                        owner: 'root',
                        group: null,
                        mode: null,
                        neededFor: null,
                      },
                    },
                  ],
                ]),
              },
            ],
          ]),
        },
      },
    ]);
    for (const line of log()
      .split('\n')
      .filter(line => /^(flake|eval)/.test(line))) {
      expect(line).toContain('--offline --no-write-lock-file');
      expect(line).toContain('--option allow-import-from-derivation false');
      expect(line).toContain('--option accept-flake-config false');
    }
  });

  it('about one state, which passes for the commit it was taken from', async () => {
    const { log } = await ask({ machines: { a: printing(machine({})) } });
    expect(log()).toContain('builtins.getFlake "path:/nix/store/source?narHash=sha256-AAAA&rev=abc1234def"');
  });

  it('for the machines that are wanted alone', async () => {
    const machines = { a: printing(machine({})), b: printing(machine({})) };
    const { asked } = await ask({ machines }, { isWanted: name => name === 'b' });
    expect(answerOf(asked).machines.map(({ name }) => name)).toEqual(['b']);
    expect(answerOf(asked).machinesComplete).toBe(false);
  });

  it('once, as long as nothing of it changes; what failed for good is not asked again either', async () => {
    const broken = failing('error: attribute missing');
    const { again, log } = await ask({ machines: { a: printing(machine({ ssh: SSH })), b: broken } });
    const before = log().match(/^eval/gm)?.length ?? 0;
    const { machines } = answerOf(await again());
    expect(machines.map(({ name, isKept }) => [name, isKept])).toEqual([
      ['a', true],
      ['b', true],
    ]);
    expect(machines[0]?.facts?.generators.get('ssh')?.script).toBe('ssh-keygen');
    // The names of the machines are what is asked then.
    expect(log().match(/^eval/gm)?.length).toBe(before + 1);
  });
});

describe('one machine costs nothing but itself', () => {
  const others = { a: printing(machine({})), c: printing(machine({})) };
  it.each<[string, string, string, NonNullable<AskOptions['limits']>]>([
    ['fails', failing('error: nothing of the kind'), 'error', {}],
    ['hangs', 'sleep 600', 'timeout', { timeMs: 4000 }],
    ['talks without end', 'yes | head -c 100000000', 'output', { outputBytes: 1000 }],
    ['prints garbage', 'echo "{ nothing"', 'garbage', {}],
    ['lies', printing({ hasVars: 'perhaps' }), 'garbage', {}],
    ['lies about a generator', printing(machine({ ssh: 'none' })), 'garbage', {}],
    ['needs too much memory', failing('GC Warning: Out of Memory!\nerror: out of memory'), 'memory', {}],
    ['is killed', 'kill -9 $$', 'memory', {}],
  ])('which %s', async (_, does, kind, limits) => {
    const { asked } = await ask({ machines: { ...others, b: does } }, { limits });
    const { machines } = answerOf(asked);
    const states = machines.map(({ name, facts, failures }) => [
      name,
      facts !== null,
      failures.map(f => f.kind),
    ]);
    expect(states.sort()).toEqual([
      ['a', true, []],
      ['b', false, [kind]],
      ['c', true, []],
    ]);
  });

  it('and what a limit has stopped is asked again', async () => {
    const { again } = await ask({ machines: { a: 'sleep 600' } }, { limits: { timeMs: 3000 } });
    expect(answerOf(await again()).machines[0]?.isKept).toBe(false);
  });

  it('and is told of as soon as it is known', async () => {
    const told: string[] = [];
    await ask(
      { machines: others },
      { onMachine: ({ name }, done, all) => told.push(`${name} ${done}/${all}`) },
    );
    expect(told.map(line => line.split(' ')[1])).toEqual(['1/2', '2/2']);
  });
});

describe('Nix is not asked', () => {
  const absent = async (standIn: StandIn) => {
    const { asked } = await ask(standIn);
    return 'absent' in asked ? asked.absent : null;
  };

  it('where it is not installed', async () => {
    const { env } = withNix({});
    const asked = await askAbout(testFolder(), { env: { ...env, PATH: '/nowhere' } });
    // Where this system has one, it is found without PATH.
    const isElsewhere = ['/usr/bin/nix', '/run/current-system/sw/bin/nix'].some(path => existsSync(path));
    if (!isElsewhere) expect(asked).toEqual({ absent: 'Nix is not on PATH, so it cannot be asked.' });
    else expect(JSON.stringify(asked)).not.toContain('no nix on PATH');
  });

  it('where it is too old, or does not say what it is', async () => {
    expect(await absent({ version: 'nix (Nix) 2.8.0' })).toMatch(/is Nix 2\.8\.0; 2\.18 or later is needed/);
    expect(await absent({ version: 'hello' })).toMatch(/does not report its version/);
  });

  it.each(['nix (Lix, like Nix) 2.91.0', 'nix (Determinate Nix 3.4.2) 2.28.3', 'nix (Nix) 2.18.1'])(
    'and is, where it is %s',
    async version => {
      expect(await absent({ version, machines: {} })).toBeNull();
    },
  );

  it('any further, once nobody wants to know', async () => {
    const stop = new AbortController();
    const { asked } = await ask(
      { machines: { a: printing(machine({})), b: 'sleep 600', c: 'sleep 600' } },
      { signal: stop.signal, onMachine: ({ name }) => name === 'a' && stop.abort() },
    );
    expect(answerOf(asked).machines.map(({ failures }) => failures.map(({ kind }) => kind))).toEqual([
      [],
      ['cancelled'],
      ['cancelled'],
    ]);
  });
});

describe('a flake that does not evaluate at all', () => {
  it.each([
    ['has no metadata', { metadata: failing("error: getting status of '/x/flake.nix': No such file") }],
    ['has metadata of another kind', { metadata: printing([]) }],
    ['has no outputs', { names: failing('error: undefined variable') }],
    ['has machines of another kind', { names: printing('many') }],
  ])('as it %s, is one failure', async (_, standIn) => {
    const { machines, failure } = answerOf((await ask(standIn)).asked);
    expect(machines).toEqual([]);
    expect(failure?.message).toMatch(
      /^(getting status of|Nix did not print a valid answer|undefined variable)/,
    );
  });
});
