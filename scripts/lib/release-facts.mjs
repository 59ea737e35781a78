// What has to be true of a release before anything of it is published. Pure but for reading the project's files.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './root.mjs';
import { workflowProblems } from './workflow-lint.mjs';

const read = file => fs.readFileSync(path.join(ROOT, file), 'utf8');

/** Every place that names the version, with what it names. */
export function versionsNamed() {
  const lock = JSON.parse(read('package-lock.json'));
  return {
    'package.json': JSON.parse(read('package.json')).version,
    'package-lock.json': lock.version,
    'package-lock.json, packages': lock.packages[''].version,
    '.pre-commit-hooks.yaml': /npx --yes varsmith@(\S+)/.exec(read('.pre-commit-hooks.yaml'))?.[1],
    'templates/varsmith.gitlab-ci.yml': /VARSMITH_VERSION: "(.+)"/.exec(
      read('templates/varsmith.gitlab-ci.yml'),
    )?.[1],
  };
}

/** @returns a sentence for each place that names another version than `expected` */
export function versionProblems(named, expected) {
  return Object.entries(named)
    .filter(([, version]) => version !== expected)
    .map(([place, version]) => `${place} names version ${version ?? 'none'}, not ${expected}.`);
}

/** @returns a sentence where the tag is not that of the version */
export function tagProblems(tag, version) {
  return tag === undefined || tag === `v${version}` ? [] : [`The tag ${tag} is not v${version}.`];
}

/**
 * What the changelog says of a version.
 * @param heading `0.1.0` or `Unreleased`
 * @returns null where it says nothing
 */
export function changelogSection(changelog, heading) {
  const lines = changelog.split('\n');
  const start = lines.findIndex(line => line.startsWith(`## [${heading}]`));
  if (start === -1) return null;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(line => line.startsWith('## ') || /^\[[^\]]+\]: /.test(line));
  const text = rest
    .slice(0, end === -1 ? rest.length : end)
    .join('\n')
    .trim();
  return text === '' ? null : text;
}

/** All workflows and actions, with what is wrong with them. */
export function allWorkflowProblems() {
  const folder = '.github/workflows';
  const files = [...fs.readdirSync(path.join(ROOT, folder)).map(name => `${folder}/${name}`), 'action.yml'];
  return files.flatMap(file => workflowProblems(read(file)).map(problem => `${file}: ${problem}`));
}

const FORBIDDEN = [
  [/(^|\/)node_modules\//, 'a dependency'],
  [/(?<!\.d)\.ts$/, 'a source'],
  [/\.map$/, 'a source map'],
  [/(^|\/)(test|bench)\//, 'a test'],
  [/(^|\/)\.env|\.pem$|(^|\/)(keys\.txt|id_[a-z0-9]+)$/, 'perhaps a key'],
];

/** @returns a sentence for each file that has no place in a package, and for each that it lacks */
export function contentProblems(files, needed) {
  const wrong = files.flatMap(file =>
    FORBIDDEN.filter(([pattern]) => pattern.test(file)).map(([, what]) => `${file} is ${what}.`),
  );
  return [...wrong, ...needed.filter(file => !files.includes(file)).map(file => `${file} is missing.`)];
}
