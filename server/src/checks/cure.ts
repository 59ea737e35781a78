/**
 * Commands that cure a finding where no edit of the files can: what they are about, and the sentence that names them.
 * An editor that has such a command offers it instead of the sentence.
 */

export interface Cure {
  /** `generate`: makes values that are missing; `fix`: encrypts stored secrets to those they should be for. */
  readonly command: 'generate' | 'fix';
  /** The generator; null where all are meant. */
  readonly generator: string | null;
  /** The machines, sorted; empty where all are meant. */
  readonly machines: readonly string[];
  /** Of a generator that is shared: it runs once, for whichever machine. */
  readonly shared: boolean;
}

/** Above these many machines, a command is about all that is missing. */
const MOST_NAMED = 3;

/** Returns `Run \`varsmith generate --machine tove -g mail\`.` */
export function cureSentence(cure: Cure): string {
  return `Run \`${commandLine(cure)}\`.`;
}

/** Returns what a finding says where the command has to be typed. */
export function messageWithCure({
  message,
  cure,
}: {
  readonly message: string;
  readonly cure?: Cure | undefined;
}): string {
  return cure === undefined ? message : `${message} ${cureSentence(cure)}`;
}

function commandLine({ command, generator, machines, shared }: Cure): string {
  const named = shared ? machines.slice(0, 1) : machines;
  // A generator that is named runs wherever it is, also where nothing is missing.
  if (named.length > MOST_NAMED) return `varsmith ${command}`;
  return [
    `varsmith ${command}`,
    ...named.map(machine => `--machine ${word(machine)}`),
    ...(generator === null ? [] : [`-g ${word(generator)}`]),
  ].join(' ');
}

/** Returns a word of a command line, in quotes where a shell would read anything into it. */
function word(text: string): string {
  return /^[\w.@+][\w.@+/-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A cure as a menu offers it. */
export interface Offer {
  readonly title: string;
  readonly machines: readonly string[];
}

/** The most fitting first: for all machines at once, then for each where they are few. */
export function offersOf({ command, generator, machines, shared }: Cure): Offer[] {
  if (command === 'fix') return [{ title: 'Encrypt stored secrets to those they should be for…', machines }];
  const what = generator === null ? 'what is missing' : `"${generator}"`;
  if (shared) return [{ title: `Generate ${what}`, machines: machines.slice(0, 1) }];
  const each = machines.map(machine => ({ title: `Generate ${what} for ${machine}`, machines: [machine] }));
  if (machines.length === 1) return each;
  const all = { title: `Generate ${what} for all ${machines.length} machines`, machines };
  return machines.length > MOST_NAMED ? [all] : [all, ...each];
}
