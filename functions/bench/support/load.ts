/** A closed loop: so many callers, each of which acts again as soon as it is answered. */
export interface Load {
  readonly callers: number;
  readonly durationMs: number;
  /** Ends earlier, after so many actions. */
  readonly maxActions?: number;
}

export interface LoadResult {
  /** Actions that were answered without an error. */
  readonly done: number;
  readonly elapsedMs: number;
  /** Time on the processor of the process that did this, its own callers included. */
  readonly cpuMs: number;
  readonly latenciesMs: number[];
  /** How often each error came. */
  readonly errors: Record<string, number>;
}

/** Runs a load. An error is counted, and does not end it. */
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
