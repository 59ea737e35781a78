/** Where the commands of scripts come from: the fleet's nixpkgs, through a Nix of our own or the real one, or this system. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { write } from '../../workspace/support.ts';
import { fleet, type GeneratingFleet } from '../generating-fleet.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

const MACHINE = `g = {
  runtimeInputs = [ pkgs.our-tool ]; files.x.secret = false;
  script = "our-tool > $out/x; \${pkgs.our-tool}/bin/our-tool >> $out/x";
};`;

const lock = (locked: object) =>
  JSON.stringify({
    version: 7,
    root: 'root',
    nodes: { root: { inputs: { nixpkgs: 'nixpkgs' } }, nixpkgs: { locked } },
  });

const LOCKED = lock({ type: 'github', owner: 'NixOS', repo: 'nixpkgs', rev: 'a', narHash: 'sha256-x' });

function program(base: string, name: string, text: string): void {
  write(base, name, text);
  chmodSync(join(base, name), 0o755);
}

/** Those of root are run as nobody, who goes no way that others may not go. */
const openToScripts = (folder: string) => chmodSync(folder, 0o755);

/** A Nix that notes what it is asked, and has one package. */
function withNix(made: GeneratingFleet, answer: string): Readonly<Record<string, string>> {
  const base = join(made.home, '..');
  openToScripts(base);
  program(base, 'store/abc-our-tool/bin/our-tool', '#!/bin/sh\necho from the store\n');
  program(base, 'bin/nix', `#!/bin/sh\nprintf '%s\\n' "$*" >> ${base}/asked\n${answer}\n`);
  program(base, 'bin/nix-store', `#!/bin/sh\nprintf '%s\\n' "$*" >> ${base}/asked\n`);
  return { PATH: `${base}/bin:${process.env.PATH}` };
}

const told = (made: GeneratingFleet) => {
  const tool = { output: '/nix/store/abc.drv!out', path: join(made.home, '../store/abc-our-tool') };
  return `echo '${JSON.stringify({ 'our-tool': tool, coreutils: null })}'`;
};

const shown = async (made: GeneratingFleet) => (await made.run(['get', 'm', 'g/x'])).stdout;

