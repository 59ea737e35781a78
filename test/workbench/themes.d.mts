import type { Page } from 'playwright-core';

export const THEMES: readonly string[];

export function putInto(page: Page, name: string): Promise<void>;
