// The rows of a comparison: one fact each, with what Nix says, what `inspect` says, and the verdict.

/**
 * equal: the same · wrong: `inspect` claims something else, or breaks the form it promises · unknown: it claims nothing, or only
 * part of it · silent: Nix could not say here · other: not judged
 * @typedef {'equal' | 'wrong' | 'unknown' | 'silent' | 'other'} Verdict
 *
 * @typedef {object} Row
 * @property {'fleet' | 'clan-core' | 'input'} origin whose module declares the generator
 * @property {readonly string[]} machines
 * @property {string} generator empty for a fact about a machine
 * @property {string} field
 * @property {string} item
 * @property {Verdict} verdict
 * @property {unknown} nix
 * @property {unknown} says
 * @property {string} why
 * @property {string} at `file:line` of the claim
 */

/** Whether two JSON values are the same, the order of attributes aside. */
export const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

function sorted(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a name with `${…}` in it may be this name. */
export function fits(pattern, name) {
  const parts = pattern.split(/\$\{[^}]*\}/).map(escaped);
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(name);
}

/** Whether a text may be this one: what lies outside its holes occurs in this order, from end to end. */
export function fitsHoles(text, holes, real) {
  const stretches = [];
  let at = 0;
  for (const { start, end } of [...holes].sort((a, b) => a.start - b.start)) {
    stretches.push(text.slice(at, start));
    at = end;
  }
  stretches.push(text.slice(at));
  return new RegExp(`^${stretches.map(escaped).join('[\\s\\S]*?')}$`).test(real);
}

/** Joins the rows that are the same on several machines. */
export function distinct(rows) {
  /** @type {Map<string, Row>} */
  const joined = new Map();
  for (const row of rows) {
    const { generator, field, item, verdict, nix, says, at, why } = row;
    const isOfMachine =
      generator === '' || field === 'on machine' || field === 'certain' || why.startsWith('generator that');
    const key = JSON.stringify([generator, field, isOfMachine && row.machines, item, verdict, nix, says, at]);
    const first = joined.get(key);
    joined.set(key, first === undefined ? row : { ...first, machines: [...first.machines, ...row.machines] });
  }
  return [...joined.values()];
}

/** How many rows have each verdict. */
export function counted(rows) {
  const counts = { equal: 0, wrong: 0, unknown: 0, silent: 0, other: 0 };
  for (const { verdict } of rows) counts[verdict]++;
  return counts;
}

/** What a wrong row is called in the lists of known ones. */
export const nameOf = ({ generator, field, item }) => [generator, field, item].filter(Boolean).join(' ');
