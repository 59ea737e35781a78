// Compares one generator on one machine, field by field.

import { fits, fitsHoles, same } from './rows.mjs';

/** A hole that is a package is as good as known. */
const PACKAGE = /^\$\{\s*(lib\.getExe'?\s*\(?\s*)?\(?pkgs\./;
const SILENT = 'Nix could not say here';

/**
 * @param {any} truth what Nix says; what it could not say is absent
 * @param {any} claim what `inspect` says of this machine
 * @param {string} name
 * @param {(field: string, item: string, verdict: import('./rows.mjs').Verdict, nix: unknown, says: unknown, why: string,
 *   at?: string) => import('./rows.mjs').Row} row `at` is the entry's where it is left out
 */
export function generatorRows(truth, claim, name, row) {
  return [
    valueRow('share', name, truth.share, claim.share, row),
    ...fileRows(truth, claim, name, row),
    ...promptRows(truth, claim, name, row),
    ...dependencyRows(truth, claim, name, row),
    ...packageRows(truth, claim, name, row),
    scriptRow(truth, claim, name, row),
    ...validationRows(truth, claim, name, row),
  ];
}

const placeOf = ({ file, line }) => `${file ?? ''}:${line ?? ''}`;
const silent = (field, name, row) => row(field, name, 'silent', null, null, SILENT);
/** What an entry lacks is a claim only where it is given as complete. */
const lacking = (isFull, what) =>
  isFull
    ? ['wrong', `${what} missing in an entry given as full`]
    : ['unknown', `${what} not known (partial)`];

function valueRow(field, item, nix, says, row) {
  if (nix === undefined) return row(field, item, 'silent', null, says, SILENT);
  if (says === null || says === undefined) return row(field, item, 'unknown', nix, null, 'null');
  return row(field, item, same(nix, says) ? 'equal' : 'wrong', nix, says, field);
}

function fileRows({ files }, claim, name, row) {
  if (files === undefined) return [silent('files', name, row)];
  const isFull = claim.completeness === 'full';
  const isPattern = file => file.nameKind === 'pattern';
  const declared = Object.entries(files).flatMap(([file, options]) => {
    const known =
      claim.files.find(each => !isPattern(each) && each.name === file) ??
      claim.files.find(each => isPattern(each) && fits(each.name, file));
    if (known === undefined) {
      const [verdict, why] = lacking(isFull, 'file');
      return [
        row(
          'file',
          file,
          verdict,
          file,
          claim.files.map(each => each.name),
          why,
        ),
      ];
    }
    const verdict = isPattern(known) ? 'unknown' : 'equal';
    const why = isPattern(known) ? 'file name a pattern' : '';
    return [
      row('file', file, verdict, file, known.name, why, placeOf(known)),
      ...['secret', 'deploy', 'owner', 'group', 'mode', 'neededFor'].map(option =>
        valueRow(`file.${option}`, file, options[option], known[option], row),
      ),
    ];
  });
  const surplus = claim.files
    .filter(file => !isPattern(file) && !Object.hasOwn(files, file.name))
    .map(file =>
      row(
        'file',
        file.name,
        file.conditional ? 'unknown' : 'wrong',
        Object.keys(files),
        file.name,
        file.conditional ? 'file marked conditional' : 'file that Nix does not have',
        placeOf(file),
      ),
    );
  return [...declared, ...surplus];
}

function promptRows({ prompts }, claim, name, row) {
  if (prompts === undefined) return [silent('prompts', name, row)];
  const isFull = claim.completeness === 'full';
  const declared = Object.entries(prompts).flatMap(([prompt, options]) => {
    const known =
      claim.prompts.find(each => each.name === prompt) ??
      claim.prompts.find(each => each.name.includes('${') && fits(each.name, prompt));
    if (known === undefined) {
      const [verdict, why] = lacking(isFull, 'prompt');
      return [
        row(
          'prompt',
          prompt,
          verdict,
          prompt,
          claim.prompts.map(each => each.name),
          why,
        ),
      ];
    }
    const isNamed = known.name === prompt;
    const why = isNamed ? '' : 'prompt name a pattern';
    return [
      row('prompt', prompt, isNamed ? 'equal' : 'unknown', prompt, known.name, why, placeOf(known)),
      valueRow('prompt.type', prompt, options.type, known.type, row),
      valueRow('prompt.persist', prompt, options.persist, known.persist, row),
      ...descriptionRows(prompt, options.description, known.description, row),
    ];
  });
  const surplus = claim.prompts
    .filter(prompt => !prompt.name.includes('${') && !Object.hasOwn(prompts, prompt.name))
    .map(prompt =>
      row(
        'prompt',
        prompt.name,
        prompt.conditional ? 'unknown' : 'wrong',
        Object.keys(prompts),
        prompt.name,
        'prompt that Nix does not have',
        placeOf(prompt),
      ),
    );
  return [...declared, ...surplus];
}

/** A prompt that has no description is described by its name. */
function descriptionRows(prompt, nix, says, row) {
  if (says === undefined || says?.includes('${')) return [];
  if (says === null && nix === prompt) return [];
  return [valueRow('prompt.description', prompt, nix, says, row)];
}

function dependencyRows({ dependencies }, claim, name, row) {
  if (dependencies === undefined) return [silent('dependencies', name, row)];
  const isFull = claim.completeness === 'full';
  const says = claim.dependencies.map(dependency => dependency.name);
  const isPattern = dependency => dependency.includes('${');
  if (dependencies.length === 0 && says.length === 0 && isFull)
    return [row('dependency', '(none)', 'equal', [], [], '')];
  const real = dependencies.map(dependency => {
    const cell = (verdict, why) => row('dependency', dependency, verdict, dependencies, says, why);
    if (says.includes(dependency)) return cell('equal', '');
    if (says.some(each => isPattern(each) && fits(each, dependency)))
      return cell('unknown', 'dependency a pattern');
    return cell(...lacking(isFull, 'dependency'));
  });
  const surplus = says
    .filter(dependency => !isPattern(dependency) && !dependencies.includes(dependency))
    .map(dependency =>
      row('dependency', dependency, 'wrong', dependencies, says, 'dependency that Nix does not have'),
    );
  return [...real, ...surplus];
}

/**
 * Packages by their last name: `pkgs.python3Packages.x` and `/NIXPKG/python3Packages.x` are `x`; what is made in place by the function
 * that makes it: `(pkgs.callPackage …)` and `/NIXPKG/callPackage()()` are `callPackage()`.
 */
function packageRows({ runtimeInputs }, claim, name, row) {
  if (runtimeInputs === undefined) return [silent('runtimeInputs', name, row)];
  const last = path => {
    const bare = path.replace(/^\/NIXPKG\//, '').replace(/^\(?pkgs\./, '');
    const maker = /^([\w.'+-]+)[( ]/.exec(bare)?.[1];
    return maker === undefined ? bare.split('.').at(-1) : `${maker.split('.').at(-1)}()`;
  };
  const real = [...new Set(runtimeInputs.map(last))].sort();
  const said = [...new Set(claim.runtimeInputs.map(last))].sort();
  const isMade = path => /[()]/.test(path);
  const isOpen = claim.runtimeInputs.some(path => !/^[\w.'+-]+$/.test(path));
  const isClaim = claim.completeness === 'full' && !isOpen;
  const known = real.map(path => {
    const cell = (verdict, why) => row('runtimeInput', path, verdict, real, said, why);
    if (said.includes(path)) return cell('equal', '');
    return cell(isClaim && !isMade(path) ? 'wrong' : 'unknown', 'package not listed');
  });
  const surplus = said
    .filter(path => !real.includes(path) && /^[\w'+-]+$/.test(path))
    .map(path =>
      row(
        'runtimeInput',
        path,
        real.some(isMade) ? 'unknown' : 'wrong',
        real,
        said,
        'package that Nix does not have',
      ),
    );
  return [...known, ...surplus];
}

function scriptRow({ script }, claim, name, row) {
  if (script === undefined) return silent('script', name, row);
  if (claim.script === null) {
    if (script === '') return row('script', name, 'equal', script, null, '');
    return row(
      'script',
      name,
      claim.completeness === 'full' ? 'wrong' : 'unknown',
      script,
      null,
      'no script seen',
    );
  }
  const { known, text, holes = [] } = claim.script;
  const at = placeOf(claim.script);
  if (!known) return row('script', name, 'unknown', script, null, 'script not known', at);
  if (typeof text !== 'string')
    return row('script', name, 'other', null, null, 'inspect does not print script.text', at);
  if (holes.length === 0) {
    const isSame = text === script;
    const why = isSame ? '' : 'script text differs';
    return row('script (whole)', name, isSame ? 'equal' : 'wrong', script, text, why, at);
  }
  const cell = (verdict, why) => row('script (with holes)', name, verdict, script, text, why, at);
  if (!fitsHoles(text, holes, script)) return cell('wrong', 'script text differs');
  const blind = holes.map(({ start, end }) => text.slice(start, end)).filter(hole => !PACKAGE.test(hole));
  if (blind.length === 0) return cell('equal', '');
  return cell('unknown', `holes: ${[...new Set(blind)].slice(0, 4).join(' ')}`);
}

function validationRows({ validation }, claim, name, row) {
  if (validation === undefined) return [silent('validation', name, row)];
  const says = claim.validation ?? null;
  if (validation === null && says === null) return [];
  if (says === null) return [row('validation', name, 'unknown', validation, null, 'null')];
  return [
    row('validation', name, same(validation, says) ? 'equal' : 'wrong', validation, says, 'validation'),
  ];
}
