/** `varsmith init`: creates a plain clan or the registry pipeline in a repository, without overwriting anything. */
import { basename } from 'node:path';
import { counted } from '../../checks/facts/wording.ts';
import { layPipeline, SYSTEMS } from '../../editor/scaffold/pipeline.ts';
import { layPlainClan } from '../../editor/scaffold/plain-clan.ts';
import { makeKnownToGit } from '../../workspace/add-to-git.ts';
import { makeFolders, writeChanges } from '../../workspace/write.ts';
import { oneOf } from '../arguments.ts';
import { EXIT, type Io, painter, printable } from '../io.ts';
import { nearestRoot, openWorkspace } from '../load.ts';
import { readCommand } from '../table/read-command.ts';

const NOT_TOLD = { began: false, left: null };
const FIRST =
  'Next: create your key with `varsmith keygen`, then generate the values with `varsmith generate`.';

export async function init(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('init', args);
  const system = oneOf('--system', parsed.option('system'), SYSTEMS, 'x86_64-linux');
  // A new fleet has no markers yet by which its root could be found.
  const root = parsed.positions[0] ?? nearestRoot(io.cwd) ?? io.cwd;
  const workspace = await openWorkspace(root, io);
  const around = { fleet: workspace.fleet(), files: workspace.files };
  const machine = parsed.option('machine') ?? 'example';
  const lay = parsed.flag('plain') ? layPlainClan : layPipeline;
  const laid = lay(around, { folder: basename(workspace.root), machine, system });
  if ('refused' in laid) throw new Error(laid.refused);
  const { created, kept, left, next } = laid;
  const dryRun = parsed.flag('dry-run');
  if (!dryRun) {
    makeFolders(
      workspace.root,
      created.map(({ path }) => path),
    );
    writeChanges(
      workspace.root,
      created.map(({ path, text }) => ({ path, before: null, after: text })),
    );
  }
  const paint = painter(io.stdout, io.env);
  for (const { path } of created) io.stdout.write(`${paint('green', 'new ')} ${printable(path)}\n`);
  for (const path of kept) io.stdout.write(`${paint('dim', 'kept')} ${printable(path)}\n`);
  const verb = dryRun ? 'would make' : 'made';
  const rest =
    kept.length === 0 ? '' : `, kept ${kept.length} as ${kept.length === 1 ? 'it is' : 'they are'}`;
  io.stderr.write(
    created.length === 0
      ? 'varsmith: everything already exists.\n'
      : `varsmith: ${verb} ${counted(created.length, 'file')}${rest}.\n`,
  );
  const git =
    dryRun || parsed.flag('no-git')
      ? NOT_TOLD
      : await makeKnownToGit(
          workspace.root,
          created.map(({ path }) => path),
          io.env,
        );
  if (git.began)
    io.stderr.write('varsmith: created a git repository, because a flake only sees files that git tracks.\n');
  const first = created.length === 0 ? [] : [FIRST];
  const notes = dryRun ? left : [...left, ...(git.left === null ? [] : [git.left]), ...next, ...first];
  for (const step of notes) io.stderr.write(`varsmith: ${printable(step)}\n`);
  return EXIT.ok;
}
