/** A closed loop: a number of callers, each of which acts again as soon as its action is answered. */
export interface Load {
  readonly callers: number;
  readonly durationMs: number;
  /** Number of actions after which the load ends early. */
  readonly maxActions?: number;
}

export interface LoadResult {
  /** Number of actions that were answered without an error. */
  readonly done: number;
  readonly elapsedMs: number;
  /** Processor time of the process that ran the load, including the callers. */
  readonly cpuMs: number;
  readonly latenciesMs: number[];
  /** Number of occurrences of each error. */
  readonly errors: Record<string, number>;
}

/** Runs a load. Errors are counted and don't end the load. */
export async function runLoad(load: Load, act: () => Promise<unknown>): Promise<LoadResult> {
  const { callers, durationMs, maxActions = Number.POSITIVE_INFINITY } = load;
  const latenciesMs: number[] = [];
  const errors: Record<string, number> = {};
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let begun = 0;
  const call = async () => {
    while (begun < maxActions && performance.now() - startedMs < durationMs) {
      begun += 1;
      const begunMs = performance.now();
      try {
        await act();
        latenciesMs.push(performance.now() - begunMs);
      } catch (error) {
        const name = nameOf(error);
        errors[name] = (errors[name] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const elapsedMs = performance.now() - startedMs;
  const cpu = process.cpuUsage(cpuBefore);
  return { done: latenciesMs.length, elapsedMs, cpuMs: (cpu.user + cpu.system) / 1000, latenciesMs, errors };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? `${error.code} ${error.message}` : error.message;
}
