export function workflowProblems(text: string): string[];
