/**
 * Secrets that can be recognised, shown by failing scripts in every form that scripts give them by accident or on
 * purpose: nothing of them may be seen. Nor may they lie anywhere but in memory and in encrypted files.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { createLastingFleet, type GeneratingFleet } from '../cli/generating-fleet.ts';
import { everythingIn, gitObjects, MEMORY } from '../cli/program.ts';
import { attempts, chance, expectNothingBroken, LIMIT_MS, openLedger, SEED } from './ledger.ts';

const ledger = openLedger('canary');

/** By the name of the file that holds it. */
const SECRETS: Readonly<Record<string, string>> = {
  plain: 'Canary7plain-4f1d9c',
  quoted: 'Canary7it\'s "odd" \\ $x `y`',
  accents: 'Canary7pässwört-ñ',
  lines: 'Canary7one-81f2\nCanary7two-93ac\n',
  long: `Canary7${'Kx9'.repeat(60)}`,
  url: 'Canary7a/b+c=d&e%f',
  spaces: 'Canary7 with  spaces\tand tab',
  shell: 'Canary7!;|&<>*?[]{}~#',
};

/** How a script shows the file `$s`, by name. Bash alone, and what every system has. */
const FORMS: Readonly<Record<string, string>> = {
  cat: 'cat $s',
  stderr: 'cat $s >&2',
  echo: 'echo "value: $v"',
  twice: 'echo "$v$v"',
  within: 'echo "abc${v}def"',
  trace: 'set -x; x="$v"',
  'trace of a command': 'set -x; true "$v"',
  'trace in C': 'export LC_ALL=C; set -x; true "$v"',
  'trace to stdout': 'BASH_XTRACEFD=1; set -x; true "$v"',
  verbose: 'set -v; eval "true $(printf %q "$v")"',
  'printf %q': 'printf "%q\\n" "$v"',
  'printf %q in C': 'LC_ALL=C; printf "%q\\n" "$v"',
  '@Q': 'printf "%s\\n" "${v@Q}"',
  declare: 'declare -p v',
  base64: 'base64 $s',
  'base64 in one line': 'base64 -w 0 $s',
  'base64, shifted': '{ printf x; cat $s; } | base64 -w 0',
  hex: 'od -An -v -tx1 $s | tr -d " \\n"',
  od: 'od -An -v -tx1 $s',
  reversed: 'rev $s',
  'first half': 'printf %s "${v:0:${#v}/2+6}"',
  'second half': 'printf %s "${v:${#v}/2-6}"',
  'cut in two': 'printf "%s-cut-%s" "${v:0:12}" "${v:12}"',
  json: 'v=${v//\\\\/\\\\\\\\}; printf "{\\"v\\":\\"%s\\"}" "${v//\\"/\\\\\\"}"',
  'not set': 'echo "${nope?$v}"',
  'no command': '"$v"',
  'no such file': 'cat "./$v"',
  'a name in $out': 'n=${v//\\//_}; touch "$out/${n:0:200}"',
  'a folder in $out': 'n=${v//\\//_}; mkdir "$out/${n:0:200}"',
  'a name in $out of a success': 'n=${v//\\//_}; touch "$out/${n:0:200}"; echo x > $out/f; exit 0',
  'what kills': 'cat $s; kill -SEGV $$',
};

/** Each with the generator's name behind it. */
const WAYS = [['generate', '--yes', '-g'], ['try'], ['try', '--json'], ['generate', '--yes', '--json', '-g']];

interface Case {
  readonly name: string;
  readonly secret: string;
  readonly form: string;
}

const CASES: readonly Case[] = Object.keys(SECRETS).flatMap((secret, i) =>
  Object.keys(FORMS).map((form, k) => ({
    name: `c${String(i)}-${String(k)}`,
    ...{ secret, form },
  })),
);

function generators(cases: readonly Case[]): string {
  const files = Object.keys(SECRETS).map(
    name => `files.${name} = { }; prompts.${name}.type = "multiline-hidden";`,
  );
  const source = `source = { ${files.join(' ')} script = "cp $prompts/* $out/"; };`;
  const failing = cases.map(
    ({ name, secret, form }) => `${name} = {
      dependencies = [ "source" ]; files.f = { };
      runtimeInputs = [ pkgs.util-linux ];
      script = ''
        s=$in/source/${secret}; v=$(cat $s)
        ${FORMS[form]?.replaceAll('${', "''${")}
        exit 3
      '';
    };`,
  );
  return [source, ...failing].join('\n');
}

