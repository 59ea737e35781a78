/** The writers of the formats of `varsmith check`, each loaded when it is needed. */
import type { CheckOptions } from '../../check-options.ts';
import type { Writer } from './check-report.ts';

export const WRITERS: Readonly<Record<CheckOptions['format'], () => Promise<Writer>>> = {
  text: async () => (await import('./write-text.ts')).writeText,
  json: async () => (await import('./write-json.ts')).writeJson,
  sarif: async () => (await import('./write-sarif.ts')).writeSarif,
  lines: async () => (await import('./write-lines.ts')).writeLines,
  github: async () => (await import('./write-github.ts')).writeGithub,
};
