/** `varsmith add sops`: adds a value to an encrypted file of sops-nix, and its declaration to a module. */
import { editedFiles } from '../../editor/scaffold/scaffold.ts';
import {
  planSopsSecret,
  type RefusedChoice,
  type SopsPlan,
  sopsChoices,
} from '../../editor/scaffold/scaffold-sops.ts';
import { findKeys, type Keys } from '../../generate/backends/keys.ts';
import { created, type SopsFile, valuesIn, withAdded } from '../../generate/backends/sops-files.ts';
import { sourceChanges } from '../../generate/repository/sources.ts';
import { withSession } from '../../generate/run/run-session.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import { namedIdentities } from '../identities.ts';
import { EXIT, type Io, printable, say, UsageError } from '../io.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { printDiff } from '../output/check/check-fix.ts';
import { jsonText } from '../output/json-text.ts';
import { givenValue, randomValue } from '../reporter/given-value.ts';
import { readCommand } from '../table/read-command.ts';

export async function addSops(args: readonly string[], io: Io): Promise<number> {
  const parsed = readCommand('add sops', args);
  const [, name, root] = parsed.positions;
  if (name === undefined) throw new UsageError('Specify its name: varsmith add sops NAME.');
  const inside = (option: 'file' | 'module') => {
    const path = parsed.option(option);
    if (path === undefined) return null;
    const inside = path.startsWith('/') ? null : joinPath('', path);
    if (inside === null) throw new UsageError(`--${option} takes a path inside the root, relative to it.`);
    return inside;
  };
  const wish = { name, key: parsed.option('key') ?? null, file: inside('file'), module: inside('module') };
  const identities = namedIdentities(parsed.options('identity'), io);
  const open = await openFleet(root, io, { needsClan: false });
  const around = { fleet: open.fleet(), files: open.files };
  const plan = planSopsSecret(around, wish);
  if (parsed.flag('dry-run')) return preview(open, plan, parsed.flag('json'), io);
  if ('refused' in plan) throw new Error(plan.refused);
  return withSession(open, { commit: false, note: sentence => say(io, sentence) }, async session => {
    const keys = await findKeys(open.environment, 'sops', identities);
    const before = plan.creation === null ? (open.files.text(plan.file) ?? '') : null;
    // Checked before anything is typed: a file that cannot be decrypted cannot be changed.
    if (before !== null && plan.format !== 'binary') await valuesIn(documentOf(plan), before, keys);
    const value = parsed.flag('random') ? randomValue() : await givenValue(name, io);
    if (value.length === 0) throw new UsageError('The value is empty. Nothing was changed.');
    const after = await encrypted(open, plan, keys, before, value);
    const edited = [{ path: plan.file, before, after }, ...editedFiles(around, plan.edits)];
    const { changes, unchanged } = sourceChanges(open.root, edited);
    await session.apply(changes, `secrets: add ${name}`, unchanged);
    if (parsed.flag('json'))
      io.stdout.write(`${jsonText({ schemaVersion: 1, ...planData(plan, edited) })}\n`);
    else
      for (const { path, before: old } of edited)
        io.stdout.write(`${old === null ? 'new    ' : 'changed'} ${printable(path)}\n`);
    say(io, ...plan.notes);
    return EXIT.ok;
  });
}

function encrypted(
  { environment }: OpenFleet,
  plan: SopsPlan,
  keys: Keys,
  before: string | null,
  value: Uint8Array,
): Promise<string> {
  const added = { names: plan.names, value };
  if (plan.creation !== null)
    return created({ ...plan, path: plan.file }, keys, plan.creation, added, environment);
  return withAdded(documentOf(plan), before ?? '', keys, added, environment);
}

/** Returns the plan's file. The plan rejects files of other formats. */
function documentOf({ file, format }: SopsPlan): SopsFile & { readonly format: 'yaml' | 'json' } {
  return { path: file, format: format === 'json' ? 'json' : 'yaml' };
}

/** Shows the planned change. As JSON it includes the available choices, for an editor that asks. */
function preview(open: OpenFleet, plan: SopsPlan | RefusedChoice, json: boolean, io: Io): number {
  const around = { fleet: open.fleet(), files: open.files };
  if (json) {
    const { files, modules } = sopsChoices(around);
    const data = 'refused' in plan ? plan : planData(plan, editedFiles(around, plan.edits));
    io.stdout.write(`${jsonText({ schemaVersion: 1, ...data, choices: { files, modules } })}\n`);
    return EXIT.ok;
  }
  if ('refused' in plan) throw new Error(plan.refused);
  printDiff(editedFiles(around, plan.edits), io);
  const { file, names, creation } = plan;
  const what = names.length === 0 ? 'the value' : `the key "${names.join('/')}"`;
  const whom = creation === null ? '' : `, a new file for ${creation.recipients.join(', ')}`;
  say(io, `${what} would be written, encrypted, to ${file}${whom}.`, ...plan.notes);
  return EXIT.ok;
}

function planData(
  { file, module, names, creation, shown }: SopsPlan,
  edited: readonly { readonly path: string; readonly after: string }[],
) {
  const text = edited.find(file => file.path === shown?.file)?.after;
  const line = text === undefined ? null : text.slice(0, shown?.offset).split('\n').length;
  return { file, module, line, key: names.join('/'), creates: creation !== null };
}
