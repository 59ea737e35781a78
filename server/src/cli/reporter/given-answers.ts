/** Reads answers to prompts from the command line: `--prompt GENERATOR/PROMPT=VALUE`, or `=@FILE`. */
import { readFileSync } from 'node:fs';
import type { GivenAnswer } from '../../generate/run/answers.ts';
import { absolutePath } from '../arguments.ts';
import { type Io, UsageError } from '../io.ts';

const STDIN = '@-';

const SHAPE = /^(?:([\w-]+):)?([^/=]+)\/([^=]+)=(.*)$/s;

/**
 * Returns the answers in the options.
 * @param watched true if another program answers on standard input, which is reserved for it then
 * @throws UsageError
 */
export async function givenAnswers(
  options: readonly string[],
  watched: boolean,
  io: Io,
): Promise<GivenAnswer[]> {
  const answers: GivenAnswer[] = [];
  let warned = false;
  for (const option of options) {
    const [, machine, generator, prompt, value] = SHAPE.exec(option) ?? [];
    // The invalid text is not quoted, as it may be the secret itself.
    if (generator === undefined || prompt === undefined || value === undefined)
      throw new UsageError('--prompt takes GENERATOR/PROMPT=@FILE or MACHINE:GENERATOR/PROMPT=@FILE.');
    if (value !== '' && !value.startsWith('@') && !warned) {
      io.stderr.write(
        'varsmith: Arguments are visible to everyone on this computer: --prompt GENERATOR/PROMPT=@FILE is safer.\n',
      );
      warned = true;
    }
    if (value === STDIN && watched)
      throw new UsageError(
        'With --events, standard input is for the answers to questions: --prompt cannot read it (=@-).',
      );
    const bytes = value.startsWith('@') ? await bytesOf(value.slice(1), io) : Buffer.from(value, 'utf8');
    answers.push({ machine: machine ?? null, generator, prompt, value: bytes });
  }
  return answers;
}

/**
 * Returns the content of a file.
 * @param file a path, or `-` for standard input
 */
async function bytesOf(file: string, io: Io): Promise<Uint8Array> {
  if (file === '-') {
    if (io.stdin === undefined || io.stdin.isTTY)
      throw new UsageError('There is nothing on standard input to read an answer from.');
    return io.stdin.read();
  }
  try {
    return readFileSync(absolutePath(io.cwd, file));
  } catch (error) {
    throw new UsageError(`"${file}" cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
