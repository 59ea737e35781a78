/** Answers `textDocument/codeLens` and `codeLens/resolve`. */
import type { CancellationToken, CodeLens, CodeLensParams, Command } from 'vscode-languageserver';
import { codeLenses, type LensSubject, lensTitle } from '../../editor/shown/code-lens.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { GENERATE } from '../cures.ts';
import type { GeneratorRef, MachineRef } from '../messages.ts';
import { rangeOf, uriOfPath } from '../to-protocol.ts';
import { locatedIn } from './requested-position.ts';
import { stateOf } from './requested-root.ts';

/** Data of a lens until it is resolved. */
interface LensData {
  readonly subject: LensSubject;
  /** URI of the root. */
  readonly root: string;
}

/** The client's commands that are offered, with their titles. Commands that the client lacks are left out. */
const ACTIONS: Readonly<Record<LensSubject['kind'], readonly (readonly [command: string, title: string])[]>> =
  {
    generator: [
      ['varsmith.tryGenerator', 'Try'],
      [GENERATE, 'Generate'],
      ['varsmith.showGraph', 'Graph'],
    ],
    row: [
      [GENERATE, 'Generate'],
      ['varsmith.previewEnvironment', 'Preview Session'],
    ],
  };

/**
 * Answers the lenses of a document. The title of each name's first lens, which runs nothing, is computed when it is
 * resolved.
 */
export async function onCodeLens(
  analysis: Analysis,
  client: Client,
  params: CodeLensParams,
  token: CancellationToken,
): Promise<CodeLens[] | null> {
  const located = await locatedIn(analysis, params.textDocument.uri, token);
  if (!located) return null;
  const { snapshot, path } = located;
  const root = uriOfPath(located.root);
  return codeLenses(snapshot, path).flatMap(({ at, subject, named }): CodeLens[] => {
    const range = rangeOf(snapshot.files, at);
    if (!range) return [];
    const data: LensData = { root, subject };
    const about = referenceTo(subject, root);
    const actions = ACTIONS[subject.kind].filter(([command]) => named && client.commands.includes(command));
    return [
      { range, data },
      ...actions.map(([command, title]) => ({ range, command: { title, command, arguments: [about] } })),
    ];
  });
}

/**
 * Returns the argument for the client's commands.
 * @param root URI of the root
 */
function referenceTo(subject: LensSubject, root: string): GeneratorRef | MachineRef {
  return subject.kind === 'row'
    ? { kind: 'machine', root, machine: { name: subject.machine } }
    : { kind: 'generator', root, machine: null, generator: { name: subject.generator } };
}

export async function onCodeLensResolve(
  analysis: Analysis,
  lens: CodeLens,
  token: CancellationToken,
): Promise<CodeLens> {
  await analysis.allAnalysed(token);
  const data = lens.data as LensData | undefined;
  const state = data && stateOf(analysis, data.root);
  if (!data || !state) return lens;
  // A command without a name is displayed but cannot be run.
  const command: Command = { title: lensTitle(state.snapshot, data.subject), command: '' };
  return { ...lens, command };
}
