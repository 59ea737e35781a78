/**
 * Plans a new generator from a template: in an existing module, in a file of its own, or in a service module
 * that creates one per instance or machine. Pure; a file that cannot be edited with certainty is rejected with
 * a reason.
 */
import { attributeText, isBareName } from '../../edits/edits.ts';
import { didYouMean, suggest } from '../../edits/suggest.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import { machineFiles } from '../names/machine-files.ts';
import { inOrder, type Refused, type Scaffolded, type ScaffoldSources, shownAt } from './scaffold.ts';
import { type Imported, importedBy } from './scaffold-import.ts';
import { intoModule } from './scaffold-module.ts';
import {
  TEMPLATE_CHOICES,
  type TemplateBinding,
  templateBindings,
  usesPackages,
} from './scaffold-templates.ts';

export interface GeneratorWish {
  readonly name: string;
  /** The id of a template. */
  readonly template: string;
  /** Relative to the root; created if it does not exist. */
  readonly file: string;
  /** The machines that import the file. */
  readonly importedBy: readonly string[];
}

export interface ServiceWish {
  readonly name: string;
  readonly template: string;
  /** Whether there is one generator per instance of the service, or per machine with any instance. */
  readonly per: 'instance' | 'machine';
}

/** Matches the names that clan accepts. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Returns what is wrong with a new generator's name, or `null`. */
export function generatorNameProblem(fleet: Fleet, name: string): string | null {
  if (name === '') return 'Give the generator a name.';
  if (!NAME.test(name)) return 'A name begins with a letter and has letters, digits, dashes and underscores.';
  const taken = fleet.generators.find(generator => generator.name === name);
  const place = taken?.definitions[0]?.at.file;
  return place === undefined ? null : `A generator "${name}" already exists in ${place}.`;
}

/** Returns what is wrong with a new service's name, or `null`. */
export function serviceNameProblem({ files }: ScaffoldSources, name: string): string | null {
  if (name === '') return 'Give the service a name.';
  if (!NAME.test(name)) return 'A name begins with a letter and has letters, digits, dashes and underscores.';
  return files.kind(servicePath(name)) === null ? null : `${servicePath(name)} is there already.`;
}

function servicePath(name: string): string {
  return `services/${name}/default.nix`;
}

/** Returns the modules that can get a generator, those that declare some first. */
export function generatorFiles({ fleet, files }: ScaffoldSources): readonly string[] {
  const declaring = [...fleet.units.values()]
    .filter(unit => unit.definitions.length > 0 && !fleet.registries.some(({ file }) => file === unit.file))
    .map(unit => unit.file);
  const modules = machineFiles(fleet);
  const moduleFiles = [...new Set([...declaring.sort(), ...[...modules].sort()])];
  const probe: readonly TemplateBinding[] = [{ name: 'probe', lines: ['{ };'] }];
  return moduleFiles.filter(path => {
    const file = files.parse(path);
    return file !== null && !('refused' in intoModule(file, probe, modules.has(path)));
  });
}

export function newGenerator(around: ScaffoldSources, wish: GeneratorWish): Scaffolded | Refused {
  const { fleet, files } = around;
  const problem = generatorNameProblem(fleet, wish.name);
  if (problem !== null) return { refused: problem };
  const bindings = templateBindings(wish.template, wish.name);
  if (bindings === null) return noTemplate(wish.template);
  const second = bindings[1];
  const clash = second === undefined ? null : generatorNameProblem(fleet, second.name);
  if (clash !== null) return { refused: clash };
  if (!isInside(wish.file)) return { refused: `${wish.file} is not a Nix file of this folder.` };
  const unknown = wish.importedBy.find(machine => !fleet.modules.has(machine));
  if (unknown !== undefined) return noMachine(unknown, [...fleet.modules.keys()]);
  const imported = importedBy(around, wish.file, wish.importedBy);
  if (files.kind(wish.file) === null) return newModule(wish, bindings, imported);
  const file = files.parse(wish.file);
  if (file === null || file.errors.length > 0) {
    return { refused: `${wish.file} is not valid Nix: fix it first.` };
  }
  const insertion = intoModule(file, bindings, machineFiles(fleet).has(wish.file));
  if ('refused' in insertion) return insertion;
  const edits = inOrder([...insertion.edits, ...imported.edits]);
  return { edits, shown: shownAt(edits, insertion.main, wish.name), notes: importNotes(wish.file, imported) };
}

