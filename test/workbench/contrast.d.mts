import type { Page } from 'playwright-core';

export function lowContrast(page: Page): Promise<string[]>;
export function strokesOf(page: Page, selectors: readonly string[]): Promise<string[]>;
