/** What Nix was asked and said, as `--nix` shows it: for programs, and in a line for people. */

import { counted } from '../../checks/facts/wording.ts';
import type { NixAnswer, NixFailure, NixMachine } from '../../fleet/model/nix-answer.ts';

export interface NixReport {
  readonly answer: NixAnswer;
  /** How long it took to ask, kept answers included. */
  readonly milliseconds: number;
}

export function nixData({ answer, milliseconds }: NixReport) {
  const { version, revision, machines, failure } = answer;
  return {
    ...{ version, revision, milliseconds },
    machines: machines.map(machineData),
    failure: failure === null ? null : failureData(failure),
  };
}

function machineData({ name, class: machineClass, milliseconds, isKept, facts, failures }: NixMachine) {
  return {
    name,
    class: machineClass,
    milliseconds,
    kept: isKept,
    evaluated: facts !== null,
    generators: facts?.generatorNames.length ?? null,
    failures: failures.map(failureData),
  };
}

function failureData({ kind, message, at, frames }: NixFailure) {
  return {
    ...{ kind, message },
    ...{ file: at?.file ?? null, line: at?.line ?? null, column: at?.column ?? null },
    frames,
  };
}

/** `Nix 2.26.3 at 113980e: 12 of 13 machines in 34 s`. */
export function nixText({ answer, milliseconds }: NixReport): string {
  const { version, revision, machines } = answer;
  const evaluated = machines.filter(({ facts }) => facts !== null).length;
  const kept = machines.filter(({ isKept }) => isKept).length;
  const at = revision === null ? '' : ` at ${revision.replace(/^([0-9a-f]{7})[0-9a-f]*/, '$1')}`;
  return [
    `Nix ${version}${at}: evaluates ${evaluated} of ${counted(machines.length, 'machine')}`,
    `${(milliseconds / 1000).toFixed(1)} s`,
    ...(kept > 0 ? [`${counted(kept, 'answer')} of an earlier time`] : []),
  ].join(', ');
}