function newModule(
  { name, file, importedBy: machines }: GeneratorWish,
  bindings: readonly TemplateBinding[],
  imported: Imported,
): Scaffolded {
  const text = `${formalsFor(bindings)}\n{\n${generatorLines(bindings, '  ').join('\n')}\n}\n`;
  const edit = { file, start: 0, end: 0, text };
  const homework = machines.length === 0 ? [`Import ${file} in the machines that should have it.`] : [];
  return {
    edits: inOrder([edit, ...imported.edits]),
    shown: shownAt([edit], edit, name),
    notes: [...importNotes(file, imported), ...homework],
  };
}

function importNotes(file: string, { machines, left }: Imported): readonly string[] {
  return [
    ...(machines.length === 0 ? [] : [`${file} is imported by ${machines.join(', ')}.`]),
    ...(left.length === 0
      ? []
      : [
          `Import ${file} in ${left.join(', ')} yourself: no module there has \`imports\` that can be edited.`,
        ]),
  ];
}

function noMachine(name: string, machines: readonly string[]): Refused {
  return { refused: `There is no machine "${name}".${didYouMean(suggest(name, machines))}` };
}

export function newService(around: ScaffoldSources, wish: ServiceWish): Scaffolded | Refused {
  const { name } = wish;
  const problem = serviceNameProblem(around, name);
  if (problem !== null) return { refused: problem };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Nix
  const generatorName = wish.per === 'instance' ? name.concat('-${instanceName}') : name;
  const bindings = templateBindings(wish.template, generatorName);
  if (bindings === null) return noTemplate(wish.template);
  const text = serviceNix(wish, bindings);
  const edit = { file: servicePath(name), start: 0, end: 0, text };
  const module = `modules.${attributeText(name)} = ./services/${name};`;
  return {
    edits: [edit],
    shown: shownAt([edit], edit, 'manifest.name'),
    notes: [`Add it to the clan (${module}), and assign it to machines with an instance in the inventory.`],
  };
}

function serviceNix({ name, per }: ServiceWish, bindings: readonly TemplateBinding[]): string {
  const indented = (lines: readonly string[], by: number) =>
    lines.map(line => (line === '' ? '' : ' '.repeat(by) + line));
  const module = [
    'nixosModule =',
    `  ${formalsFor(bindings)}`,
    '  {',
    ...generatorLines(bindings, '    '),
    '  };',
  ];
  const body = ['{', ...indented(module, 2), '};'];
  const lines = [
    `# A service with separate vars for each ${per} that has it.`,
    '{ ... }:',
    '{',
    '  _class = "clan.service";',
    `  manifest.name = "${name}";`,
    '  manifest.description = "What the service is for";',
    '',
    ...(per === 'instance'
      ? [
          '  roles.default = {',
          '    description = "Machines that have the service";',
          '    perInstance =',
          '      { instanceName, ... }:',
          ...indented(body, 6),
          '  };',
        ]
      : [
          '  roles.default.description = "Machines that have the service";',
          '',
          '  perMachine =',
          '    { ... }:',
          ...indented(body, 4),
        ]),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** Returns the lines of generators: a single one as an attribute path, several as a set. */
function generatorLines(bindings: readonly TemplateBinding[], indent: string): string[] {
  const lines = bindings.flatMap(({ name, lines: [first = '', ...others] }) => [
    `${quoted(name)} = ${first}`,
    ...others,
  ]);
  const set =
    bindings.length === 1
      ? lines.map((line, index) => (index === 0 ? `clan.core.vars.generators.${line}` : line))
      : ['clan.core.vars.generators = {', ...lines.map(line => (line === '' ? '' : `  ${line}`)), '};'];
  return set.map(line => (line === '' ? '' : indent + line));
}

/**
 * Quotes a name if necessary.
 *
 * @param name as in a string; may have holes
 */
function quoted(name: string): string {
  return isBareName(name) ? name : `"${name}"`;
}

function formalsFor(bindings: readonly TemplateBinding[]): string {
  return usesPackages(bindings) ? '{ pkgs, ... }:' : '{ ... }:';
}

function isInside(path: string): boolean {
  return path.endsWith('.nix') && !path.startsWith('/') && !path.split('/').includes('..');
}

function noTemplate(id: string): Refused {
  const ids = TEMPLATE_CHOICES.map(choice => choice.id).join(', ');
  return { refused: `There is no template "${id}". There are ${ids}.` };
}
