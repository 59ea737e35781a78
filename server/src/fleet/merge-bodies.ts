/**
 * What several definitions of one generator say together, as the module system merges them.
 */
import type { GeneratorBody, GeneratorFile } from './model.ts';

/** What was merged last, by the first of the bodies: after an edit, all generators but a few have the same ones. */
const merged = new WeakMap<
  GeneratorBody,
  { readonly bodies: readonly GeneratorBody[]; readonly body: GeneratorBody }
>();

/** Joins bodies as the module system does: sets merge, lists concatenate, the first single value stands. */
export function mergeBodies(bodies: readonly GeneratorBody[]): GeneratorBody {
  const [first] = bodies;
  if (first === undefined) return merge(bodies);
  if (bodies.length === 1) return first;
  const known = merged.get(first);
  if (known?.bodies.length === bodies.length && known.bodies.every((body, i) => body === bodies[i]))
    return known.body;
  const body = merge(bodies);
  merged.set(first, { bodies, body });
  return body;
}

function merge(bodies: readonly GeneratorBody[]): GeneratorBody {
  const files = new Map<string, GeneratorFile>();
  for (const body of bodies)
    for (const file of body.files) files.set(file.name, joinFiles(files.get(file.name), file));
  const prompts = new Map(bodies.flatMap(body => body.prompts.map(prompt => [prompt.name, prompt] as const)));
  const shares = bodies.map(body => body.share);
  return {
    completeness: bodies.every(body => body.completeness === 'full')
      ? 'full'
      : bodies.every(body => body.completeness === 'opaque')
        ? 'opaque'
        : 'partial',
    share: shares.includes(true) ? true : shares.includes(null) ? null : false,
    files: [...files.values()],
    prompts: [...prompts.values()],
    dependencies: bodies.flatMap(body => body.dependencies),
    runtimeInputs: [...new Set(bodies.flatMap(body => body.runtimeInputs))],
    packages: bodies.flatMap(body => body.packages),
    complete: {
      files: bodies.every(body => body.complete.files),
      prompts: bodies.every(body => body.complete.prompts),
      dependencies: bodies.every(body => body.complete.dependencies),
      packages: bodies.every(body => body.complete.packages),
    },
    options: () => bodies.flatMap(body => body.options()),
    script: bodies.find(body => body.script !== null)?.script ?? null,
    validation: bodies.find(body => body.validation !== undefined)?.validation,
  };
}

/** Options of a file set in two places: the one that differs from the default was set on purpose. */
function joinFiles(before: GeneratorFile | undefined, after: GeneratorFile): GeneratorFile {
  if (before === undefined) return after;
  const chosen = <T>(a: T | null, b: T | null, fallback: T): T | null => {
    if (a === null || b === null) return null;
    return a === fallback ? b : a;
  };
  return {
    ...before,
    secret: chosen(before.secret, after.secret, true),
    deploy: chosen(before.deploy, after.deploy, true),
    owner: chosen(before.owner, after.owner, 'root'),
    group: before.group ?? after.group,
    mode: chosen(before.mode, after.mode, '0400'),
    neededFor: chosen(before.neededFor, after.neededFor, 'services'),
    from: before.from === 'files' || after.from === 'files' ? 'files' : 'prompt',
  };
}
