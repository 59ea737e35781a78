/** Types of form.mjs for the tests. */

export interface PrintedFields {
  readonly machinesComplete: boolean;
  readonly scriptText: boolean;
  readonly perMachine: boolean;
}

export function formFaults(entry: object, printed: PrintedFields): Generator<string>;
