import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Everything outside the editor. The suites inside a real VS Code live in test/workbench and run under mocha.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/workbench/**', 'node_modules/**'],
    environment: 'node',
    testTimeout: 20_000,
    // One worker a core: the longest file (the fuzz test) must not hold up the others.
    maxWorkers: availableParallelism(),
  },
});
