import type { Logger } from '@cloud-bridge/base';

/** A logger that drops everything, for tests that don't check the log. */
export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };
