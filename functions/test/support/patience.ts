/** How long a test of many random runs may take: it only bounds how long one that hangs is waited for. */
export const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 1_800_000);
