/** Programs that are called `nix` and `nix-eval-jobs` and are neither: slow, failing, hanging, lying, or of another age. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '../host/folders.ts';

export interface StandIn {
  /** What `nix --version` prints. */
  readonly version?: string;
  /** What `nix flake metadata` does, as shell. */
  readonly metadata?: string;
  /** What evaluating the names of the machines does, as shell. */
  readonly names?: string;
  /** What evaluating a machine does, by its name, as shell. */
  readonly machines?: Readonly<Record<string, string>>;
  /** What evaluating a failed part of a machine once more does, by the machine's name, as shell. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** What evaluating the parts of scripts does, and building them, as shell. */
  readonly parts?: string;
  readonly build?: string;
  /** What nix-eval-jobs does for the job of a machine, which is `$job`, as shell. It is not installed where this is left out. */
  readonly jobs?: Readonly<Record<string, string>>;
  /** The options that nix-eval-jobs has. */
  readonly jobOptions?: readonly string[];
}

/** Options of nix-eval-jobs 2.31, by its README. */
const JOB_OPTIONS = [
  ...['apply', 'expr', 'flake', 'force-recurse', 'gc-roots-dir', 'help', 'max-memory-size', 'meta'],
  ...['no-instantiate', 'option', 'select', 'show-trace', 'workers'],
];

/** Shell that prints the line of a job, as the README shows it. */
export const jobPrinting = (value: unknown): string =>
  jobLine({
    ...{ drvPath: '/nix/store/k8a51ax83554c67g98xf3y751vjgjs7m-facts.drv', name: 'facts', system: 'builtin' },
    meta: { value: JSON.stringify(value) },
    outputs: { out: '/nix/store/d0mzprvv3vhasj23r1a6qn8qip0srbc4-facts' },
  });

/** Shell that prints that a job does not evaluate. */
export const jobFailing = (error: string): string => jobLine({ error });

function jobLine(more: object): string {
  const [start, end] = JSON.stringify({ attr: 'JOB', attrPath: ['JOB'], ...more }).split(
    '"attrPath":["JOB"]',
  );
  const head = (start as string).replace('JOB', '$job').replaceAll('"', '\\"');
  return `printf '%s' "${head}\\"attrPath\\":[\\"$job\\"]"\ncat <<'END'\n${end}\nEND`;
}

export const METADATA = {
  path: '/nix/store/source',
  locked: { narHash: 'sha256-AAAA' },
  revision: 'abc1234def',
};

/** Shell that prints a value as JSON. */
export const printing = (value: unknown): string => `cat <<'END'\n${JSON.stringify(value)}\nEND`;

/** Shell that says something on standard error and fails. */
export const failing = (stderr: string): string => `cat >&2 <<'END'\n${stderr}\nEND\nexit 1`;

/** A machine with these generators, as Nix tells it. */
export function machine(generators: Readonly<Record<string, unknown>>, more: object = {}) {
  const names = Object.keys(generators);
  const nothing = { sops: { ok: null }, age: { ok: null }, templates: { ok: null }, positions: { ok: [] } };
  return { hasVars: true, generatorNames: names, generators, ...nothing, ...more };
}

/** A generator, as Nix tells it. */
export function generator(more: object = {}) {
  const ok = (value: unknown) => ({ ok: value });
  return {
    ...{ share: ok(false), dependencies: ok([]), files: ok({}), prompts: ok({}), runtimeInputs: ok([]) },
    ...{ script: ok(''), validation: ok(null) },
    ...more,
  };
}

/** @returns the environment in which `nix` is the stand-in, with a home of its own */
export function withNix({
  version = 'nix (Nix) 2.26.3',
  metadata = printing(METADATA),
  names,
  machines = {},
  reasons = {},
  parts = 'exit 7',
  build = 'exit 7',
  jobs,
  jobOptions = JOB_OPTIONS,
}: StandIn) {
  const home = testFolder();
  const listed = names ?? printing({ nixos: Object.keys(machines), darwin: [] });
  // A whole machine is asked for by its name; the names of machines by none.
  const cases = [
    ...Object.entries(machines).map(([name, does]) => `*'names "${name}"'*)\n${does}\n;;`),
    ...Object.entries(reasons).map(([name, does]) => `*'in force (generators "${name}")'*)\n${does}\n;;`),
  ];
  const script = `#!/bin/sh
echo "$@" >> ${home}/asked
case "$1" in
--version) echo ${JSON.stringify(version)} ;;
flake) ${metadata}
;;
build) ${build}
;;
eval)
for question; do :; done
case "$question" in
*getContext*) ${parts}
;;
${cases.join('\n')}
*) ${listed}
;;
esac
;;
esac
`;
  const nix = join(home, 'nix');
  writeFileSync(nix, script);
  chmodSync(nix, 0o755);
  if (jobs !== undefined) writeJobs(home, jobs, jobOptions);
  return { env: { PATH: `${home}:/usr/bin:/bin`, HOME: home }, home };
}

/** A program that goes through the jobs of an expression in their order, with one worker. */
function writeJobs(home: string, jobs: NonNullable<StandIn['jobs']>, options: readonly string[]) {
  const program = join(home, 'nix-eval-jobs');
  const cases = Object.entries(jobs).map(([name, does]) => `${name})\n${does}\n;;`);
  writeFileSync(
    program,
    `#!/bin/sh
echo "jobs $@" >> ${home}/asked
if [ "$1" = --help ]; then
cat <<'END'
USAGE: nix-eval-jobs [options] expr

${options.map(name => `  --${name.padEnd(20)} about it`).join('\n')}
END
exit
fi
for question; do :; done
for pair in $(echo "$question" | grep -o 'm[0-9]* = job (names "[^"]*"' | sed 's/ = job (names "/:/; s/"$//'); do
job=\${pair%%:*}
case "\${pair#*:}" in
${cases.join('\n')}
esac
done
`,
  );
  chmodSync(program, 0o755);
}
