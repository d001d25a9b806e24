/** Time limit of a test with many random runs. It is long, because it only has to end a test that hangs. */
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 1_800_000);
