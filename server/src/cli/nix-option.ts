/**
 * Implements `--nix`: asks Nix about the fleet of a command, merges its answer into the fleet, and reports on standard
 * error what does not evaluate.
 */

import { counted } from '../checks/facts/wording.ts';
import type { NixFailure } from '../fleet/model/nix-answer.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Parsed } from './arguments.ts';
import { type Io, say, UsageError } from './io.ts';
import { chosenMachines } from './machine-share.ts';
import type { NixReport } from './output/nix-report.ts';

/**
 * Returns Nix's answer, or null if it was not requested or Nix is missing, which is reported.
 * @throws UsageError if the person interrupts it
 */
export async function askedByOption(parsed: Parsed, workspace: Workspace, io: Io): Promise<NixReport | null> {
  const asked = await askedOrAbsent(parsed, workspace, io);
  return asked === null || 'absent' in asked ? null : asked;
}

/**
 * Returns the same, or why Nix could not be asked; null if it was not requested.
 * @throws UsageError if the person interrupts it
 */
export async function askedOrAbsent(
  parsed: Parsed,
  workspace: Workspace,
  io: Io,
): Promise<NixReport | { readonly absent: string } | null> {
  const isWanted = chosenMachines(parsed);
  if (!parsed.flag('nix')) return null;
  const { askAbout } = await import('../workspace/nix-witness.ts');
  const signal = io.interruption?.();
  const asked = await askAbout(workspace.root, {
    env: io.env,
    signal,
    isWanted,
    onMachine({ name, failures }, done, all) {
      for (const failure of failures)
        say(
          io,
          `Nix does not evaluate ${partOf(failure)}${name} (${done} of ${all}): ${failureText(failure)}`,
        );
    },
  });
  if (signal?.aborted) throw new UsageError('Stopped while Nix was asked.');
  if ('absent' in asked) {
    say(io, `${asked.absent} Results are those without Nix.`);
    return asked;
  }
  const { answer } = asked;
  if (answer.failure !== null) say(io, `Nix does not evaluate the flake: ${failureText(answer.failure)}`);
  const silent = answer.machines.filter(({ facts }) => facts === null).length;
  if (silent > 0) say(io, `Nix has no answer about ${counted(silent, 'machine')}.`);
  workspace.witnessed(answer, { at: asked.at, changed: new Set() });
  return asked;
}

/** Returns what fails of a machine: `generator key of machine `. */
function partOf({ generator, secret }: NixFailure): string {
  if (generator !== undefined) return `generator ${generator} of machine `;
  return secret === undefined ? 'machine ' : `secret ${secret} of machine `;
}

/** Returns the error message after its place: `hosts/lea.nix:3:5: attribute 'x' missing`. */
function failureText({ message, at }: NixFailure): string {
  return at === null ? message : `${at.file}:${at.line}:${at.column}: ${message}`;
}
