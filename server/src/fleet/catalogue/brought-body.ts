/** What is known of a generator that a service of clan-core brings, as the body of a generator. */

import type { Place } from '../../nix/places.ts';
import type { GeneratorBody } from '../model/generators.ts';
import type { BroughtGenerator } from '../model/services.ts';

/** The place of what is brought by nothing that is written anywhere. */
const NOWHERE: Place = { file: 'flake.nix', start: 0, end: 0 };

const bodies = new WeakMap<BroughtGenerator, GeneratorBody>();

/** Returns the body; the same each time. Of scripts and packages nothing is known. */
export function broughtBody(brought: BroughtGenerator): GeneratorBody {
  let body = bodies.get(brought);
  if (body === undefined) {
    body = bodyOf(brought);
    bodies.set(brought, body);
  }
  return body;
}

function bodyOf({ instance, share, files, prompts, dependencies }: BroughtGenerator): GeneratorBody {
  const at = instance?.at[0] ?? NOWHERE;
  const isPattern = (name: string) => name.includes('${');
  return {
    completeness: 'partial',
    share,
    files: files.map(({ name, secret, deploy, neededFor, certain }) => ({
      name,
      nameKind: isPattern(name) ? 'pattern' : 'resolved',
      secret,
      deploy,
      neededFor,
      owner: null,
      group: null,
      hasDefaultGroup: false,
      mode: null,
      from: 'files',
      conditional: !certain,
      at,
    })),
    prompts: prompts.map(name => ({ name, type: null, description: null, persist: null, at })),
    dependencies: dependencies.map(value => ({ value, at })),
    runtimeInputs: [],
    packages: [],
    complete: { files: false, prompts: false, dependencies: false, packages: false },
    options: () => [],
    script: null,
    validation: null,
  };
}
