import { underMaintenance } from './maintenance.errors.ts';
import type { Maintenance } from './maintenanceSwitch.ts';
import { onDocumentCreated, onDocumentWritten, onSchedule, onTaskDispatched } from './triggers.ts';

type Handler = (...args: unknown[]) => unknown;
type Define = (...optionsAndHandler: never[]) => object;

const guarded = new WeakSet<object>();

/** True for a function that was defined by what {@link guardFunctions} gives. */
export function isGuarded(deployed: object): boolean {
  return guarded.has(deployed);
}

/**
 * The ways to define functions that nobody calls by HTTP, with the maintenance switch in each. While maintenance is on
 * a schedule does nothing: its next run finds what it has left. A trigger and a task fail: they are then called again,
 * or the schedule that sweeps after them finds what they have left.
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
