/**
 * The real Nix, for comparison: `nix-instantiate` without a store or a daemon.
 */
import { spawn, spawnSync } from 'node:child_process';
import { FILES } from './table.ts';

const ARGUMENTS = ['--store', 'dummy://', '--eval', '--strict', '--json', '-E', '-'];

/** True if Nix is installed. Without it, comparing is skipped; with `CI` set, its absence is an error. */
export const HAS_NIX = spawnSync('nix-instantiate', ['--version']).status === 0;

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string };

const SETTINGS = {
  cwd: FILES,
  env: { ...process.env, NIX_CONFIG: 'build-users-group =', NIX_PATH: '' },
};

/** One evaluation by Nix, in the folder of the tables' files. */
export function nix(expression: string): Answer {
  const maxBuffer = 64 * 1024 * 1024;
  const run = spawnSync('nix-instantiate', ARGUMENTS, {
    ...SETTINGS,
    input: expression,
    encoding: 'utf8',
    maxBuffer,
  });
  return run.status === 0 ? { ok: true, value: parse(run.stdout) } : { ok: false, error: run.stderr };
}

/** Does Nix refuse it? Several are asked at a time. */
export async function refusedByNix(list: readonly string[]): Promise<boolean[]> {
  const refused: boolean[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < list.length; i = next++) refused[i] = await refusesOne(list[i] as string);
  };
  await Promise.all([worker(), worker(), worker()]);
  return refused;
}

function refusesOne(expression: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const run = spawn('nix-instantiate', ARGUMENTS, { ...SETTINGS, stdio: ['pipe', 'ignore', 'ignore'] });
    run.on('error', reject);
    run.on('close', status => resolve(status !== 0));
    run.stdin.end(expression);
  });
}

/** Answers to many expressions; where one fails, the rest is asked in halves until it is found. */
export function nixAll(list: readonly string[]): Answer[] {
  if (list.length === 0) return [];
  if (list.length === 1) return [nix(list[0] as string)];
  const all = nix(`[\n${list.map(expression => `(${expression}\n)`).join('\n')}\n]`);
  if (all.ok) return (all.value as unknown[]).map(value => ({ ok: true, value }));
  const half = list.length >> 1;
  return [...nixAll(list.slice(0, half)), ...nixAll(list.slice(half))];
}

/** JSON with integers as they are: JavaScript's numbers would round the large ones. */
function parse(text: string): unknown {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, token =>
    token.startsWith('"') || /[.eE]/.test(token) ? token : `{"\\u0000int":"${token}"}`,
  );
  return JSON.parse(marked, (_, value) =>
    typeof value === 'object' && value !== null && '\0int' in value ? BigInt(value['\0int']) : value,
  );
}

/** Equal as far as Nix's JSON shows: floats have six digits there, and whole ones look like integers. */
export function same(ours: unknown, theirs: unknown): boolean {
  if (typeof ours === 'number') return Number(ours.toPrecision(6)) === Number(theirs);
  if (Array.isArray(ours))
    return (
      Array.isArray(theirs) && ours.length === theirs.length && ours.every((item, i) => same(item, theirs[i]))
    );
  if (typeof ours === 'object' && ours !== null) {
    if (typeof theirs !== 'object' || theirs === null) return false;
    const [a, b] = [ours as Record<string, unknown>, theirs as Record<string, unknown>];
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every(name => name in b && same(a[name], b[name]));
  }
  return ours === theirs;
}
