/** A fleet in a few lines, for tests of the plan. */
import type {
  Declaration,
  DeclaredFile,
  DeclaredPrompt,
  UnknownPart,
} from '../../server/src/generate/plan/generators.ts';
import type { Plan, PlanInput, PlanRequest } from '../../server/src/generate/plan/plan.ts';
import { planRun } from '../../server/src/generate/plan/planner.ts';

export interface Sketch {
  readonly share?: boolean;
  /** `name` for a secret, `name!` for a public file. One secret `value` by default. */
  readonly files?: readonly string[];
  readonly deps?: readonly string[];
  readonly prompts?: readonly Partial<DeclaredPrompt>[];
  readonly hash?: string;
  readonly unknown?: readonly UnknownPart[];
  readonly deploy?: boolean;
}

export type Fleet = Readonly<Record<string, Readonly<Record<string, Sketch>>>>;

function fileOf(text: string, deploy: boolean): DeclaredFile {
  return { name: text.replace('!', ''), secret: !text.endsWith('!'), deploy, neededFor: 'services' };
}

export function declarationsOf(fleet: Fleet): Declaration[] {
  return Object.entries(fleet).flatMap(([machine, generators]) =>
    Object.keys(generators)
      .sort()
      .map((name): Declaration => {
        const sketch = generators[name] as Sketch;
        return {
          machine,
          name,
          share: sketch.share ?? false,
          files: (sketch.files ?? ['value']).map(file => fileOf(file, sketch.deploy ?? true)),
          prompts: (sketch.prompts ?? []).map(prompt => ({
            name: 'prompt',
            description: 'prompt',
            type: 'line',
            persist: false,
            required: true,
            ...prompt,
          })),
          dependencies: sketch.deps ?? [],
          validationHash: sketch.hash ?? null,
          unknown: sketch.unknown ?? [],
          machinesComplete: true,
        };
      }),
  );
}

/**
 * @param stored what is there: `shared/<generator>/<file>` and `per-machine/<machine>/<generator>/<file>`, public
 *   ones with `!`, and hashes as `<folder>#<hash>`. `all` for everything that is declared.
 */
export function plan(
  fleet: Fleet,
  stored: readonly string[] | 'all',
  request: Partial<PlanRequest> = {},
  unseen: Partial<Pick<PlanInput, 'uncertain' | 'incomplete'>> = {},
): Plan {
  const entries = new Set(stored === 'all' ? everything(fleet) : stored);
  return planRun(
    {
      machines: Object.keys(fleet),
      declarations: declarationsOf(fleet),
      uncertain: [],
      incomplete: [],
      ...unseen,
      stored: {
        has: (key, file, secret) => entries.has(`${key}/${file}${secret ? '' : '!'}`),
        validation: key => [...entries].find(one => one.startsWith(`${key}#`))?.slice(key.length + 1) ?? null,
      },
    },
    { machines: [], generators: [], regenerate: false, ...request },
  );
}

export function everything(fleet: Fleet, ...but: readonly string[]): string[] {
  return declarationsOf(fleet)
    .flatMap(({ machine, name, share, files, validationHash }) => {
      const key = share ? `shared/${name}` : `per-machine/${machine}/${name}`;
      const paths = files.map(file => `${key}/${file.name}${file.secret ? '' : '!'}`);
      return validationHash === null ? paths : [...paths, `${key}#${validationHash}`];
    })
    .filter(path => !but.some(prefix => path.startsWith(prefix)));
}

/** `<key>: <reason>` for each step, in order. */
export function steps({ steps }: Plan): string[] {
  return steps.map(({ generator, reason }) => `${generator.key}: ${reason}`);
}

export function names({ steps }: Plan): string[] {
  return steps.map(({ generator }) => generator.name);
}
