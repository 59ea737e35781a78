/**
 * Describes commands that cure findings no edit can cure: what they act on, and the sentence that names
 * them. An editor that has the command offers it instead of showing the sentence.
 */

export type Cure = RunCure | TrackCure;

/** Tells git of files, so that flakes see them. */
export interface TrackCure {
  readonly command: 'track';
  /** Files and folders relative to the root. */
  readonly paths: readonly string[];
}

export interface RunCure {
  /** `generate` creates missing values; `fix` encrypts stored secrets to the recipients they should have. */
  readonly command: 'generate' | 'fix';
  /** The generator, or null for all generators. */
  readonly generator: string | null;
  /** The machines, sorted; empty for all machines. */
  readonly machines: readonly string[];
  /** True for a shared generator, which runs once for any of its machines. */
  readonly shared: boolean;
}

/** Above this number of machines, the command covers everything that is missing. */
const MOST_NAMED = 3;

/** Returns the command as a sentence: `Run \`varsmith generate --machine tove -g mail\`.` */
export function cureSentence(cure: Cure): string {
  return `Run \`${commandLine(cure)}\`.`;
}

/** Returns the message of a finding, followed by the command where it has to be typed. */
export function messageWithCure({
  message,
  cure,
}: {
  readonly message: string;
  readonly cure?: Cure | undefined;
}): string {
  return cure === undefined ? message : `${message} ${cureSentence(cure)}`;
}

function commandLine(cure: Cure): string {
  if (cure.command === 'track') return trackLine(cure.paths);
  const { command, generator, machines, shared } = cure;
  const named = shared ? machines.slice(0, 1) : machines;
  // A named generator would run on every machine that has it, including those where nothing is missing.
  if (named.length > MOST_NAMED) return `varsmith ${command}`;
  return [
    `varsmith ${command}`,
    ...named.map(machine => `--machine ${word(machine)}`),
    ...(generator === null ? [] : [`-g ${word(generator)}`]),
  ].join(' ');
}

/** Returns the command that adds files and folders to git. */
export function trackLine(paths: readonly string[]): string {
  return `git add ${paths.map(word).join(' ')}`;
}

/** Quotes a word of a command line if a shell would interpret it. */
function word(text: string): string {
  return /^[\w.@+][\w.@+/-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A cure as shown in a menu. */
export interface Offer {
  readonly title: string;
  readonly machines: readonly string[];
}

/** Returns the menu entries, best match first: one for all machines, then one per machine if there are few. */
export function offersOf(cure: Cure): Offer[] {
  if (cure.command === 'track') return [{ title: `Add ${cure.paths.join(', ')} to git`, machines: [] }];
  const { command, generator, machines, shared } = cure;
  if (command === 'fix') return [{ title: 'Encrypt stored secrets for the right recipients…', machines }];
  const what = generator === null ? 'what is missing' : `"${generator}"`;
  if (shared) return [{ title: `Generate ${what}`, machines: machines.slice(0, 1) }];
  const offers = machines.map(machine => ({ title: `Generate ${what} for ${machine}`, machines: [machine] }));
  if (machines.length === 1) return offers;
  const all = { title: `Generate ${what} for all ${machines.length} machines`, machines };
  return machines.length > MOST_NAMED ? [all] : [all, ...offers];
}
