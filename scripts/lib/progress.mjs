// Steps of a script that a person waits for: a line each, with the time it took. What programs say is shown only where
// somebody asked for it, or where they fail.

const seconds = since => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * @param {boolean} verbose everything that programs say is shown
 * @returns {(name: string, work: (options: { quiet: boolean }) => Promise<number>) => Promise<number>} runs a step and
 *   resolves with its exit code; `work` hands its options to what it starts
 */
export function steps(verbose) {
  return async (name, work) => {
    const began = performance.now();
    if (verbose) console.log(`${name} …`);
    else process.stdout.write(`${name} … `);
    const code = await work({ quiet: !verbose });
    console.log(code === 0 ? `${verbose ? `${name}: ` : ''}${seconds(began)}` : `failed (${code})`);
    return code;
  };
}
