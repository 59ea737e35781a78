/** The files that examples of rules share, and how such files are put together. Only `shown-examples.ts` loads them. */

export * from './generator-examples.ts';
export * from './host-examples.ts';
export * from './inventory-examples.ts';
export * from './option-examples.ts';
export * from './pipeline-examples.ts';
export * from './sops-examples.ts';
export * from './store-examples.ts';