/** What must not be seen of a secret: runs of it, and of the forms in which it can be read back. */
function recognised(secret: string): string[] {
  const bytes = Buffer.from(secret.trim());
  const shifted = [0, 1, 2].map(n =>
    Buffer.concat([Buffer.alloc(n), bytes])
      .toString('base64')
      .slice(4, 20),
  );
  const octal = [...bytes]
    .map(byte => (byte < 128 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`))
    .join('');
  const forms = [
    ...secret.trim().split('\n'),
    [...secret.trim()].reverse().join(''),
    ...[bytes.toString('hex'), bytes.toString('hex').replace(/../g, '$& ')],
    encodeURIComponent(secret.trim()),
    JSON.stringify(secret.trim()).slice(1, -1),
    ...[octal, secret.trim().replace(/'/g, "'\\''"), secret.trim().replace(/[^\w-]/g, '\\$&')],
  ];
  // Eight characters take two digits each in hex, and a space between them.
  const hexLength = (form: string) => (form.startsWith('43 61') ? 23 : form.startsWith('4361') ? 16 : 8);
  return [...shifted, ...forms.flatMap(form => runs(form, hexLength(form)))];
}

/** Every run of so many characters. */
function runs(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

async function withFleet(
  cases: readonly Case[],
  body: (made: GeneratingFleet) => Promise<void>,
): Promise<void> {
  const made = await createLastingFleet({});
  try {
    made.machine('m', generators(cases));
    made.git('add', '-A');
    made.git('commit', '-qm', 'generators');
    await body(made);
  } finally {
    made.remove();
  }
}

it(
  'nothing of a secret is seen in what a failing script has shown',
  async () => {
    const luck = chance(SEED);
    const shuffled = CASES.map(one => ({ one, at: luck.below(2 ** 30) })).sort((a, b) => a.at - b.at);
    const cases = shuffled
      .slice(0, attempts('canaries', 20))
      .map(({ one }) => one)
      .filter(({ form }) => ledger.tries(`canary: ${form}`));
    await withFleet(cases, async made => {
      const folder = join(made.home, '../answers');
      mkdirSync(folder);
      const given = Object.entries(SECRETS).flatMap(([name, text]) => {
        writeFileSync(join(folder, name), text);
        return ['--prompt', `source/${name}=@${join(folder, name)}`];
      });
      ledger.count('seen', 0);
      const watching = watch();
      const first = await made.run(['generate', '--yes', '-g', 'source', ...given]);
      const isStored = existsSync(join(made.root, 'vars/per-machine/m/source/plain/secret'));
      // Those that are made of it run with it, and fail as they should.
      ledger.judge('canary: generate', isStored ? null : first.stderr);
      for (const { name, secret, form } of cases) {
        const way = luck.pick(WAYS);
        const run = await made.run([...way, name, ...(way[0] === 'try' ? given : [])]);
        ledger.count('forms');
        const said = run.stdout + run.stderr;
        const wanted = form.endsWith('of a success') ? 0 : 1;
        const ran = run.code === wanted && said.includes(name) ? null : `did not end as it should: ${said}`;
        ledger.judge('canary: runs', ran);
        const seen = recognised(SECRETS[secret] ?? '').find(part => said.includes(part));
        if (seen !== undefined) ledger.count('seen');
        ledger.judge(
          `canary: ${form}`,
          seen === undefined ? null : `${secret} is seen as ${JSON.stringify(seen)}: ${said}`,
        );
      }
      for (const found of watching()) ledger.judge('canary: processes', found);
      const whole = everythingIn(made.root) + gitObjects(made.root) + everythingIn(made.home);
      const places = whole + inMemory();
      ledger.judge('canary: places', places.includes('Canary7') ? 'a secret lies in plain in a file' : null);
    });
    expectNothingBroken(ledger);
  },
  LIMIT_MS,
);

/** What lies in the folders of runs in the file system in memory. */
function inMemory(): string {
  if (!existsSync(MEMORY)) return '';
  const own = readdirSync(MEMORY).filter(name => name.startsWith(`varsmith-${process.pid}.`));
  return own.map(name => everythingIn(join(MEMORY, name))).join('\n');
}

/**
 * Looks at the arguments and environments of processes as often as there is time. Those in a sandbox are the script's own affair.
 *
 * @returns ends it, with what it saw
 */
function watch(): () => string[] {
  const seen = new Set<string>();
  const look = () => {
    for (const pid of existsSync('/proc') ? readdirSync('/proc').filter(name => /^\d+$/.test(name)) : [])
      for (const file of spaceOf(pid) === spaceOf('self') ? ['cmdline', 'environ'] : []) {
        const text = readIfReadable(`/proc/${pid}/${file}`);
        if (text.includes('Canary7')) seen.add(`${file} of a process: ${text.replaceAll('\0', ' ')}`);
      }
  };
  const looking = setInterval(look, 20);
  return () => {
    clearInterval(looking);
    return [...seen];
  };
}

/** What tells the processes of a sandbox from those of the system. */
function spaceOf(process: string): string {
  try {
    return readlinkSync(`/proc/${process}/ns/pid`);
  } catch {
    return '';
  }
}

function readIfReadable(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
