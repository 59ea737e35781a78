/**
 * Answers Varsmith's own requests about Nix. Nix is started when the client asks for it in a trusted workspace, and never else.
 * Its code is loaded with the first request.
 */
import type { CancellationToken } from 'vscode-languageserver';
import type { NixAnswer, NixWitness } from '../fleet/model/nix-answer.ts';
import type { Asked, AskOptions } from '../workspace/nix-witness.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Analysis } from './analysis.ts';
import { messageOf, throwIfCancelled } from './guard.ts';
import type { AskNixParams, Disagreement, NixAnswered, NixOutcome } from './messages.ts';
import type { StatusLine } from './status.ts';
import { uriOfPath } from './to-protocol.ts';

/** What a server can do with Nix where programs can be started. */
export interface NixDoor {
  /** Asks Nix about the flake in a folder (absolute path). */
  readonly ask: (root: string, options: AskOptions) => Promise<Asked>;
  /** Returns an account of what Nix contradicts. */
  readonly account: (witnesses: readonly NixWitness[], version: string) => Promise<Disagreement>;
}

/** The parts of the server that asking needs. */
export interface Asking {
  readonly analysis: Analysis;
  /** `null` where no program can be started. */
  readonly nix: NixDoor | null;
  readonly status: Pick<StatusLine, 'nix'>;
}

const NOT_TRUSTED = 'Nix is asked only about folders that you trust.';
const NO_PROGRAMS = 'Programs cannot be started here, so Nix cannot be asked.';

/** Asks Nix about each folder with a flake, one after the other. */
export async function onAskNix(
  asking: Asking,
  { trusted }: AskNixParams,
  token: CancellationToken,
): Promise<readonly NixOutcome[]> {
  const { analysis, nix } = asking;
  await analysis.allAnalysed(token);
  const reason = nix === null ? NO_PROGRAMS : trusted ? null : NOT_TRUSTED;
  const outcomes: NixOutcome[] = [];
  for (const workspace of analysis.folders.all()) {
    if (workspace.files.text('flake.nix') === null) continue;
    const asked = nix === null || reason !== null ? null : await askAbout(asking, nix, workspace, token);
    outcomes.push({ root: uriOfPath(workspace.root), answer: null, reason, ...asked });
  }
  return outcomes;
}

async function askAbout(
  { analysis, status }: Asking,
  nix: NixDoor,
  workspace: Workspace,
  token: CancellationToken,
): Promise<Pick<NixOutcome, 'answer' | 'reason'>> {
  const stopping = new AbortController();
  const cancelled = token.onCancellationRequested(() => stopping.abort());
  // Nix reads what is on disk.
  const edits = workspace.noteEdits(workspace.files.unsaved());
  status.nix('asking Nix');
  try {
    const asked = await nix.ask(workspace.root, {
      signal: stopping.signal,
      onMachine: (_, done, all) => status.nix(`asking Nix: ${done} of ${all} machines`),
    });
    throwIfCancelled(token);
    if ('absent' in asked) return { answer: null, reason: asked.absent };
    const { answer, milliseconds, at } = asked;
    workspace.witnessed(answer, { at, changed: edits.changed() });
    analysis.schedule();
    return { answer: answered(answer, milliseconds), reason: null };
  } catch (error) {
    throwIfCancelled(token);
    return { answer: null, reason: `Nix could not be asked: ${messageOf(error)}` };
  } finally {
    cancelled.dispose();
    edits.end();
    status.nix(null);
  }
}

function answered({ version, machines, failure }: NixAnswer, milliseconds: number): NixAnswered {
  const failed = machines.filter(({ failures }) => failures.length > 0).map(({ name }) => name);
  return { version, machines: machines.length, failed, failure: failure?.message ?? null, milliseconds };
}

/** Returns an account of what Nix contradicts in all folders. */
export async function onDisagreement(
  { analysis, nix }: Pick<Asking, 'analysis' | 'nix'>,
  version: string,
): Promise<Disagreement | null> {
  const fleets = analysis
    .states()
    .flatMap(({ snapshot }) => (snapshot.fleet.nix === null ? [] : [snapshot.fleet.nix]));
  return fleets.length === 0 || nix === null ? null : nix.account(fleets, version);
}
