// The scripts of the GitHub action, run as a workflow runs them: with a fleet under git, and a `gh` that notes what it is asked.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fleet, type GeneratingFleet } from '../cli/generating-fleet.ts';
import { buildProgram, programPath } from '../cli/program.ts';

buildProgram();

const ACTION = join(__dirname, '../../action');
const GH = `#!/bin/sh
printf '%s\\n' "$*" >> "$RUNNER_TEMP/gh.log"
case "$*" in *--paginate*) printf '%s' "\${EARLIER:-}" ;; esac
`;
const GENERATOR = 'mail = { files.password = { }; script = "echo x > $out/password"; };';

async function runner(): Promise<{ made: GeneratingFleet; temp: string; run: typeof run }> {
  const made = await fleet({ lea: GENERATOR });
  const temp = join(made.home, '../runner');
  const bin = join(temp, 'varsmith/node_modules/.bin');
  for (const folder of [bin, join(temp, 'gh')]) mkdirSync(folder, { recursive: true });
  const executable = (path: string, script: string) => {
    writeFileSync(path, script);
    chmodSync(path, 0o755);
  };
  executable(join(bin, 'varsmith'), `#!/bin/sh\nexec '${process.execPath}' '${programPath()}' "$@"\n`);
  executable(join(temp, 'gh/gh'), GH);
  const run = (script: string, env: Readonly<Record<string, string>>) =>
    spawnSync('bash', [join(ACTION, script)], {
      cwd: made.root,
      encoding: 'utf8',
      env: {
        PATH: `${join(temp, 'gh')}:${process.env.PATH}`,
        HOME: made.home,
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: join(temp, 'output'),
        GITHUB_STEP_SUMMARY: join(temp, 'summary'),
        GITHUB_REPOSITORY: 'ada/fleet',
        VARSMITH_ROOT: '.',
        ...env,
      },
    });
  return { made, temp, run };
}

describe('check', () => {
  it('leaves SARIF and the result behind, whatever is found', async () => {
    const { made, temp, run } = await runner();
    const clean = run('check.sh', { VARSMITH_SEVERITY: 'error' });
    expect({ status: clean.status, stderr: clean.stderr }).toEqual({ status: 0, stderr: '' });
    made.machine('lea', 'mail = { files.password = { }; script = "cat $in/other/x > $out/password"; };');
    expect(run('check.sh', { VARSMITH_SEVERITY: 'hint' }).status).toBe(0);
    expect(readFileSync(join(temp, 'output'), 'utf8')).toMatch(/^code=0\nsarif=.*\ncode=1\nsarif=.*\n$/);
    expect(
      JSON.parse(readFileSync(join(temp, 'varsmith.sarif'), 'utf8')).runs[0].results.length,
    ).toBeGreaterThan(0);
  });

  it('ends where it was called wrongly', async () => {
    const { run } = await runner();
    const { status, stderr } = run('check.sh', { VARSMITH_SEVERITY: 'dreadful' });
    expect(status).toBe(2);
    expect(stderr).toContain('it takes error, warning, info, hint.');
  });
});

describe('comment', () => {
  async function changed(env: Readonly<Record<string, string>> = {}) {
    const runnerOf = await runner();
    const { made, run, temp } = runnerOf;
    const base = made.git('rev-parse', 'HEAD').trim();
    made.machine('emily', GENERATOR);
    made.git('add', '-A');
    const ended = run('comment.sh', {
      VARSMITH_BASE: base,
      VARSMITH_PULL_REQUEST: '7',
      VARSMITH_MAY_COMMENT: 'true',
      ...env,
    });
    const log = join(temp, 'gh.log');
    return {
      ...ended,
      summary: readFileSync(join(temp, 'summary'), 'utf8'),
      gh: existsSync(log) ? readFileSync(log, 'utf8') : '',
    };
  }

  it('says plan and access, in the summary and as a new comment', async () => {
    const { status, stderr, summary, gh } = await changed();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(summary).toContain('<!-- varsmith -->');
    expect(summary).toContain('per-machine/emily/mail');
    expect(gh).toContain('--method POST repos/ada/fleet/issues/7/comments');
  });

  it('rewrites the comment of an earlier run', async () => {
    const { gh } = await changed({ EARLIER: '42\n' });
    expect(gh).toContain('--method PATCH repos/ada/fleet/issues/comments/42');
    expect(gh).not.toContain('POST');
  });

  it('asks nothing of GitHub for a fork', async () => {
    const { gh, summary } = await changed({ VARSMITH_MAY_COMMENT: 'false' });
    expect(gh).toBe('');
    expect(summary).toContain('per-machine/emily/mail');
  });
});
