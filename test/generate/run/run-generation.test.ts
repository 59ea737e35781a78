/** A run through its one door, reported to something that is neither a terminal nor a program. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../../server/src/generate/plan/plan.ts';
import type { Reporter } from '../../../server/src/generate/run/reporter.ts';
import { type GenerationRequest, runGeneration } from '../../../server/src/generate/run/run-generation.ts';
import { TIME_LIMIT_MS } from '../../../server/src/generate/run/script-environment.ts';
import { DEFAULT_LIMITS } from '../../../server/src/host/sandbox/limits.ts';
import { loadEngine } from '../../../server/src/workspace/engine.ts';
import { runFleetOf } from '../../../server/src/workspace/run-fleet.ts';
import { createWorkspace } from '../../../server/src/workspace/workspace.ts';
import { fleet, type GeneratingFleet } from '../../cli/generating-fleet.ts';

const TOKEN = `    token = {
      prompts.name = { };
      files.value.secret = false;
      script = "cat $prompts/name > $out/value";
    };`;

const REQUEST: GenerationRequest = {
  plan: EVERYTHING,
  isSure: false,
  commit: true,
  scripts: { sandbox: false, asRoot: false, timeLimitMs: TIME_LIMIT_MS, limits: DEFAULT_LIMITS },
  packages: 'host',
  realise: null,
  workers: 2,
  answers: [],
};

/** Records what it is told, agrees to nothing, and answers every prompt with its name. */
function recorder(signal = new AbortController().signal): Reporter & { readonly told: string[] } {
  const told: string[] = [];
  return {
    ...{ told, signal },
    planned: ({ steps, problems }, machines) =>
      void told.push(`planned ${steps.length}, ${problems.length} problems, of ${machines.join()}`),
    access: changes => void told.push(`access ${changes.length}`),
    async confirmRun({ overwritten }) {
      told.push(`may go on: ${overwritten}`);
      return false;
    },
    async ask({ generator, prompt }) {
      told.push(`asked ${generator.name}/${prompt.name}`);
      return Buffer.from(prompt.name);
    },
    note: () => undefined,
    started: ({ name }) => void told.push(`started ${name}`),
    result: ({ step, outcome }) => void told.push(`${step.generator.name} ${outcome}`),
    ended: ({ outcome }) => void told.push(outcome),
    close: () => undefined,
  };
}

async function open({ root, home }: GeneratingFleet) {
  const workspace = createWorkspace({ root, engine: await loadEngine(), log: () => undefined });
  const env = {
    HOME: home,
    PATH: process.env.PATH,
    USER: 'ada',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
  };
  return runFleetOf(workspace, { env, needsClan: true });
}

describe('a run', () => {
  it('tells its reporter everything in its order, and stores', async () => {
    const made = await fleet({ m: TOKEN });
    const reporter = recorder();
    const { outcome, fixed } = await runGeneration(await open(made), REQUEST, reporter);
    expect(reporter.told).toEqual([
      'planned 1, 0 problems, of m',
      'access 0',
      'asked token/name',
      'started token',
      'token stored',
      'done',
    ]);
    expect([outcome, fixed]).toEqual(['done', []]);
    expect(readFileSync(join(made.root, 'vars/per-machine/m/token/value/value'), 'utf8')).toBe('name');
  });

  it('changes nothing where the answer to its consequences is no', async () => {
    const made = await fleet({ m: TOKEN });
    await runGeneration(await open(made), REQUEST, recorder());
    const reporter = recorder();
    const request = { ...REQUEST, plan: { ...EVERYTHING, regenerate: true } };
    const { outcome, results } = await runGeneration(await open(made), request, reporter);
    expect([outcome, results]).toEqual(['refused', []]);
    expect(reporter.told.slice(-2)).toEqual(['may go on: 1', 'refused']);
  });

  it('ends with what its reporter throws at the plan', async () => {
    const made = await fleet({ m: TOKEN });
    const reporter = recorder();
    const refusing = {
      ...reporter,
      planned() {
        throw new Error('not today');
      },
    };
    await expect(runGeneration(await open(made), REQUEST, refusing)).rejects.toThrow('not today');
    expect(reporter.told).toEqual([]);
    expect(existsSync(join(made.root, 'vars'))).toBe(false);
  });
});
