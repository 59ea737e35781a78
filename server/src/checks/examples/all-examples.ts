/** Collects the files shared by examples of rules. Only `shown-examples.ts` loads this module. */

export * from './generator-examples.ts';
export * from './host-examples.ts';
export * from './inventory-examples.ts';
export * from './option-examples.ts';
export * from './pipeline-examples.ts';
export * from './sops-examples.ts';
export * from './store-examples.ts';
