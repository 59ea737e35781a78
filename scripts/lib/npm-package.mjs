// What the npm package `varsmith` holds: the command line as it is bundled, the schemas and types of its outputs, completions
// and the manual page. Nothing of VS Code, no dependencies, nothing that runs when it is installed.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './root.mjs';
import { typesPage } from './schema-types.mjs';

/** The commands whose JSON has a schema. */
const OUTPUTS = ['check', 'inspect', 'access', 'plan', 'verify', 'list', 'doctor'];

/** Where the completions of a shell lie in the package, as the shell looks for them. */
const COMPLETIONS = {
  bash: 'completions/varsmith.bash',
  zsh: 'completions/_varsmith',
  fish: 'completions/varsmith.fish',
  nushell: 'completions/varsmith.nu',
};

const COPIES = ['README.md', 'CHANGELOG.md', 'LICENSE'];
const PROGRAM = /^(?:cli|programs)\.js$|\.wasm$|^THIRD-PARTY-NOTICES\.txt$/;

/** The manifest of the package, from that of the extension. */
export function npmManifest({ name, version, license, repository, keywords, engines }) {
  const home = repository.url.replace(/\.git$/, '');
  return {
    name,
    version,
    description: 'Checks, generates and shows the vars of NixOS fleets: command line and language server.',
    license,
    homepage: `${home}#readme`,
    bugs: `${home}/issues`,
    repository: { type: 'git', url: `git+${home}.git` },
    keywords: [...keywords, 'language-server', 'lsp', 'linter', 'sarif'],
    engines: { node: engines.node },
    bin: { [name]: 'dist/cli.js' },
    man: [`man/${name}.1`],
    types: './index.d.ts',
    exports: {
      '.': { types: './index.d.ts' },
      './schemas/*': './schemas/*',
      './package.json': './package.json',
    },
    files: ['dist', 'completions', 'man', 'schemas', 'index.d.ts', 'LICENSE.tree-sitter-nix', 'CHANGELOG.md'],
    publishConfig: { access: 'public', provenance: true },
  };
}

/** The types of the outputs, from their schemas. */
export function outputTypes() {
  const schemas = OUTPUTS.map(name => [name[0].toUpperCase() + name.slice(1), readSchema(name)]);
  return typesPage(Object.fromEntries(schemas));
}

function readSchema(name) {
  return JSON.parse(fs.readFileSync(path.join(ROOT, 'docs/schemas', `${name}.schema.json`), 'utf8'));
}

/**
 * Lays the package out as a folder.
 * @param dist where the command line has been built
 * @param folder made anew
 */
export function stageNpmPackage(dist, folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  const put = (file, text) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  };
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  put('package.json', `${JSON.stringify(npmManifest(manifest), null, 2)}\n`);
  put('index.d.ts', outputTypes());
  for (const name of [...OUTPUTS, 'varsmith'])
    put(
      `schemas/${name}.schema.json`,
      fs.readFileSync(path.join(ROOT, 'docs/schemas', `${name}.schema.json`)),
    );
  for (const file of COPIES) put(file, fs.readFileSync(path.join(ROOT, file)));
  put('LICENSE.tree-sitter-nix', fs.readFileSync(path.join(ROOT, 'server/grammar/LICENSE.tree-sitter-nix')));
  for (const file of fs.readdirSync(dist).filter(name => PROGRAM.test(name)))
    put(`dist/${file}`, fs.readFileSync(path.join(dist, file)));
  fs.chmodSync(path.join(folder, 'dist/cli.js'), 0o755);
  const says = (...args) =>
    execFileSync(process.execPath, [path.join(dist, 'cli.js'), ...args], {
      env: { ...process.env, VARSMITH_NO_CODE_CACHE: '1' },
    });
  for (const [shell, file] of Object.entries(COMPLETIONS)) put(file, says('completions', shell));
  put('man/varsmith.1', says('man'));
}
