/** What drives the server in an editor needs: the editors on the PATH, and the configurations that the pages give. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Every program of a name on the PATH with the first number in the answer to `--version`, each version once. */
export function installed(program: string, probe: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program);
    if (!existsSync(path)) continue;
    const { status, stdout } = spawnSync(path, probe, { encoding: 'utf8' });
    const version = /\d+\.\d+[\d.]*/.exec(stdout ?? '')?.[0];
    if (status === 0 && version !== undefined && !found.has(version)) found.set(version, path);
  }
  if (found.size === 0) console.warn(`${program} is not installed, so nothing is tried in it.`);
  return found;
}

/** The code of a language on the page of an editor, in order. */
export function snippets(page: string, language: string): string[] {
  const text = readFileSync(join(__dirname, `../../docs/editors/${page}.md`), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, code]) => code ?? '',
  );
}

export interface Home {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A home without anybody's configuration, and an environment in which `varsmith` is what is built here. */
export function newHome(): Home {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'varsmith-editor-')));
  const build = join(__dirname, '../../scripts/build.mjs');
  execFileSync(process.execPath, [build, '--outdir', join(home, 'dist'), '--only', 'cli'], {
    stdio: 'ignore',
  });
  mkdirSync(join(home, 'bin'));
  const varsmith = join(home, 'bin/varsmith');
  writeFileSync(varsmith, `#!/bin/sh\nexec '${process.execPath}' '${join(home, 'dist/cli.js')}' "$@"\n`);
  chmodSync(varsmith, 0o755);
  const env = {
    ...process.env,
    HOME: home,
    // It would be written after the end of a test.
    VARSMITH_NO_CODE_CACHE: '1',
    PATH: `${join(home, 'bin')}${delimiter}${process.env.PATH}`,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
  };
  return { folder: home, env };
}

/** Where the broken fleet has a value under the name of a generator. */
export const STORED = 'vars/per-machine/lea/gmail-app-password/password/secret';
export const MOVED = STORED.replace('gmail-app-password', 'gmail-password');

/** A copy of the broken fleet with that value, inside of a home. */
export function storedFleet({ folder }: Home): string {
  const root = join(folder, 'fleet');
  cpSync(join(__dirname, '../../examples/broken-fleet'), root, { recursive: true });
  mkdirSync(join(root, dirname(STORED)), { recursive: true });
  writeFileSync(join(root, STORED), '{}');
  return root;
}
