/** Types of bystanders.mjs for the tests. */

/** Path → text; paths are relative and use `/`. */
export function bystanders(count: number): ReadonlyMap<string, string>;
