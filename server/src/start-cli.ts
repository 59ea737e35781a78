/** `varsmith`: starts the command line. */
import { SERVER_NEW_SPACE, type Start, start } from './start.ts';

type Tuning = Pick<Start, 'flags' | 'newSpace'>;

/**
 * Flags of V8, by its version, with which functions are optimised after they have run six times as long as V8 would wait. A command
 * ends soon: optimising, which other threads do, took a quarter of its processor time and saved less, on 5 machines as
 * well as on 1,000. V8 complains about flags that it does not have, so only versions are named that have been tried.
 */
const OPTIMISED_LATER: Readonly<Record<string, string>> = {
  '11.3': '--interrupt-budget=800000',
  '12.4': '--invocation-count-for-turbofan=18000',
  '13.6': '--invocation-count-for-turbofan=18000',
};

const [version = ''] = /^\d+\.\d+/.exec(process.versions.v8) ?? [];
const later = OPTIMISED_LATER[version];
const laterFlags = later === undefined ? [] : [later];

const ENDS_SOON: Tuning = { flags: laterFlags, newSpace: null };

/** Commands that are waited for; each keeps compiled code of its own. */
const COMMANDS: Readonly<Record<string, Tuning>> = {
  /** As large as V8 lets it become anyhow: on the way there, it would copy what is in use again and again. */
  check: { flags: laterFlags, newSpace: 16 },
  plan: ENDS_SOON,
  verify: ENDS_SOON,
  list: ENDS_SOON,
  generate: ENDS_SOON,
  /**
   * The model of a large fleet is made once and only grows; V8 would let what is no longer needed of its making grow to
   * as much again before it looks. Looking more often takes a twentieth of the time and saves a tenth of the memory.
   */
  inspect: { flags: [...laterFlags, '--heap-growing-percent=70'], newSpace: null },
  lsp: { flags: [], newSpace: SERVER_NEW_SPACE },
};

const command = process.argv[2] ?? '';
const tuning = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
start(
  {
    program: 'cli',
    purpose: `cli-${tuning === undefined ? 'other' : command}`,
    ...(tuning ?? ENDS_SOON),
    lasts: command === 'lsp',
  },
  module,
);
