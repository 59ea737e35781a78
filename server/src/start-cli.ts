/** `varsmith`: starts the command line. */
import { type Start, start } from './start.ts';
import { OF_SERVER, OPTIMISED_LATER } from './tuning.ts';

type Tuning = Omit<Start, 'program' | 'purpose'>;

const ENDS_SOON: Tuning = { flags: OPTIMISED_LATER, newSpace: null, lasts: false };

/** Commands that are waited for; each keeps compiled code of its own. */
const COMMANDS: Readonly<Record<string, Tuning>> = {
  /** As large as V8 lets it become anyhow: on the way there, it would copy what is in use again and again. */
  check: { ...ENDS_SOON, newSpace: 16 },
  plan: ENDS_SOON,
  verify: ENDS_SOON,
  list: ENDS_SOON,
  generate: ENDS_SOON,
  /**
   * The model of a large fleet is made once and only grows; V8 would let what is no longer needed of its making grow to
   * as much again before it looks. Looking more often takes a twentieth of the time and saves a tenth of the memory.
   */
  inspect: { ...ENDS_SOON, flags: [...OPTIMISED_LATER, '--heap-growing-percent=70'] },
  lsp: OF_SERVER,
};

const command = process.argv[2] ?? '';
const tuning = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
start(
  {
    program: 'cli',
    purpose: `cli-${tuning === undefined ? 'other' : command}`,
    ...(tuning ?? ENDS_SOON),
  },
  module,
);
