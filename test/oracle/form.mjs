// What is wrong with the form of an entry of `inspect`: the fields that say how much of it is certain (README.md, "What inspect
// claims"). A build that does not print them is not judged by them.

import { same } from './rows.mjs';

const BODY = [
  'completeness',
  'share',
  'files',
  'prompts',
  'dependencies',
  'runtimeInputs',
  'script',
  'validation',
];

/** Which of the fields a build prints: all do where nothing shows that it does not. */
export function printedFields(generators) {
  const prints = (list, field) => list.length === 0 || list.some(entry => entry[field] !== undefined);
  return {
    machinesComplete: prints(generators, 'machinesComplete'),
    scriptText: prints(
      generators.flatMap(({ script }) => script ?? []),
      'text',
    ),
    perMachine: prints(generators, 'perMachine'),
  };
}

/** @returns {Generator<string>} sentences */
export function* formFaults(entry, printed) {
  if (printed.machinesComplete) yield* machinesFaults(entry);
  if (printed.perMachine) yield* perMachineFaults(entry);
  if (printed.scriptText)
    for (const { script } of [entry, ...(entry.perMachine ?? [])]) if (script) yield* scriptFaults(script);
}

function* machinesFaults({ machinesComplete, machines }) {
  if (typeof machinesComplete !== 'boolean') yield 'machinesComplete is no boolean';
  if (machinesComplete === true && machines === null) yield 'machinesComplete is true and machines is null';
}

function* perMachineFaults(entry) {
  if (!Array.isArray(entry.perMachine)) {
    yield 'perMachine is no list';
    return;
  }
  const names = entry.perMachine.map(({ machine }) => machine);
  if (new Set(names).size < names.length) yield 'perMachine names a machine twice';
  for (const body of entry.perMachine) {
    if (!entry.machines?.includes(body.machine))
      yield `perMachine names ${body.machine}, which is not among machines`;
    const missing = BODY.filter(field => body[field] === undefined);
    if (missing.length > 0) yield `perMachine of ${body.machine} lacks ${missing.join(', ')}`;
    else if (BODY.every(field => same(body[field], entry[field])))
      yield `perMachine of ${body.machine} says what the entry says`;
  }
}

function* scriptFaults({ text, known, holes = [] }) {
  if (text === undefined) yield 'script.text is missing';
  if (known !== (typeof text === 'string')) yield 'script.known does not fit script.text';
  let at = 0;
  for (const { start, end, expression } of holes) {
    if (start < at || end <= start || end > (text?.length ?? 0)) {
      yield 'script.holes are not in order inside the text';
      return;
    }
    if (text.slice(start, end) !== `\${${expression}}`) {
      yield `a hole of the script is not \${${expression}} in its text`;
      return;
    }
    at = end;
  }
}
