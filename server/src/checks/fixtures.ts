/** The files that examples of rules share, and how such files are put together. Only `shown-examples.ts` loads them. */
export * from './examples.ts';
export * from './generator/samples.ts';
export * from './host/examples.ts';
export * from './inventory/examples.ts';
export * from './option/samples.ts';
export * from './sops/examples.ts';
export * from './store/examples.ts';