describe('packages', () => {
  it("are those of the fleet's nixpkgs, which Nix is asked for once", async () => {
    const made = await fleet({ m: MACHINE }, { more: { 'flake.lock': LOCKED } });
    const env = withNix(made, told(made));
    const { code, stderr } = await made.run(['generate', ...BOX], { env });
    expect([code, stderr]).toEqual([0, expect.stringContaining('Nix could not provide coreutils')]);
    expect(await shown(made)).toBe('from the store\nfrom the store\n');
    const asked = () => readFileSync(join(made.home, '../asked'), 'utf8');
    const first = asked();
    expect(first).toContain('--realise --keep-going /nix/store/abc.drv!out');

    expect((await made.run(['generate', ...BOX, '-g', 'g', '--yes'], { env })).code).toBe(0);
    expect(asked()).toBe(first);
    // What was collected as garbage is asked for again, and so is another nixpkgs.
    rmSync(join(made.home, '../store'), { recursive: true });
    withNix(made, told(made));
    rmSync(join(made.home, '../store'), { recursive: true });
    expect((await made.run(['try', 'g', ...BOX], { env })).code).toBe(1);
    expect(asked().length).toBeGreaterThan(first.length);
  });

  it('come from this system where Nix cannot give them, and that is said', async () => {
    const made = await fleet(
      { m: 'g = { files.x.secret = false; script = "seq 1 > $out/x"; };' },
      { more: { 'flake.lock': LOCKED } },
    );
    const env = withNix(made, 'echo "warning: x" >&2; echo "error: unable to download nixpkgs." >&2; exit 1');
    const { code, stderr } = await made.run(['generate', ...BOX], { env });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        "Nix could not determine the packages of this fleet (unable to download nixpkgs): this system's programs are used instead.",
      ),
    ]);
    const again = (...more: readonly string[]) =>
      made.run(['generate', ...BOX, '-g', 'g', '--yes', ...more], { env });
    expect((await again('--packages', 'host')).stderr).not.toContain('Nix');
    expect((await again('--packages', 'nix')).stderr).toContain(
      'Packages cannot come from Nix: unable to download nixpkgs.',
    );
    expect((await again('--packages', 'brew')).code).toBe(2);
  });

  it.each([
    ['asked', 'auto', 'nix'],
    ['asked', 'nix', 'nix'],
    ['fetching', 'nix', 'nix-store'],
  ])(
    'of a Nix that is ended while it is %s (--packages %s) are nothing to speak of',
    async (_, source, slow) => {
      const made = await fleet({ m: MACHINE }, { more: { 'flake.lock': LOCKED } });
      const env = withNix(made, told(made));
      const [base, begun] = [join(made.home, '..'), join(made.home, '../begun')];
      rmSync(join(base, 'store'), { recursive: true });
      program(base, `bin/${slow}`, `#!/bin/sh\ntouch ${begun}\nexec sleep 600\n`);
      for (const command of [['generate'], ['try', 'g']]) {
        const stopping = new AbortController();
        const { signal } = stopping;
        const run = made.run([...command, ...BOX, '--packages', source], { env, signal });
        await vi.waitUntil(() => existsSync(begun), { timeout: 240_000 });
        rmSync(begun);
        stopping.abort();
        const { code, stderr } = await run;
        const said = stderr.split('\n').filter(line => line.startsWith('varsmith: '));
        expect([code, said]).toEqual([1, ['varsmith: Cancelled. Nothing was changed.']]);
      }
    },
  );

  it('are not asked for where no lock file names a nixpkgs', async () => {
    const made = await fleet({ m: MACHINE });
    const env = withNix(made, told(made));
    const { stderr } = await made.run(['generate', ...BOX, '--packages', 'nix'], { env });
    expect(stderr).toContain('Packages cannot come from Nix: no flake.lock names a nixpkgs.');
    expect((await made.run(['generate', ...BOX], { env })).stderr).toContain('uses the command "our-tool"');
  });

  const hasNix = spawnSync('nix', ['--version']).status === 0 && process.platform === 'linux';
  if (hasNix)
    it('are built by the real Nix', async () => {
      const made = await fleet({ m: MACHINE });
      const base = join(made.home, '..');
      openToScripts(base);
      const sh = (lines: string) => `[ "-c" "PATH=/usr/bin:/bin; ${lines}" ]`;
      write(
        base,
        'nixpkgs/default.nix',
        `{ system, config, overlays }: {
          our-tool = derivation {
            name = "our-tool"; inherit system; builder = "/bin/sh";
            args = ${sh("mkdir -p $out/bin; printf '#!/bin/sh\\necho built\\n' > $out/bin/our-tool; chmod +x $out/bin/our-tool")};
          };
          coreutils = throw "not today";
        }`,
      );
      // A store of its own, without a network.
      const env = {
        NIX_STORE_DIR: join(base, 'nix/store'),
        NIX_STATE_DIR: join(base, 'nix/state'),
        NIX_LOG_DIR: join(base, 'nix/log'),
        NIX_CONFIG: 'build-users-group =\nsubstituters =\nsandbox = false\n',
      };
      mkdirSync(join(base, 'nix'));
      // Nix makes its store read-only.
      onTestFinished(() => void execFileSync('chmod', ['-R', 'u+w', join(base, 'nix')]));
      const path = join(base, 'nixpkgs');
      const features = ['--extra-experimental-features', 'nix-command flakes'];
      const options = { env: { ...process.env, ...env, HOME: made.home }, encoding: 'utf8' } as const;
      const narHash = execFileSync('nix', [...features, 'hash', 'path', path], options).trim();
      write(made.root, 'flake.lock', lock({ type: 'path', path, narHash }));
      const { code, stderr } = await made.run(['generate', ...BOX], { env });
      expect([code, stderr]).toEqual([0, expect.stringContaining('Nix could not provide coreutils')]);
      expect(await shown(made)).toBe('built\nbuilt\n');
    });
});
