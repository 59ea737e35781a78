// docs/reliability.md: what the attacks of `npm run attack` tried and what held. Pure but for what it is told of the machine.

import { cpus, release, totalmem } from 'node:os';

/**
 * @typedef {{ attack: string, figures: Record<string, number>, broken: readonly string[], known: readonly string[] }} Report
 * @typedef {Report & { seconds: number, seed: number, day: string }} Result
 */

/** What each attack does, and when it holds. */
const WORDS = {
  sandbox: [
    'Scripts that try to leave their box, in the room and in a box of their own, run by root and by an ordinary user: files, processes, sockets, settings of the kernel, system calls; and what they leave in `$out`.',
    'nothing of the host is reached, every run ends, nothing stays in memory',
  ],
  hostile: [
    'A repository of somebody else is looked at: programs and settings that want to be run, links that lead out, pipes and devices, expressions and patterns without end, names with control characters, and random changes of its files.',
    'nothing of it runs, nothing outside is shown, every command ends, no crash, no raw control character',
  ],
  canary: [
    'Secrets with quotes, umlauts, several lines are shown by failing scripts in some 30 forms (traces, quotings, encodings, parts, file names), through `generate` and `try`.',
    'no run of eight characters of a secret is seen, and none lies in a file or in the arguments of a process',
  ],
  crash: [
    '`kill -9` in front of any operation on the file system and behind the start of any program of `generate`, `set` and `fix`; then `generate` once more.',
    'no file is half, no secret lost, the next run ends well, commits what was left and leaves nothing over, values fit each other',
  ],
  faults: [
    'An operation on files of the repository and of Git fails (EIO, ENOSPC, EROFS, EACCES), once or from then on, in `generate`, `set`, `fix`, `rename` and `convert`; then the next run.',
    'no secret is lost or half, none is silently made of an older one, the message names the cause, the next run completes and commits it and leaves nothing over',
  ],
  tamper: [
    'Changes of the file of a stored secret: bits, MAC, rules, types, recipients, structure; read by `get`, as a dependency, and by `fix`.',
    'each is refused, or opens as the value that was stored',
  ],
  git: [
    'Work of others in the index, hooks, signing, locks, merges, worktrees, clones, no identity; a person who commits at the same moment.',
    'nothing of others is committed or lost, the next run commits what was left',
  ],
  protocol: [
    'Frames and messages that mean nothing, requests out of order, random messages during random edits.',
    "every request is answered, errors are the protocol's own, no crash, no 20 messages over 2 s of the processor",
  ],
};

/**
 * What the processes of an attack tried together.
 * @param {string} attack
 * @param {readonly Report[]} reports
 * @returns {Report}
 */
export function sumOf(attack, reports) {
  /** @type {Record<string, number>} */
  const figures = {};
  for (const { figures: some } of reports)
    for (const [name, value] of Object.entries(some))
      figures[name] = name.startsWith('most ')
        ? Math.max(figures[name] ?? 0, value)
        : (figures[name] ?? 0) + value;
  return {
    attack,
    figures,
    broken: reports.flatMap(({ broken }) => broken),
    known: [...new Set(reports.flatMap(({ known }) => known))],
  };
}

/** @param {Report} report */
function figuresOf({ figures, broken }) {
  return Object.entries({ ...figures, broken: broken.length }).map(([name, value]) =>
    name.startsWith('most ')
      ? `at ${name.replace(/^most (\S+)/, `most ${value} $1`)}`
      : `${value.toLocaleString('en')} ${name}`,
  );
}

/** @param {Result} result */
export function figuresLine(result) {
  const held = result.broken.length === 0 ? 'held  ' : 'BROKEN';
  return `${held}  ${result.attack}: ${figuresOf(result).join(', ')}; ${result.seconds} s`;
}

/** @param {readonly Result[]} results */
export function reliabilityPage(results) {
  const rows = results.map(result => {
    const [does, holds] = WORDS[result.attack];
    return `| ${result.attack} | ${does} | ${holds} | ${figuresOf(result).join('<br>')} | ${result.day}, seed ${result.seed}, ${result.seconds} s |`;
  });
  const known = results.flatMap(result => result.known);
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${process.platform} ${release()} ${process.arch}, Node ${process.versions.node}`;
  const who =
    process.getuid?.() === 0
      ? 'as root, who also runs the sandbox as an ordinary user'
      : 'as an ordinary user';
  return `# Reliability

Written by \`npm run attack -- --update\`; not edited by hand. Run ${who}: ${machine}.
\`npm test\` runs a short form of the same with fixed choices.

| attack | what is tried | it holds if | figures | run |
|---|---|---|---|---|
${rows.join('\n')}

${known.length === 0 ? 'Nothing is known to fail.' : `Known not to hold yet: ${known.join('; ')}.`}
`;
}
