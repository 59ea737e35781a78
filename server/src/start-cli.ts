/** `varsmith`: starts the command line. */
import { GARBAGE_KEPT_SMALL, start } from './start.ts';

/** Commands that are waited for; each keeps compiled code of its own. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  check: [],
  plan: [],
  verify: [],
  list: [],
  generate: [],
  /**
   * The model of a large fleet is made once and only grows; V8 would let what is no longer needed of its making grow to
   * as much again before it looks. Looking more often takes a twentieth of the time and saves a tenth of the memory.
   */
  inspect: ['--heap-growing-percent=70'],
  lsp: [GARBAGE_KEPT_SMALL],
};

const command = process.argv[2] ?? '';
const isKnown = Object.hasOwn(FLAGS, command);
start(
  {
    program: 'cli',
    purpose: `cli-${isKnown ? command : 'other'}`,
    flags: (isKnown && FLAGS[command]) || [],
    lasts: command === 'lsp',
  },
  module,
);
