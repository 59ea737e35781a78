export function anchor(heading: string): string;
export function pageFile(path: string): string;
export function siteLink(href: string, from: string): string;
