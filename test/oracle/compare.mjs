// Compares what Nix says of a fleet (ask.mjs) with what `varsmith inspect --format json` says. Only claims can be wrong: what is
// null, a pattern, or not complete says nothing.

import { generatorRows } from './compare-generator.mjs';
import { formFaults, printedFields } from './form.mjs';
import { distinct, fits, same } from './rows.mjs';

/** Tags that clan-core adds by itself. */
const COMPUTED_TAGS = new Set(['all', 'nixos', 'darwin']);

/**
 * @param {import('./ask.mjs').Truth} truth
 * @param {any} inspected the JSON of `inspect`
 * @param {{ merged?: boolean }} [how] `merged`: judge the entries alone, as a reader who does not look into `perMachine`
 * @returns {readonly import('./rows.mjs').Row[]}
 */
export function compare(truth, inspected, { merged = false } = {}) {
  return distinct([
    ...formRows(inspected.generators),
    ...Object.entries(truth.machines).flatMap(([name, machine]) => machineRows(name, machine, inspected)),
    ...strangeMachines(truth, inspected),
    ...Object.entries(truth.machines).flatMap(([name, machine]) => [
      ...Object.entries(machine.generators ?? {}).flatMap(([generator, body]) =>
        placedRows(name, generator, body, inspected, merged),
      ),
      ...(machine.generators === undefined ? [] : surplusRows(name, machine.generators, inspected)),
    ]),
  ]);
}

const placeOf = ({ file, line }) => (file ? `${file}:${line}` : '');
const placesOf = entry =>
  entry.definitions?.map(placeOf).join(' ') || (entry.catalogue ? `catalogue: ${entry.catalogue}` : '');

const ofMachine = (machine, field, verdict, nix, says, why, at = '') => ({
  origin: 'fleet',
  machines: [machine],
  generator: '',
  field,
  item: machine,
  ...{ verdict, nix, says, why, at },
});

function formRows(generators) {
  const printed = printedFields(generators);
  return generators.flatMap(entry =>
    [...new Set(formFaults(entry, printed))].map(why => ({
      origin: 'fleet',
      machines: [],
      generator: entry.name,
      field: 'form',
      item: entry.name,
      ...{ verdict: 'wrong', nix: null, says: null, why, at: placesOf(entry) },
    })),
  );
}

function machineRows(name, truth, { machines }) {
  const evaluation =
    truth.generators === undefined
      ? [ofMachine(name, 'evaluation', 'silent', null, null, 'the machine does not evaluate')]
      : [];
  const machine = machines.find(each => each.name === name);
  if (machine === undefined)
    return [...evaluation, ofMachine(name, 'machine', 'unknown', name, null, 'machine not listed')];
  const at = placeOf(machine);
  const listed = ofMachine(name, 'machine', 'equal', name, name, '');
  return [...evaluation, listed, classRow(name, truth, machine, at), ...tagRows(name, truth, machine, at)];
}

function classRow(name, truth, machine, at) {
  const verdict =
    truth.class === undefined
      ? 'silent'
      : machine.class === null
        ? 'unknown'
        : machine.class === truth.class
          ? 'equal'
          : 'wrong';
  return ofMachine(name, 'class', verdict, truth.class ?? null, machine.class, 'class', at);
}

function tagRows(name, truth, machine, at) {
  if (truth.tags === undefined) return [];
  const own = tags => [...new Set(tags)].filter(tag => !COMPUTED_TAGS.has(tag)).sort();
  const real = own(truth.tags);
  const said = own(machine.tags);
  const verdict = same(real, said) ? 'equal' : said.some(tag => !real.includes(tag)) ? 'wrong' : 'unknown';
  return [ofMachine(name, 'tags', verdict, real, said, 'tags', at)];
}

function strangeMachines({ inventory, machines }, inspected) {
  if (inventory === null) return [];
  return inspected.machines
    .filter(({ name }) => !inventory.includes(name) && !Object.hasOwn(machines, name))
    .map(machine =>
      ofMachine(
        machine.name,
        'machine',
        'other',
        null,
        machine.name,
        'a machine outside of clan, or of what is evaluated',
        placeOf(machine),
      ),
    );
}

