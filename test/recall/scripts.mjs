// The scripts of a fleet's generators.

/** Generators whose script is one string. */
export const plainScripts = ({ generators }) => generators.filter(({ script }) => script?.isPlain);

/** A word of a script, at its place in the file. */
export function inScript({ script }, { text, start, end }) {
  return { text, start: script.start + start, end: script.start + end };
}
