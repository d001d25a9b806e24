import { underMaintenance } from './maintenance.errors.ts';
import type { Maintenance } from './maintenanceSwitch.ts';
import { onDocumentCreated, onDocumentWritten, onSchedule, onTaskDispatched } from './triggers.ts';

type Handler = (...args: unknown[]) => unknown;
type Define = (...optionsAndHandler: never[]) => object;

const guarded = new WeakSet<object>();

/** True for a function that was defined through {@link guardFunctions}. */
export function isGuarded(deployed: object): boolean {
  return guarded.has(deployed);
}

/**
 * Wraps the functions that define triggers, schedules and tasks, so that none runs during maintenance. A schedule does
 * nothing: its next run does the work. A trigger or task fails: it is called again, or a sweep does its work later.
 */
export function guardFunctions(maintenance: () => Maintenance) {
  const guard = <D extends Define>(define: D, duringMaintenance: () => void): D => {
    const defineGuarded = (...optionsAndHandler: unknown[]) => {
      const handle = optionsAndHandler.pop() as Handler;
      const handleUnlessOn: Handler = async (...args) =>
        (await maintenance().isOn()) ? duringMaintenance() : handle(...args);
      const deployed = define(...([...optionsAndHandler, handleUnlessOn] as never[]));
      guarded.add(deployed);
      return deployed;
    };
    return defineGuarded as unknown as D;
  };
  const fail = () => {
    throw underMaintenance();
  };
  return {
    onDocumentCreated: guard(onDocumentCreated, fail),
    onDocumentWritten: guard(onDocumentWritten, fail),
    onSchedule: guard(onSchedule, () => {}),
    onTaskDispatched: guard(onTaskDispatched, fail),
  };
}
