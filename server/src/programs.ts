/**
 * The two programs in one bundle: nearly all of their code is the same, and is packed once. Each is loaded only when it
 * is started. What starts them is `start.ts`, which names one of these functions.
 */
export const server = async (): Promise<void> => (await import('./server.ts')).runServer();

export const cli = async (): Promise<void> => (await import('./cli.ts')).runCli();
