import type raw from '../../package.json';

export function readManifest(): typeof raw;
export function resolved<Value>(value: Value, texts: Readonly<Record<string, string>>): Value;
export function textKeys(manifest: unknown): readonly string[];
