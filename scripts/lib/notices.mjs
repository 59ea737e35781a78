// The notices of everything that is bundled, as the licences want them in every copy.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/** What is shipped beside the bundles and comes from no package. */
const OTHERS = [
  { name: 'tree-sitter-nix', license: 'MIT', text: () => read('server/grammar/LICENSE.tree-sitter-nix') },
];

/**
 * The folders of packages that files lie in, nested ones included, relative to the root.
 * @param {Iterable<string>} files relative to the root, with `/` between names
 */
export function packageFolders(files) {
  const folders = new Set();
  for (const file of files) {
    const found = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    if (found !== undefined) folders.add(found);
  }
  return [...folders].sort();
}

/**
 * @param {Iterable<string>} files that are bundled or copied, relative to the root
 * @throws Error where a package has no licence file
 */
export function noticesOf(files) {
  const notices = new Map();
  for (const folder of packageFolders(files)) {
    const { name, version, license } = JSON.parse(read(`${folder}/package.json`));
    notices.set(`${name} ${version} (${license})`, licenseIn(folder, name));
  }
  for (const { name, license, text } of OTHERS) notices.set(`${name} (${license})`, text());
  const rule = '-'.repeat(80);
  const parts = [...notices]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([title, text]) => `${rule}\n${title}\n${rule}\n\n${text.trim()}\n`);
  return `Varsmith includes the following software.\n\n${parts.join('\n')}`;
}

function licenseIn(folder, name) {
  const file = readdirSync(join(ROOT, folder)).find(one => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(one));
  if (file === undefined) throw new Error(`The package ${name} has no licence file in ${folder}.`);
  return read(`${folder}/${file}`);
}

function read(path) {
  if (!existsSync(join(ROOT, path))) throw new Error(`${path} is not there.`);
  return readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n');
}