/** A generator that Nix has on a machine: whether it is known there, and what it is. */
function placedRows(machine, name, truth, inspected, merged) {
  const row = (field, item, verdict, nix, says, why, at) => ({
    origin: truth.origin,
    machines: [machine],
    generator: name,
    ...{ field, item, verdict, nix, says, why, at },
  });
  const named = inspected.generators.filter(entry => entry.name === name && entry.nameKind !== 'pattern');
  const here = named.filter(({ machines }) => machines?.includes(machine));
  const open = named.filter(({ machines, conditional }) => machines === null || conditional);
  const [entry, ...more] = [here, open, named].find(list => list.length > 0) ?? [];
  if (entry === undefined) return [patternRow(name, inspected.generators, row)];
  const at = placesOf(entry);
  const isCertain = inspected.machines.find(each => each.name === machine)?.generators.includes(name);
  return [
    row('generator', name, 'equal', name, name, '', at),
    onMachineRow(machine, { here, open, named }, row, at),
    ...(isCertain ? [row('certain', machine, 'equal', true, true, '', at)] : []),
    ...(more.length > 0
      ? [row('ambiguous', name, 'other', null, more.length + 1, 'several entries', at)]
      : []),
    ...generatorRows(truth, bodyOn(entry, machine, merged), name, (...cells) =>
      row(...cells.slice(0, 6), cells[6] ?? at),
    ),
  ];
}

function patternRow(name, generators, row) {
  const literal = pattern => pattern.replace(/\$\{[^}]*\}/g, '').length;
  const [shape] = generators
    .filter(entry => entry.nameKind === 'pattern' && fits(entry.name, name))
    .sort((a, b) => literal(b.name) - literal(a.name));
  if (shape === undefined) return row('generator', name, 'unknown', name, null, 'not seen', '');
  const why = shape.completeness === 'opaque' ? 'only an opaque collection' : 'name known as a pattern';
  return row('generator', name, 'unknown', name, shape.name, why, placesOf(shape));
}

function onMachineRow(machine, { here, open, named }, row, at) {
  const says = (verdict, value, why) => row('on machine', machine, verdict, true, value, why, at);
  if (here.length > 0) return says('equal', true, '');
  if (named.every(entry => denies(entry, machine)))
    return says(
      'wrong',
      named[0].machines,
      named[0].machinesComplete === true
        ? 'machine missing from a list that is complete'
        : 'machine missing from those that may have it',
    );
  return open.length > 0
    ? says('unknown', open[0].machines, open[0].conditional ? 'conditional' : 'machines not known')
    : says('unknown', named[0].machines, 'machine missing from a list that may go on');
}

/** Whether an entry says that a machine does not have it. */
function denies({ machines, machinesComplete, possibleMachines }, machine) {
  if (machines?.includes(machine)) return false;
  return machinesComplete === true || possibleMachines?.includes(machine) === false;
}

/** What an entry says of one machine. */
function bodyOn(entry, machine, merged) {
  const own = merged ? undefined : entry.perMachine?.find(body => body.machine === machine);
  return own === undefined ? entry : { ...entry, ...own };
}

/** Generators that are claimed for a machine which does not have them. */
function surplusRows(machine, generators, inspected) {
  const entryOf = name => inspected.generators.find(entry => entry.name === name);
  const certain = inspected.generators
    .filter(entry => entry.nameKind !== 'pattern' && !entry.conditional && entry.machines?.includes(machine))
    .map(({ name }) => name);
  const listed = inspected.machines.find(({ name }) => name === machine)?.generators ?? [];
  return [...new Set([...certain, ...listed])]
    .filter(name => !Object.hasOwn(generators, name) && !name.includes('${'))
    .map(name => ({
      origin: 'fleet',
      machines: [machine],
      generator: name,
      field: 'generator',
      item: name,
      ...{ verdict: 'wrong', nix: null, says: name, why: 'generator that this machine does not have' },
      at: placesOf(entryOf(name) ?? {}),
    }));
}
