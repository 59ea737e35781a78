#!/usr/bin/env node
/**
 * How long the features of the language take on a file of 500 lines in a real workspace, beside what was promised.
 *
 *   node bench/features.mjs ROOT [--reps N] [--server PATH]
 *
 * ROOT is copied, without its history, and a module with 22 generators is put into the copy: opened, edited and asked
 * about at every name in it. Needs dist/ (`npm run build`), or a server of another build.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measure } from './driver/measure.mjs';
import { figure } from './driver/report.mjs';
import { ROOT } from './servers.mjs';

/** Milliseconds that 95 of 100 answers may take. */
const LIMITS = {
  completion: 10,
  hover: 10,
  definition: 10,
  typeDefinition: 10,
  documentHighlight: 10,
  prepareCalls: 10,
  codeLens: 10,
  inlayHint: 10,
  documentLink: 10,
  codeAction: 10,
  selectionRange: 10,
  semanticTokens: 10,
  foldingRange: 10,
  documentSymbol: 10,
  references: 50,
  workspaceSymbol: 50,
  rename: 100,
};

const FILE = 'bench-module.nix';
const GENERATORS = 22;

/** A generator in 21 lines, made from the one before, and a use of it. */
function generator(index) {
  const before = index > 0 ? `    dependencies = [ "service-${index - 1}" ];` : '    share = false;';
  const read = index > 0 ? `cat "$in/service-${index - 1}/token" >> "$out/env"` : 'true';
  return `  clan.core.vars.generators.service-${index} = {
${before}
    files.token = { };
    files.env.owner = "service";
    files.id.secret = false;
    prompts.account = {
      description = "Account of service ${index}";
      type = "hidden";
    };
    runtimeInputs = [
      pkgs.openssl
    ];
    script = ''
      openssl rand -hex 32 > "$out/token"
      openssl rand -hex 4 > "$out/id"
      echo "ACCOUNT=$(cat "$prompts/account")" > "$out/env"
      ${read}
    '';
  };
  environment.etc."service-${index}".text = config.clan.core.vars.generators.service-${index}.files.id.value;
  systemd.services.service-${index}.serviceConfig.EnvironmentFile = config.clan.core.vars.generators.service-${index}.files.env.path;
`;
}

function moduleText() {
  return `{ config, pkgs, ... }:\n{\n${Array.from({ length: GENERATORS }, (_, index) => generator(index)).join('\n')}}\n`;
}

/** Where names are that can be asked about: generators, files, words of scripts, uses. */
function placesIn(text) {
  const names = /generators\.(?=service)|files\.(?=\w)|"\$out\/(?=\w)|\$in\/(?=service)|\[ "(?=service)/g;
  return [...text.matchAll(names)].map(match => {
    const before = text.slice(0, match.index + match[0].length + 1);
    const line = before.split('\n').length - 1;
    return { line, character: before.length - before.lastIndexOf('\n') - 1 };
  });
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { reps: { type: 'string', default: '200' }, server: { type: 'string' } },
  });
  const [given] = positionals;
  if (given === undefined) throw new Error('give the workspace: node bench/features.mjs ROOT');
  const work = mkdtempSync(join(tmpdir(), 'varsmith-features-'));
  try {
    const root = join(work, 'workspace');
    cpSync(resolve(given), root, {
      recursive: true,
      verbatimSymlinks: true,
      filter: path => basename(path) !== '.git',
    });
    const text = moduleText();
    writeFileSync(join(root, FILE), text);
    const result = await measure({
      root,
      files: [join(root, FILE)],
      command: [process.execPath, values.server ?? join(ROOT, 'dist', 'server.js'), '--stdio'],
      name: 'varsmith',
      queries: placesIn(text),
      reps: Number(values.reps),
      edits: 0,
      startReps: 1,
      pull: 'no',
      methods: Object.keys(LIMITS),
      settings: { varsmith: { inlayHints: 'all', semanticTokens: true } },
      init: { clientCommands: ['varsmith.tryGenerator', 'varsmith.generate', 'varsmith.showGraph'] },
    });
    print(result, text.split('\n').length);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function print({ requests }, lines) {
  console.log(`${FILE}: ${lines} lines; milliseconds`);
  for (const [name, limit] of Object.entries(LIMITS)) {
    const timed = requests[name];
    if (timed === undefined) {
      console.log(`  ${name.padEnd(20)} not offered`);
      continue;
    }
    const shown = ['p50', 'p95', 'max'].map(key => `${key} ${figure(timed[key]).padStart(6)}`).join('  ');
    const empty = timed.empty > 0 ? `  empty ${timed.empty} of ${timed.n}` : '';
    const failed = timed.failed > 0 ? `  failed ${timed.failed}` : '';
    console.log(
      `  ${name.padEnd(20)}${shown}  limit ${limit}${timed.p95 > limit ? '  OVER' : ''}${empty}${failed}`,
    );
  }
}

main().catch(error => {
  console.error(`features: ${error.message}`);
  process.exitCode = 1;
});
