/**
 * Resolves packages from the fleet's own nixpkgs, using `nix` if it is installed. Answers are cached until the
 * lock file names another nixpkgs.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, replaceFile } from '../../host/files/atomic.ts';
import { isThere } from '../../host/files/outside-files.ts';
import { HostFailure } from '../../host/host-failure.ts';
import { findNix } from '../../host/programs/nix.ts';
import { sortedUnique } from '../../std.ts';
import { below } from '../../store/vars/files.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { RunFailure } from '../run-failure.ts';
import { lockedNixpkgs, nixPackagesIn, nixSystem, packagesExpression } from './nixpkgs.ts';

/** `auto`: from Nix if that works, otherwise from this system. */
export const PACKAGE_SOURCES = ['auto', 'nix', 'host'] as const;

export type PackageSource = (typeof PACKAGE_SOURCES)[number];

export interface ResolvedPackages {
  /** Absolute paths of packages in the Nix store, by name; all others come from this system. */
  readonly paths: ReadonlyMap<string, string>;
  /** A sentence that says why an installed Nix could not be used, or null. */
  readonly note: string | null;
}

const NONE: ResolvedPackages = { paths: new Map(), note: null };

/**
 * Resolves packages.
 *
 * @param names below `pkgs` @param signal the result is meaningless once it is aborted @throws RunFailure if
 * packages have to come from Nix and do not
 */
export async function findPackages(
  environment: RunEnvironment,
  names: readonly string[],
  source: PackageSource,
  signal?: AbortSignal,
): Promise<ResolvedPackages> {
  const asked = sortedUnique(names);
  if (source === 'host' || asked.length === 0) return NONE;
  const refuse = (reason: string): ResolvedPackages => {
    if (source === 'nix') throw new RunFailure(`Packages cannot come from Nix: ${reason}.`);
    return NONE;
  };
  const system = nixSystem(environment.platform, environment.arch);
  if (system === null) return refuse(`it knows no system ${environment.platform}/${environment.arch}`);
  const lock = [...new Set(['flake.lock', below(environment.directory, 'flake.lock')])]
    .map(path => environment.files.text(path))
    .find(text => text !== null);
  const locked = lock == null ? null : lockedNixpkgs(lock);
  if (locked === null) return refuse('no flake.lock names a nixpkgs');
  const nix = await findNix(environment.env, signal);
  if (nix === null) return refuse('the command "nix" is not installed');

  const kept = keptAnswers(environment, JSON.stringify([locked, system]));
  const keptText = await kept.read();
  const missing: string[] = [];
  for (const name of asked) {
    const path = keptText.get(name);
    if (path === undefined || (path !== null && !(await isThere(path)))) missing.push(name);
  }
  if (missing.length > 0) {
    try {
      const told = nixPackagesIn(await nix.evaluate(packagesExpression(locked, system, missing)));
      const outputs = [...told.values()].flatMap(packageTold =>
        packageTold === null ? [] : [packageTold.output],
      );
      if (outputs.length > 0) await nix.realise(outputs);
      for (const [name, nixPackage] of told) keptText.set(name, nixPackage?.path ?? null);
      await kept.write(keptText);
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      // It was terminated by us and has not failed.
      if (signal?.aborted) return NONE;
      if (source === 'nix') return refuse(error.message);
      return {
        paths: new Map(),
        note: `Nix could not determine the packages of this fleet (${error.message}): this system's programs are used instead.`,
      };
    }
  }
  if (signal?.aborted) return NONE;
  const paths = new Map<string, string>();
  for (const name of asked) {
    const path = keptText.get(name) ?? null;
    if (path !== null && (await isThere(path))) paths.set(name, path);
  }
  const lacking = asked.filter(name => !paths.has(name));
  if (lacking.length === 0) return { paths, note: null };
  if (source === 'nix') return refuse(`this fleet's nixpkgs does not provide ${lacking.join(', ')}`);
  return {
    paths,
    note: `Nix could not provide ${lacking.join(', ')}: this system's programs are used instead.`,
  };
}

interface KeptAnswers {
  read(): Promise<Map<string, string | null>>;
  write(answers: ReadonlyMap<string, string | null>): Promise<void>;
}

/**
 * Returns the cache for a nixpkgs and system.
 *
 * @param id identifies both
 */
function keptAnswers({ env, home }: RunEnvironment, id: string): KeptAnswers {
  const folder = env.XDG_CACHE_HOME || (home === null ? null : join(home, '.cache'));
  const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
  const path = folder === null ? null : join(folder, 'varsmith', 'packages', `${name}.json`);
  return {
    async read() {
      const bytes = path === null ? null : await readIfThere(path);
      return answersIn(bytes?.toString('utf8') ?? '{}');
    },
    async write(answers) {
      if (path === null) return;
      const text = JSON.stringify(Object.fromEntries(answers));
      // If this fails, Nix is queried again next time.
      await replaceFile(path, Buffer.from(text, 'utf8')).catch(() => undefined);
    },
  };
}

function answersIn(text: string): Map<string, string | null> {
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return new Map(
      entries.flatMap(([name, path]) =>
        path === null || typeof path === 'string' ? [[name, path] as const] : [],
      ),
    );
  } catch {
    // The file was written by another program, so query Nix instead.
    return new Map();
  }
}
