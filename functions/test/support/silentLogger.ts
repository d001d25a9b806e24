import type { Logger } from '@cloud-bridge/base';

/** For what logs things that a test looks at in another way, or not at all. */
export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };
