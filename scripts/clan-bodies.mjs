// Asks real Nix what the generators of clan-core's services are, for every version of a service in the history of clan-core:
//
//   node scripts/clan-bodies.mjs --clones DIR --nix NIX --home DIR [--check] [--service NAME]…
//
// --clones, --nix, --home   as of `npm run oracle`; the clone of clan-core has its history
// --check                   writes nothing, and says whether the data is what comes out
// --service                 only these; the others stay as they are
//
// Writes server/src/fleet/catalogue/data/bodies.json (`npm run format` breaks its lines). How it asks: scripts/lib/clan-probes.mjs.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs, promisify } from 'node:util';
import { clanCoreAt, gitOf } from '../test/oracle/clan-core.mjs';
import { harvest } from '../test/oracle/harvest.mjs';
import { prepareSources } from '../test/oracle/sources.mjs';
import { bodiesOf } from './lib/clan-bodies.mjs';
import { ASKED, probingFlake } from './lib/clan-probes.mjs';
import { ROOT } from './lib/root.mjs';

const DATA = join(ROOT, 'server/src/fleet/catalogue/data');
const EVALUATION = join(ROOT, 'scripts/clan-bodies.nix');
/** The history that is asked: from before release 25.11 branched off. Without a time of day, git takes that of now. */
const SINCE = '2025-11-01T23:00:00Z';
const AT_ONCE = 3;
/** Folders outside of the service's own that once declared its generators. */
const ELSEWHERE = { zerotier: ['nixosModules/clanCore/zerotier'] };
const run = promisify(execFile);

const { values } = parseArgs({
  options: {
    clones: { type: 'string' },
    nix: { type: 'string', default: 'nix' },
    home: { type: 'string', default: join(ROOT, 'out/oracle') },
    service: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const { commit: HEAD } = JSON.parse(readFileSync(join(DATA, 'services.json'), 'utf8'));
const home = resolve(values.home);
const prepared = prepareSources({ home, clones: values.clones, nix: values.nix });
const clone = gitOf(values.clones);
const git = (...args) => clone(args).trim();

const file = join(DATA, 'bodies.json');
const made = await main();
if (!values.check) writeFileSync(file, `${JSON.stringify(made, null, 1)}\n`);
else if (!isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), made)) {
  console.error('bodies.json is not what comes out.');
  process.exitCode = 1;
}

async function main() {
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).generators : [];
  const isAsked = service => values.service.length === 0 || values.service.includes(service);
  const services = [...new Set(ASKED.map(({ service }) => service))].filter(isAsked);
  const jobs = services.flatMap(service => versionsOf(service).map(version => ({ service, ...version })));
  console.log(`${jobs.length} versions of ${services.length} services`);
  const answers = [];
  const queue = [...jobs.entries()];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        answers[next[0]] = { ...next[1], machines: await ask(next[1]) };
    }),
  );
  const failed = answers.filter(({ machines }) => machines.some(({ error }) => error !== undefined));
  if (failed.length > 0)
    throw new Error(
      `Nix could not say: ${failed.map(({ service, commit }) => `${service}@${commit}`).join(', ')}`,
    );
  const [current, former] = ['generators.json', 'former-generators.json'].map(
    name => JSON.parse(readFileSync(join(DATA, name), 'utf8')).generators,
  );
  const entries = [...current, ...former.filter(({ roles }) => roles !== undefined)];
  const bodies = bodiesOf(
    answers,
    entries.filter(({ service }) => values.service.length === 0 || isAsked(service)),
  );
  const time = Number(git('log', '-1', '--format=%ct', HEAD));
  return {
    $schema: './bodies.schema.json',
    commit: HEAD,
    since: Math.min(...answers.map(({ since }) => since)),
    until: time,
    generators:
      values.service.length === 0 ? bodies : [...known.filter(({ service }) => !isAsked(service)), ...bodies],
  };
}

/** The versions of a service in the history, the oldest first; a text that was there before is no new version. */
function versionsOf(service) {
  const elsewhere = ELSEWHERE[service] ?? [];
  const paths = [
    `clanServices/${service}/*.nix`,
    ...elsewhere.map(folder => `${folder}/*.nix`),
    `:!clanServices/${service}/tests/*`,
    `:!clanServices/${service}/flake-module.nix`,
  ];
  const history = ['log', '--first-parent', '--format=%H %ct'];
  const before = git(...history, '-1', `--until=${SINCE}`, HEAD);
  const later = git(...history, '--reverse', `--since=${SINCE}`, HEAD, '--', ...paths);
  let last = '';
  return [before, ...later.split('\n')].filter(Boolean).flatMap(line => {
    const [commit, time] = line.split(' ');
    const text = createHash('sha256')
      .update(
        git('ls-tree', '-r', commit, ...[`clanServices/${service}`, ...elsewhere].map(folder => `${folder}/`))
          .split('\n')
          .filter(each => /\.nix$/.test(each) && !/\/tests\/|flake-module/.test(each))
          .join(),
      )
      .digest('hex');
    if (text === last) return [];
    last = text;
    return [{ commit, since: Number(time) }];
  });
}

/** What the probes of a service get at a commit, by machine. */
async function ask({ service, commit }) {
  const kept = join(home, 'clan-bodies', `${service}@${commit.slice(0, 12)}.json`);
  const asked = ASKED.filter(each => each.service === service);
  const key = createHash('sha256')
    .update(JSON.stringify(probingFlake(asked, true)))
    .update(readFileSync(EVALUATION))
    .digest('hex');
  if (existsSync(kept)) {
    const { of, answer } = JSON.parse(readFileSync(kept, 'utf8'));
    if (of === key) return answer;
  }
  const clanCore = clanCoreAt(commit, { clones: values.clones, home });
  const there = existsSync(join(clanCore, 'clanServices', service, 'default.nix'))
    ? readFileSync(join(clanCore, 'clanServices', service, 'default.nix'), 'utf8')
    : null;
  if (there === null) return [];
  const roles = asked.filter(({ role, probes }) =>
    [role, ...Object.keys(probes[0].others ?? {})].every(name => new RegExp(`\\b${name}\\b`).test(there)),
  );
  const { flake, inventory, machines } = probingFlake(roles, existsSync(join(clanCore, 'clanServices/pki')));
  const scratch = join(home, 'clan-bodies', `${service}@${commit.slice(0, 12)}`);
  mkdirSync(join(scratch, 'fleet'), { recursive: true });
  writeFileSync(join(scratch, 'fleet/flake.nix'), flake);
  writeFileSync(join(scratch, 'fleet/probes.json'), JSON.stringify(inventory));
  const spec = harvest(join(scratch, 'fleet'), scratch, { ...prepared, clanCore });
  const answer = [];
  for (const { role, probe, machine } of machines) {
    const all = await evaluated(spec, `import ${EVALUATION} "${machine}"`);
    answer.push({ role, probe, machine, ...all });
    if (all.error)
      console.log(`${service}@${commit.slice(0, 9)} ${role} ${JSON.stringify(probe)}: ${all.error}`);
  }
  const text = JSON.stringify(answer).replaceAll(clanCore, '/CLAN-CORE');
  if (answer.every(({ error }) => error === undefined))
    writeFileSync(kept, JSON.stringify({ of: key, answer: JSON.parse(text) }));
  rmSync(scratch, { recursive: true, force: true });
  return JSON.parse(text);
}

async function evaluated(spec, expression) {
  try {
    const { stdout } = await run(prepared.nix.program, ['eval', '--impure', '--json', '--expr', expression], {
      env: { ...process.env, ...prepared.nix.env, ORACLE_SPEC: spec },
      maxBuffer: 2 ** 30,
      timeout: 180_000,
    });
    return { generators: JSON.parse(stdout) };
  } catch (error) {
    const messages = [...String(error.stderr).matchAll(/error:.*?(?=\n\s*at |\n\n|$)/gs)].map(([text]) =>
      text.trim(),
    );
    const message = (messages.at(-1) ?? error.message).replace(/\s+/g, ' ');
    // The service has no such role yet.
    if (message.includes('uses the following roles')) return { generators: {} };
    if (values.verbose) console.error(error.stderr);
    return { error: message.slice(0, 200) };
  }
}
