import type { Logger } from '@cloud-bridge/base';
import type { Maintenance } from '../maintenance/maintenanceSwitch.ts';

/** Needs of every HTTP function. */
export interface HttpNeeds {
  readonly logger: Logger;
  readonly maintenance: Maintenance;
}
