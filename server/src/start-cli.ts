/** `varsmith`: starts the command line. */
import { SERVER_NEW_SPACE, type Start, start } from './start.ts';

type Tuning = Pick<Start, 'flags' | 'newSpace'>;

const CHOSEN_BY_V8: Tuning = { flags: [], newSpace: null };

/** Commands that are waited for; each keeps compiled code of its own. */
const COMMANDS: Readonly<Record<string, Tuning>> = {
  /** As large as V8 lets it become anyhow: on the way there, it would copy what is in use again and again. */
  check: { flags: [], newSpace: 16 },
  plan: CHOSEN_BY_V8,
  verify: CHOSEN_BY_V8,
  list: CHOSEN_BY_V8,
  generate: CHOSEN_BY_V8,
  /**
   * The model of a large fleet is made once and only grows; V8 would let what is no longer needed of its making grow to
   * as much again before it looks. Looking more often takes a twentieth of the time and saves a tenth of the memory.
   */
  inspect: { flags: ['--heap-growing-percent=70'], newSpace: null },
  lsp: { flags: [], newSpace: SERVER_NEW_SPACE },
};

const command = process.argv[2] ?? '';
const tuning = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
start(
  {
    program: 'cli',
    purpose: `cli-${tuning === undefined ? 'other' : command}`,
    ...(tuning ?? CHOSEN_BY_V8),
    lasts: command === 'lsp',
  },
  module,
);
