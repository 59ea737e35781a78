/**
 * A run that another program, such as an editor, watches and answers: one JSON object per line, with the types of
 * `client/src/run-protocol.ts`. If that program goes away, the run is cancelled.
 */
import type {
  ConfirmEvent,
  QuestionEvent,
  RunAnswer,
  RunEvent,
} from '../../../../client/src/run-protocol.ts';
import { Cancelled } from '../../generate/run-failure.ts';
import { type Io, UsageError } from '../io.ts';
import { jsonLine } from '../output/json-text.ts';

type Asking = Omit<ConfirmEvent, 'id'> | Omit<QuestionEvent, 'id'>;

export interface Conversation {
  /** Aborted when the other program asks to stop, or is gone. */
  readonly signal: AbortSignal;
  tell(event: Exclude<RunEvent, ConfirmEvent | QuestionEvent>): void;
  /**
   * Asks the other program and waits for its answer.
   * @throws Cancelled
   */
  ask(event: Asking): Promise<RunAnswer['answer']>;
  close(): void;
}

/**
 * Starts a conversation.
 * @throws UsageError if there is nothing to read answers from
 */
export function openConversation({ stdin, stdout, interruption }: Io): Conversation {
  if (stdin === undefined || stdin.isTTY)
    throw new UsageError('--events is for programs, which answer on standard input. Leave it out here.');
  const gone = new AbortController();
  const waiting = new Map<number, (answer: RunAnswer['answer']) => void>();
  const stop = stdin.lines(
    line => {
      const answer = answerIn(line);
      if (answer === null) return;
      waiting.get(answer.id)?.(answer.answer);
      waiting.delete(answer.id);
    },
    () => gone.abort(),
  );
  const signal = interruption ? AbortSignal.any([gone.signal, interruption()]) : gone.signal;
  let asked = 0;
  const write = (event: object) => stdout.write(`${jsonLine(event)}\n`);
  return {
    signal,
    tell: write,
    ask: event =>
      new Promise((resolve, reject) => {
        const cancel = () => reject(new Cancelled());
        if (signal.aborted) return cancel();
        signal.addEventListener('abort', cancel, { once: true });
        const id = ++asked;
        waiting.set(id, answer => {
          signal.removeEventListener('abort', cancel);
          resolve(answer);
        });
        write({ ...event, id });
      }),
    close: stop,
  };
}

/**
 * Returns the answer in a line, or `null` if there is none. An invalid line is never quoted, as it may contain a
 * secret.
 */
function answerIn(line: string): RunAnswer | null {
  try {
    const message = JSON.parse(line);
    const isAnswer =
      typeof message?.answer === 'string' || typeof message?.answer === 'boolean' || message?.answer === null;
    return Number.isInteger(message?.id) && isAnswer ? message : null;
  } catch {
    return null;
  }
}
