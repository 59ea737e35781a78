/** Wording shared by messages: counts, lists of names and of machines. Knows nothing of rules. */

/** Lists names in quotes: `"a"`, `"a" and "b"`, `"a", "b" and 3 more`. */
export function quoted(names: readonly string[], most = 4): string {
  return joined(
    names.map(name => `"${name}"`),
    most,
  );
}

/** Returns a count with its noun: `1 machine`, `2 machines`, or `2 fixes` with an explicit plural. */
export function counted(count: number, word: string, plural = `${word}s`): string {
  return `${count} ${count === 1 ? word : plural}`;
}

/** Lists machines: `machine lea`, `machines emily and lea`; empty for none. */
export function machinesText(machines: readonly string[]): string {
  if (machines.length === 0) return '';
  return `${machines.length === 1 ? 'machine' : 'machines'} ${joined(machines, 4)}`;
}

/** Returns the machines in parentheses, ` (machine lea)`, or an empty string. */
export function inBrackets(machines: readonly string[]): string {
  return machines.length === 0 ? '' : ` (${machinesText(machines)})`;
}

/** Lists names: `a`, `a and b`, `a, b and 3 more`. */
export function joined(names: readonly string[], most = 4): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length > most)
    return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
