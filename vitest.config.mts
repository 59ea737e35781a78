import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that start programs (sandboxes, Nix, Bash, age, git, editors) or search for long: minutes, where the rest takes seconds. */
const PROGRAMS = [
  'test/cli/commands/{add-sops,convert,env,process,rename}*.test.ts',
  'test/cli/commands/{allow,completions,looked-at}.test.ts',
  'test/cli/generate/*.test.ts',
  'test/generate/run/run-generation.test.ts',
  'test/cli/output/unified-diff.test.ts',
  'test/cli/reporter/{events,prompts}.test.ts',
  'test/cli/thread.test.ts',
  'test/{attack,bench,editors,fuzz,grammars,host,mini-fleet,release,scripts}/**/*.test.ts',
  'test/fuzz.test.ts',
  'test/seeds/generate.test.ts',
  'test/shell/{bash,fuzz}.test.ts',
  'test/nix/differential.test.ts',
  'test/oracle/asked.test.ts',
  'test/editor/{environment,rename-property,session-text}.test.ts',
];

/** Tests that put something in the place of VS Code's modules, which must not be met by others. */
const CLIENT = ['test/client/**/*.test.ts'];

/** The suites inside a real VS Code run under mocha. */
const ELSEWHERE = ['test/workbench/**', 'node_modules/**'];

// Everything outside the editor.
export default defineConfig({
  test: {
    environment: 'node',
    setupFiles: ['test/support/seed.ts'],
    // For a machine with much else to do, on which a second's work takes a minute: what hangs is found all the same.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // One worker a core: the longest file must not hold up the others.
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...PROGRAMS, ...CLIENT, ...ELSEWHERE],
          // Modules are read once a worker, not once a file: that was half of the time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'client', include: CLIENT, exclude: ELSEWHERE } },
      { extends: true, test: { name: 'programs', include: PROGRAMS, exclude: ELSEWHERE } },
    ],
  },
});
