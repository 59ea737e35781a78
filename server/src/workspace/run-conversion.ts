/**
 * Converts secrets of sops-nix and agenix to vars, from the request to the written files: opens keys, rehearses the
 * conversion in memory, and applies it unless the run is dry.
 */
import { findAllKeys } from '../generate/backends/keys.ts';
import { sourceChanges } from '../generate/repository/sources.ts';
import type { RunFleet } from '../generate/run/run-fleet.ts';
import { notingDisk, withSession } from '../generate/run/run-session.ts';
import { RunFailure } from '../generate/run-failure.ts';
import { forgetReplaced, noteReplaced, restoringChanges } from '../host/files/replaced-files.ts';
import type { Identity } from '../store/age/recipients.ts';
import { type ConversionOptions, type Rehearsal, rehearseConversion } from './convert-secrets.ts';
import type { Workspace } from './workspace.ts';

export interface ConversionRequest {
  readonly wish: ConversionOptions;
  /** Identities to try in addition to the usual ones. */
  readonly identities: readonly Identity[];
  /** True if nothing is written. */
  readonly isDry: boolean;
  /** True if nothing is converted unless every selected secret can be. */
  readonly needsAll: boolean;
}

export interface ConversionReporter {
  /** Reports a sentence. */
  note(sentence: string): void;
  /** Checks the rehearsal. Anything thrown here ends the run before a file is written. */
  rehearsed(rehearsal: Rehearsal): void;
  /** Reports the conversion, which has been applied unless the run is dry. */
  ended(rehearsal: Rehearsal): void;
}

/** A fleet and its workspace, whose modules the conversion edits. */
export type ConvertedFleet = RunFleet & { readonly workspace: Workspace };

/**
 * Runs a conversion.
 * @returns the rehearsal, with the converted and the remaining secrets
 * @throws Error if `needsAll` and not every secret can be converted; StoreFailure, HostFailure; errors of the
 * reporter
 */
export async function runConversion(
  fleet: ConvertedFleet,
  request: ConversionRequest,
  reporter: ConversionReporter,
): Promise<Rehearsal> {
  const note = (sentence: string) => reporter.note(sentence);
  const { workspace, environment } = fleet;
  const rehearse = async () => {
    const keys = await findAllKeys(environment, request.identities);
    const rehearsal = await rehearseConversion(workspace, environment, keys, request.wish);
    reporter.rehearsed(rehearsal);
    return rehearsal;
  };
  if (request.isDry) {
    const rehearsal = await notingDisk(fleet, note, rehearse);
    reporter.ended(rehearsal);
    return rehearsal;
  }
  return withSession(fleet, { commit: false, note }, async session => {
    const rehearsal = await rehearse();
    const { converted, kept, modules, encrypted, removed, read } = rehearsal;
    if (request.needsAll && kept.length > 0)
      throw new Error([...kept.map(secret => secret.reason), 'Nothing was changed.'].join('\n'));
    if (converted.length > 0) {
      const { changes, unchanged } = sourceChanges(environment.root, [...modules, ...encrypted]);
      const removals = removed.map(path => ({ kind: 'remove', path }) as const);
      const all = [...changes, ...removals, ...rehearsal.changes];
      const inside = all.filter(change => change.kind !== 'outside');
      // What another program keeps cannot be taken back.
      if (inside.length < all.length) await forgetReplaced(session.notesAt);
      else await noteReplaced(session.notesAt, environment.root, inside);
      await session.apply(all, 'vars: convert secrets', [...unchanged, ...read]);
    }
    reporter.ended(rehearsal);
    return rehearsal;
  });
}

/**
 * Takes the last conversion back: restores all files that it wrote, and git's index of them.
 * @param note reports a sentence
 * @returns the paths of files and folders that were restored or removed
 * @throws RunFailure if there is no conversion to take back; HostFailure if a file has changed since then
 */
export async function undoConversion(
  fleet: RunFleet,
  note: (sentence: string) => void,
): Promise<readonly string[]> {
  return withSession(fleet, { commit: false, note }, async session => {
    const changes = await restoringChanges(session.notesAt, fleet.environment.root);
    if (changes === null)
      throw new RunFailure(
        'There is no conversion to take back here.',
        'Only the last one can be taken back.',
      );
    await session.apply(changes, 'vars: take a conversion back');
    await forgetReplaced(session.notesAt);
    return changes.map(({ path }) => path);
  });
}
