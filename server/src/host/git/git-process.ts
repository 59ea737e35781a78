/** Runs git in a work tree, either to change something or read-only. Does not know the commands' purpose. */
import { HostFailure } from '../host-failure.ts';
import { type ProcessResult, runProcess } from '../programs/process.ts';
import { withoutKeys } from '../programs/program-environment.ts';
import { LOOKING, LOOKING_ENVIRONMENT } from './read-only-git.ts';

const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

interface GitInput {
  /** Standard input. */
  readonly input?: string;
  /** Absolute path of an index to use instead of the person's. */
  readonly index?: string;
}

export interface Git {
  /** Runs git. */
  run(args: readonly string[], options?: GitInput): Promise<ProcessResult>;
  /**
   * Runs git and returns its output.
   * @param action continues "Cannot"
   * @throws HostFailure with git's message if it fails
   */
  runChecked(args: readonly string[], action: string, options?: GitInput): Promise<string>;
  /** Runs git in a way that starts no programs of the repository. */
  runReadOnly(args: readonly string[], options?: GitInput): Promise<ProcessResult>;
  /** Runs git like `must`, in a way that starts no programs of the repository. */
  runReadOnlyChecked(args: readonly string[], action: string, options?: GitInput): Promise<string>;
}

/**
 * Returns git for a work tree.
 * @param program absolute path of git
 * @param root absolute path of a folder in the work tree
 * @param env the person's environment variables
 */
export function gitIn(program: string, root: string, env: Readonly<Record<string, string | undefined>>): Git {
  const changing = { ...withoutKeys(env), GIT_LITERAL_PATHSPECS: '1', LC_ALL: 'C' };
  const looking = { ...changing, ...LOOKING_ENVIRONMENT };
  const start = (
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    { input, index }: GitInput,
  ) =>
    runProcess(program, args, {
      cwd: root,
      env: index === undefined ? environment : { ...environment, GIT_INDEX_FILE: index },
      timeLimitMs: TIME_LIMIT_MS,
      outputLimitBytes: OUTPUT_LIMIT_BYTES,
      ...(input === undefined ? {} : { input: Buffer.from(input, 'utf8') }),
    });
  const run: Git['run'] = (args, options = {}) => start(args, changing, options);
  const runReadOnly: Git['runReadOnly'] = (args, options = {}) =>
    start([...LOOKING, ...args], looking, options);
  return {
    ...{ run, runReadOnly },
    runChecked: async (args, action, options) => printed(await run(args, options), action),
    runReadOnlyChecked: async (args, action, options) => printed(await runReadOnly(args, options), action),
  };
}

function printed(result: ProcessResult, action: string): string {
  if (result.code === 0) return result.stdout.toString('utf8');
  throw new HostFailure('other', `Cannot ${action}: ${gitError(result)}`);
}

/** Returns git's error message as a sentence. */
export function gitError({ end, stderr, stdout }: ProcessResult): string {
  if (end === 'timeout') return 'git did not respond in time.';
  const lines = `${stderr.toString('utf8')}\n${stdout.toString('utf8')}`.split('\n').map(line => line.trim());
  return `git says: ${lines
    .filter(line => line !== '')
    .slice(0, 3)
    .join(' ')}`;
}
